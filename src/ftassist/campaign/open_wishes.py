"""What the runner does for wishes left in the journal: repeats on fresh seeds, exports."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.campaign.export.provenance import provenance
from ftassist.errors import FtassistError
from ftassist.files import write_json
from ftassist.journal.events import Kind

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign
    from ftassist.journal.state import Trial


def fulfil(campaign: Campaign) -> bool:
    """Does the next thing a person asked for; False when there is no wish."""
    state = campaign.refresh()
    for trial in state.trials.values():
        if trial.replicates_wanted:
            repeat(campaign, trial, asked=True)
            return True
        if trial.export.status == "asked":
            _export(campaign, trial)
            return True
    return False


def repeat(campaign: Campaign, trial: Trial, reason: str = "", *, asked: bool = False) -> None:
    """Makes one more run of a trial, on a fresh seed.

    Args:
        reason: Why, where a policy wants it.
        asked: Whether a person wished for it.
    """
    state = campaign.refresh()
    payload: dict[str, Any] = {
        "of": trial.id,
        "seed": trial.seed + len(state.replicates(trial.id)) + 1,
        **({"asked": True} if asked else {}),
        **({"reason": reason} if reason else {}),
    }
    campaign.say(Kind.REPLICATE_MADE, payload, trial=state.next_id(), actor="runner")


def _export(campaign: Campaign, trial: Trial) -> None:
    try:
        made = export_model(campaign, trial)
    except FtassistError as error:
        payload = {"message": str(error)}
        campaign.say(Kind.EXPORT_FAILED, payload, trial=trial.id, actor="runner")
        return
    campaign.say(Kind.EXPORT_MADE, made, trial=trial.id, actor="runner")


def export_model(campaign: Campaign, trial: Trial) -> dict[str, Any]:
    """Copies a trial's model to `exports/<trial>`, with a file that says where it comes from.

    Returns:
        What an `export.made` event holds: folder (below the campaign's), files, bytes.

    Raises:
        FtassistError: There is no model, a link is in it, or it cannot be written.
    """
    source = campaign.trial_folder(trial.id) / "model"
    target = campaign.folder / "exports" / trial.id
    if source.is_symlink() or not source.is_dir():
        raise FtassistError(
            "the trial has no model folder any more", where=str(source), fix="run the trial again"
        )
    try:
        target.parent.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            sizes = _copy_regular(source, fresh)
            write_json(fresh / "ftassist.json", provenance(campaign, trial))
            fresh.chmod(0o755)
            if target.exists():
                shutil.rmtree(target)
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise FtassistError(
            f"cannot copy the model: {error.strerror or error}",
            where=str(target),
            fix="check that the disk is not full and the folder is writable, then ask again",
        ) from error
    folder = target.relative_to(campaign.folder).as_posix()
    return {"folder": folder, "files": len(sizes), "bytes": sum(sizes)}


def _copy_regular(source: Path, target: Path) -> list[int]:
    """Copies regular files only, and returns their sizes in bytes; a link is refused."""
    sizes: list[int] = []
    for root, folders, files in os.walk(source):
        below = target / Path(root).relative_to(source)
        below.mkdir(exist_ok=True)
        for name in (*folders, *files):
            path = Path(root) / name
            status = path.lstat()
            if stat.S_ISDIR(status.st_mode):
                continue
            if not stat.S_ISREG(status.st_mode):
                raise FtassistError(
                    "the model folder holds something that is no regular file",
                    where=str(path),
                    fix="look at what the trial wrote there before you copy it by hand",
                )
            shutil.copyfile(path, below / name, follow_symlinks=False)
            sizes.append(status.st_size)
    return sizes
