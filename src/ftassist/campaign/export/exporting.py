"""An export from top to bottom: made, loaded as others will, scored again, and only then kept.

The export is written beside its place and moved there when it has passed. What is made and scored
runs in a process of its own, by the evaluator's code (`ftassist.dojo.artefacts`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.campaign.export import card, results
from ftassist.campaign.export.difference import ExportDifference, compare
from ftassist.campaign.export.provenance import provenance
from ftassist.campaign.export.wish import Export, ExportWish
from ftassist.dojo.artefacts.request import Made, Request
from ftassist.dojo.evaluator.process import scrubbed, tail
from ftassist.errors import FtassistError
from ftassist.files import read_json, write_json
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign
    from ftassist.journal.state import Trial

MODULE = "ftassist.dojo.artefacts"
Tell = Callable[[str], None]


def export(
    campaign: Campaign,
    trial: str,
    wish: ExportWish,
    tell: Tell = lambda _: None,
    *,
    actor: str | None = None,
) -> Export:
    """Exports a trial's model, if it behaves as it was scored.

    Args:
        trial: A scored trial.
        wish: What is wanted.
        tell: Called with a line for each step.
        actor: Who asks; None for whoever uses this process.

    Raises:
        FtassistError: The trial has no model, the export cannot be made, or it does not behave
            as scored and was not forced.
    """
    known = _exportable(campaign, trial)
    if wish.force and campaign.trial(wish.force).id != known.id:
        raise FtassistError(
            f"{wish.force} is named to be forced, {known.id} is exported",
            fix=f"name the same trial: --force {known.id}",
        )
    place = campaign.folder / "exports"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=place) as private:
        try:
            kept = _exported(campaign, known, wish, Path(private), tell)
            told = {**_sizes(campaign, kept.folder), "form": wish.name, **_told(kept)}
            campaign.say(Kind.EXPORT_MADE, told, trial=known.id, actor=actor)
        except FtassistError as error:
            payload = {"message": str(error), "form": wish.name}
            campaign.say(Kind.EXPORT_FAILED, payload, trial=known.id, actor=actor)
            raise
    return kept


def _exportable(campaign: Campaign, trial: str) -> Trial:
    known = campaign.trial(trial)
    if known.id == BASE or known.status != "scored":
        raise FtassistError(
            f"{known.id} is {known.status} and cannot be exported",
            where=known.id,
            fix="choose a scored trial (see `ftassist tree`)",
        )
    campaign.model_folder(known.id)
    return known


def _exported(
    campaign: Campaign, trial: Trial, wish: ExportWish, private: Path, tell: Tell
) -> Export:
    scores, fresh = private / "scores" / "items.json", private / "export"
    scores.parent.mkdir()
    made = run(_request(campaign, trial, wish, fresh, scores), private, tell)
    difference = compare(campaign, trial.id, scores, made.feedback, wish.bound)
    tell(difference.sentence())
    trouble = troubles(made, difference)
    if trouble and not wish.force:
        raise FtassistError(
            f"the export does not behave as {trial.id} was scored: {'; '.join(trouble)}",
            where=wish.name,
            fix=f"export another form, or keep it all the same with --force {trial.id}",
        )
    target = campaign.folder / "exports" / f"{trial.id}-{wish.name}"
    export = Export(target, made, difference, bool(trouble))
    card.write(campaign, trial, wish.form, export, fresh)
    results.write(campaign, trial, export, fresh)
    told = {"form": wish.name, **_told(export)}
    write_json(fresh / "ftassist.json", {**provenance(campaign, trial), "export": told})
    _move(fresh, target)
    shutil.copyfile(scores, target.with_suffix(".items.json"))
    return export


def _told(export: Export) -> dict[str, Any]:
    """An export as data that travel: without its place on this machine."""
    return {name: value for name, value in export.to_dict().items() if name != "path"}


def troubles(made: Made, difference: ExportDifference) -> list[str]:
    """Why an export does not behave as its trial was scored; empty where it does."""
    found = list(made.differences)
    if not difference.within:
        lost = f"it loses {-difference.difference:.4g}, more than {difference.bound:.4g}"
        found.append(f"{lost} ({difference.sentence()})")
    return found


def _request(
    campaign: Campaign, trial: Trial, wish: ExportWish, target: Path, scores: Path
) -> Request:
    return Request(
        form=wish.form,
        task=str(campaign.task.folder),
        base=campaign.base_reference,
        day=campaign.day,
        folder=str(campaign.trial_folder(trial.id)),
        model="model",
        digest=trial.feedback.model_digest,
        evaluator=trial.feedback.evaluator_digest,
        target=str(target),
        scores=str(scores),
        numbers=wish.numbers,
        quantisation=wish.quantisation,
        shown_seed=campaign.shown_seed,
    )


def run(request: Request, private: Path, tell: Tell) -> Made:
    """Has an artefact made and scored in a process of its own.

    Raises:
        FtassistError: It could not be, with what the process said.
    """
    asked, answer, log = (private / name for name in ("request.json", "answer.json", "log"))
    write_json(asked, request.to_dict())
    command = [sys.executable, "-P", "-m", MODULE, str(asked), str(answer)]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=scrubbed(os.environ),
            cwd="/",
        )
        with process:
            try:
                for line in process.stdout or ():
                    tell(line.rstrip())
            except BaseException:
                process.kill()
                raise
    found = read_json(answer) if answer.is_file() else {}
    if "made" in found:
        return Made.from_dict(found["made"])
    if error := found.get("error"):
        raise FtassistError.told(error)
    raise FtassistError(
        f"making the export ended with status {process.returncode}\n{tail(log)}".rstrip(),
        fix="free memory or disk, then export again",
    )


def _move(fresh: Path, target: Path) -> None:
    for path in fresh.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)  # weights are saved for their owner only
    if target.exists():
        shutil.rmtree(target)
    fresh.rename(target)


def _sizes(campaign: Campaign, target: Path) -> dict[str, Any]:
    files = [path for path in target.rglob("*") if path.is_file()]
    folder = target.relative_to(campaign.folder).as_posix()
    return {"folder": folder, "files": len(files), "bytes": sum(p.stat().st_size for p in files)}
