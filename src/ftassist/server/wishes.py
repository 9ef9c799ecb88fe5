"""What a body asks for when a campaign is to be made: checked, and kept below the root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ftassist.campaign.creating import CampaignWish, check, folder_for
from ftassist.documents.start import CAMPAIGNS, own_task
from ftassist.dojo.task import task_folders
from ftassist.errors import FtassistError, ModelError, UnknownNameError
from ftassist.models import find, registry, store
from ftassist.models.reference import TINY_NAME
from ftassist.records.kinds import Json
from ftassist.server.discovery import DEEPEST, SKIPPED
from ftassist.server.paths import JOURNAL

_AS_SAID = (
    "backend", "review", "budget", "seed", "policy", "variants", "executor", "address",
)  # fmt: skip
"""What a wish has as the body says it, where it says anything."""


@dataclass(frozen=True)
class NewCampaign:
    """A campaign that may be made.

    Attributes:
        wish: The fields of `campaign.creating.CampaignWish`, as JSON.
        fetch: Whether a person agreed to fetch the model.
    """

    wish: Json
    fetch: bool


def read_wish(root: Path, body: Mapping[str, Any]) -> NewCampaign:
    """The campaign that a checked body asks for.

    Args:
        root: The server's root, resolved.
        body: A `NewCampaign` of `openapi.yaml`.

    Raises:
        FtassistError: A field is wrong; `where` names it.
    """
    fetch = bool(body.get("fetch"))
    task = _task(root, body["task"])
    wish = {
        "task": task,
        "model": _model(body["model"], fetch=fetch),
        **{name: body[name] for name in _AS_SAID if name in body},
        "agent": {"look_outside": True} if body.get("look_outside") else {},
        "items": {split: body.get(f"{split}_items") for split in ("validation", "test")},
    }
    check(CampaignWish(**wish))
    folder = _folder(root, str(body.get("folder") or ""), task)
    return NewCampaign({**wish, "folder": str(folder)}, fetch and find(body["model"]) is None)


def _task(root: Path, name: str) -> str:
    """A task of the catalog by its key, one of one's own by its folder."""
    if name in task_folders():
        return name
    if (folder := own_task(root, name)) is not None:
        return str(folder)
    raise UnknownNameError.of("task", name, task_folders())


def _model(name: str, *, fetch: bool) -> str:
    """A model that is here, or may be fetched."""
    known = {TINY_NAME, *registry.entries(), *store.installed_keys()}
    if name not in known:
        raise UnknownNameError.of("model", name, known)
    if not fetch and find(name) is None:
        raise ModelError(
            f"the model {name!r} is not on this machine yet",
            where="model",
            fix=f"agree to fetch it, or run `ftassist models get {name}`",
        )
    return name


def _folder(root: Path, name: str, task: str) -> Path:
    """Where the campaign shall be: below the root, where it is found again, and still free."""
    if not name:
        return folder_for(root / CAMPAIGNS, task)
    path = PurePosixPath(name)
    hidden = [part for part in path.parts if part.startswith(".") or part in SKIPPED]
    if path.is_absolute() or hidden or "\\" in name or not name.isprintable():
        raise _bad_folder(name, "is no folder that campaigns are looked for in")
    if not 1 <= len(path.parts) <= DEEPEST:
        raise _bad_folder(name, f"lies deeper than {DEEPEST} folders")
    folder = root
    for part in path.parts:
        folder = folder / part
        if len(part.encode()) > 200:
            raise _bad_folder(name, "has a name that is too long")
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise _bad_folder(name, f"leads over {part!r}, which is no plain folder")
        if (folder / JOURNAL).exists():
            what = "holds a campaign" if folder == root / path else "lies inside a campaign"
            raise _bad_folder(name, f"{what} already")
    return folder


def _bad_folder(name: str, why: str) -> FtassistError:
    return FtassistError(
        f"the folder {name[:200]!r} {why}",
        where="folder",
        fix=f"name a new folder below the server's, such as {CAMPAIGNS}/mine",
    )
