"""What is written down when a campaign is made: its first event, checked before there is one.

A campaign that cannot be is refused here, where nothing exists yet.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ftassist.agent.backends import settings_of
from ftassist.campaign.memory_table import shape_of
from ftassist.campaign.places import model_place, place_of, task_mark
from ftassist.campaign.review import parse_review
from ftassist.campaign.rounds import checked_variants
from ftassist.campaign.tracker_names import check_tracker
from ftassist.dojo.task import CATALOG, Task, task_folders
from ftassist.dojo.task_loader import load_task
from ftassist.errors import FtassistError
from ftassist.journal.events import Kind
from ftassist.journal.store import Journal
from ftassist.models import TINY_NAME, BaseModel, resolve
from ftassist.models.clock import template_day
from ftassist.models.loading import load_config
from ftassist.models.naming import checked_base, model_reference, teacher_reference
from ftassist.records.budget import Budget
from ftassist.search.asha import RUNGS
from ftassist.search.policies import policy_by_name
from ftassist.search.stopping import checked_stopping, stops
from ftassist.trial.sandbox import cores

_RECORDED = ("ftassist", "torch", "transformers", "trl", "peft", "datasets", "lm-eval")


def founding(
    folder: Path,
    *,
    task: str,
    model: str,
    backend: str,
    policy: str,
    review: str,
    budget: Budget | None,
    seed: int,
    agent: Mapping[str, Any],
    teacher: str,
    panel: bool,
    fresh_seeds: int | None = None,
    dry_run: bool | None = None,
    track: Sequence[str] = (),
    variants: int = 1,
    stopping: str = "",
) -> dict[str, Any]:
    """The payload of the event that makes a campaign in a resolved folder.

    Raises:
        UnknownNameError: The task, policy or backend does not exist.
        DataError: The review mode does not exist.
        ModelError: The base cannot be fine-tuned or scored.
        FtassistError: The folder already holds a campaign, or the proposals a round are too many.
    """
    loaded = load_task(task)
    settings = settings_of(backend, agent)
    searching = policy_by_name(policy)
    checked_variants(variants)
    mode = parse_review(review)
    if (folder / "journal.db").exists():
        raise _taken(folder)
    reference = model_reference(model)
    base = checked_base(reference)
    notes = base_notes(base, loaded.card.system_turn)
    shape = _shape(base)
    shown = teacher_reference(teacher) if teacher else ""
    return {
        "name": folder.name,
        "task": _lasting_name(loaded, task),
        "model": reference,
        "backend": backend,
        "policy": policy,
        **({"rungs": list(RUNGS)} if searching.in_parts else {}),
        "review": str(mode),
        "budget": (budget or Budget.of(loaded.card.budget)).to_dict(),
        "seed": seed,
        "feedback_part": {"seed": seed},
        "day": template_day().isoformat(),
        "versions": _versions(),
        "card": asdict(loaded.card),
        "places": _places(folder, loaded, reference),
        **({"agent": settings} if settings else {}),
        **({"teacher": shown} if shown else {}),
        **({"panel": True} if panel else {}),
        **({"dry_run": dry_run} if dry_run is not None else {}),
        **({"base_notes": list(notes)} if notes else {}),
        **({"shape": shape} if shape else {}),
        "sizes": _sizes(base),
        **({"variants": variants} if variants > 1 else {}),
        **({"stopping": checked_stopping(stopping) or "stop"} if stops(searching) else {}),
        **({"fresh_seeds": fresh_seeds} if fresh_seeds is not None else {}),
        **({"track": [check_tracker(name) for name in track]} if track else {}),
    }


def found(folder: Path, payload: Mapping[str, Any], actor: str) -> None:
    """Begins a campaign's journal with its first event: it is there with that, or not at all.

    A process that is killed in between leaves no campaign that is none, and nobody who looks
    meanwhile finds one.

    Raises:
        JournalError: The folder cannot be written.
        FtassistError: Another process has made a campaign there meanwhile.
    """
    place = folder / "journal.db"
    new = folder / f".journal.{os.getpid()}.{secrets.token_hex(4)}.new"
    journal = Journal(new, create=True)
    try:
        journal.append(actor=actor, kind=Kind.CAMPAIGN_CREATED, payload=dict(payload))
        journal.close()
        try:
            os.link(new, place)
        except FileExistsError:
            raise _taken(folder) from None
        except OSError:  # a file system without links
            new.replace(place)
    finally:
        journal.close()
        new.unlink(missing_ok=True)


def _taken(folder: Path) -> FtassistError:
    return FtassistError(
        "there is a campaign here already",
        where=str(folder),
        fix="open it, or name another folder",
    )


def _lasting_name(loaded: Task, task: str) -> str:
    """A task as the journal keeps it: by key where it is found by that from anywhere.

    A folder that only the current folder makes a name of is kept by its path.
    """
    known = task_folders().get(task)
    found = known is not None and known.resolve() == loaded.folder
    return loaded.key if found and not (Path(task) / "card.yaml").is_file() else str(loaded.folder)


def _places(folder: Path, task: Task, model: str) -> dict[str, dict[str, str]]:
    """Where task and base model lie, but for what ships and what is known by a name or id."""
    found: dict[str, dict[str, str]] = {}
    if not task.folder.is_relative_to(CATALOG):
        found["task"] = place_of(task.folder, folder, task_mark(task.folder)).to_dict()
    if Path(model).is_absolute():
        found["model"] = model_place(resolve(model), folder).to_dict()
    return found


def _shape(base: BaseModel | None) -> dict[str, Any]:
    """Width and architecture of a base that lies here: what a first learning rate comes from.

    Nothing of the model that ships, whose settings are its own.
    """
    if base is None or base.name == TINY_NAME:
        return {}
    config = load_config(base).get_text_config()
    return {
        "architecture": str(config.model_type),
        "width": int(getattr(config, "hidden_size", 0)),
    }


def _sizes(base: BaseModel | None) -> dict[str, int]:
    """Parameters of a base that lies here, and cores of this machine."""
    found = shape_of(base.path) if base else None
    return {**({"parameters": found.parameters} if found else {}), "cores": cores()}


def _versions() -> dict[str, str]:
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in _RECORDED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def base_notes(base: BaseModel | None, system_turn: str) -> tuple[str, ...]:
    """What a person should know of a base's chat template; nothing of the model that ships.

    Args:
        base: The base; None for one that is to be fetched, which is looked at when it is there.
        system_turn: What the task decides about the template's own system turn.

    Raises:
        ModelError: The base cannot be trained; what its template says.
    """
    if base is None or base.name == TINY_NAME:
        return ()
    from ftassist.models.loading import load_tokenizer
    from ftassist.models.template_probe import check_template

    return check_template(
        load_tokenizer(base),
        name=base.path.name,
        where=str(base.place),
        system_turn=system_turn,
    )
