"""Frees disk space: models of trials that lost, and what killed processes left half-done.

Kept by rule: the best trial and those on the path to it, the finalist and its fresh seeds, trials
a person pinned, and all that are not over. Everything else of a trial stays: its notebook, rows,
metrics and scores. What is removed is written to the journal first.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ftassist.campaign import queries
from ftassist.campaign.campaign import Campaign, person
from ftassist.campaign.lock import holder
from ftassist.errors import DataError, LockedError
from ftassist.files import read_json
from ftassist.journal.events import Kind
from ftassist.journal.sealed import FOLD, VIEW
from ftassist.journal.state import BASE, State

_OVER = ("scored", "failed", "invalid", "stopped", "vetoed", "set_aside")
_MODEL_FOLDERS = ("model", "checkpoints")
_UNFINISHED = (
    "cache/.building-*", "cache/*.damaged-*", "trials/*/.model.*", "trials/*/.data.*",
    f".{FOLD}.*", f".{VIEW}.*",
)  # fmt: skip


@dataclass(frozen=True)
class Removal:
    """Something that may go.

    Attributes:
        path: The folder or file.
        trial: The trial whose model it is; "" for what nobody needs.
        bytes: Its size.
        why: Why it may go.
    """

    path: Path
    trial: str
    bytes: int
    why: str


def keepers(campaign: Campaign) -> dict[str, str]:
    """The trials whose models stay, each with the reason."""
    state = campaign.refresh()
    best = queries.best(campaign)
    kept: dict[str, str] = {}
    for trial in state.trials.values():
        if trial.status not in _OVER:
            kept[trial.id] = f"is {trial.status}"
        elif trial.pinned:
            kept[trial.id] = "is pinned"
    for name in _path(state, best):
        kept.setdefault(name, "is the best" if name == best else f"leads to {best}, the best")
    if state.finalist:
        kept.setdefault(state.finalist, "is the finalist")
        for run in state.replicates(state.finalist):
            kept.setdefault(run.id, f"is a fresh seed of {state.finalist}")
    return kept


def plan(campaign: Campaign) -> list[Removal]:
    """What would be removed, the largest first. Removes nothing."""
    kept = keepers(campaign)
    removals = [
        Removal(campaign.trial_folder(trial.id) / name, trial.id, size, f"{trial.id} lost")
        for trial in campaign.state.trials.values()
        if trial.id not in kept
        for name in _MODEL_FOLDERS
        if (size := _size(campaign.trial_folder(trial.id) / name))
    ]
    removals += _cached(campaign, kept)
    removals += [
        Removal(path, "", _size(path), "a killed process left it half-done")
        for pattern in _UNFINISHED
        for path in campaign.folder.glob(pattern)
        if holder(campaign.folder) is None
    ]
    removals += [
        Removal(path, "", _size(path), "is only there to open faster, and made again")
        for name in (FOLD, VIEW)
        if (path := campaign.folder / name).is_file()
    ]
    return sorted(removals, key=lambda removal: -removal.bytes)


def collect(campaign: Campaign, removals: Sequence[Removal]) -> int:
    """Removes what `plan` named; returns the bytes that were freed.

    Raises:
        LockedError: A runner is at work and could be using them.
    """
    if who := holder(campaign.folder):
        raise LockedError(
            f"a runner (process {who.pid} on {who.host}) is at work on this campaign",
            fix="stop it with `ftassist stop`, then free the space",
        )
    trials: dict[str, int] = {}
    for removal in removals:
        if removal.trial and removal.path.name == "model":
            trials[removal.trial] = trials.get(removal.trial, 0) + removal.bytes
    freed = sum(removal.bytes for removal in removals)
    payload = {"trials": trials, "bytes": freed}
    campaign.journal.append(actor=person(), kind=Kind.MODELS_REMOVED, payload=payload)
    for removal in removals:
        _remove(removal.path)
    campaign.refresh()
    return freed


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _cached(campaign: Campaign, kept: dict[str, str]) -> list[Removal]:
    """Cached train stages that only trials without a keeper used."""
    used: dict[str, set[str]] = {}
    for trial in campaign.state.trials.values():
        used.setdefault(trial.ran("train").key, set()).add(trial.id)
    removals = []
    for place in (campaign.folder / "cache").glob("*/manifest.json"):
        try:
            manifest = read_json(place)
        except DataError:
            continue
        owners = used.get(place.parent.name, set()) | {manifest["trial"]}
        if manifest["stage"] == "train" and not owners & kept.keys():
            why = f"only {', '.join(sorted(owners))} used it"
            removals.append(Removal(place.parent, "", _size(place.parent), why))
    return removals


def _path(state: State, trial: str | None) -> list[str]:
    return [t.id for t in state.path(trial)] if trial else [BASE]


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(p.stat().st_size for p in files if p.is_file())
