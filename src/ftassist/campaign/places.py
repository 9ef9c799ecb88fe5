"""Where a campaign's task and base model lie: known by content, by absolute and relative place.

A campaign travels: it is copied, cloned, moved, opened on another machine. What it was made on is
looked for where it was, then where it lies seen from the campaign's folder, then beside it and
beside where it was; and only what has the same content counts. Reads little of large files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from ftassist.dojo.task import Task, task_folders
from ftassist.dojo.task_loader import load_task
from ftassist.errors import FtassistError, ModelError
from ftassist.files import sample_digest
from ftassist.models import BaseModel, find, ready
from ftassist.models.links import check_links
from ftassist.models.reference import CONFIG, GGUF
from ftassist.models.unpacking import unpacked
from ftassist.records.place import Place

What = Literal["model", "task"]
_LEVELS = 3
_MOST_BESIDE = 200
_NAMED = {"model": "base model", "task": "task"}
_LIKE_MODEL = (CONFIG, "generation_config.json", "tokenizer.json", "tokenizer_config.json")


class GoneError(FtassistError):
    """The task or base model of a campaign is not there any more, or is another one.

    Attributes:
        kind: "model" or "task".
    """

    def __init__(self, kind: What, what: str, *, where: str, fix: str) -> None:
        super().__init__(what, where=where, fix=fix)
        self.kind: What = kind


def place_of(path: Path, campaign: Path, digest: str) -> Place:
    """The place of a path for a campaign in a folder."""
    return Place(str(path), os.path.relpath(path, campaign), digest)


def model_place(found: BaseModel, campaign: Path) -> Place:
    """The place of a base model that was named by a path."""
    return place_of(found.place, campaign, model_mark(found))


def model_mark(found: BaseModel) -> str:
    """What a base model is known again by: its weights, configuration and tokenizer."""
    kept = [
        path
        for path in found.files
        if path.suffix in (".safetensors", ".jinja", GGUF) or path.name in _LIKE_MODEL
    ]
    return sample_digest(kept, found.path)


def task_mark(folder: Path) -> str:
    """What a task folder is known again by: its definition, its scoring and its items."""
    files = [*folder.glob("*.py"), *(p for p in folder.glob("*.yaml") if p.name != "card.yaml")]
    files += [path for path in (folder / "evaluation").rglob("*") if path.is_file()]
    return sample_digest(files, folder)


def locate_model(name: str, place: Place | None, campaign: Path) -> BaseModel:
    """A campaign's base model where it lies now, ready to be loaded.

    Args:
        name: As the journal keeps it.
        place: Its place; None for one known by a name or id.
        campaign: The campaign's folder.

    Raises:
        GoneError: It is nowhere, what is there is another one, or a link in it leads to what is
            no file of a model.
    """
    try:
        if place is None:
            found = ready(name)
        else:
            known = find(str(_find("model", place, campaign, _mark_at)))
            assert known is not None
            found = unpacked(known) if known.gguf_file else known
        check_links(found)
        return found
    except ModelError as error:
        raise GoneError("model", error.what, where=error.where, fix=error.fix) from error


def _mark_at(path: Path) -> str | None:
    """The mark of a model at a path; None where there is none."""
    if not (path / CONFIG).is_file() and path.suffix != GGUF and not any(path.glob(f"*{GGUF}")):
        return None
    found = find(str(path))
    try:
        return model_mark(found) if found else None
    except OSError:  # a link to nothing among its files
        return None


def locate_task(name: str, place: Place | None, campaign: Path) -> Task:
    """A campaign's task where it lies now.

    Args:
        name: As the journal keeps it: a key, or a folder.
        place: The place of its folder; None for a campaign of before places were kept.
        campaign: The campaign's folder.

    Raises:
        GoneError: It is nowhere, or what is there is another one.
    """
    known = task_folders().get(name)
    if place is not None:
        return load_task(str(_find("task", place, campaign, _task_at, known)))
    if known is not None:  # and not a folder of that name that happens to be here
        return load_task(str(known.resolve()))
    beside = [] if Path(name).is_absolute() else [above / name for above in _above(campaign)]
    for folder in (Path(name), *beside):
        if (folder / "card.yaml").is_file():
            return load_task(str(folder.resolve()))
    raise GoneError(
        "task",
        f"the task {name!r} is gone",
        where=name,
        fix="put its folder back, or set FTASSIST_TASKS to the folder that holds it",
    )


def _candidates(place: Place, campaign: Path) -> Iterator[Path]:
    """Where it may lie now, the likeliest first."""
    here = Path(os.path.normpath(campaign / place.relative))
    yield from (Path(place.path), here)
    yield from (above / Path(place.path).name for above in _above(campaign))
    beside = dict.fromkeys((Path(place.path).parent, here.parent, campaign.parent))
    for folder in beside:
        try:
            yield from islice(sorted(folder.iterdir()), _MOST_BESIDE)
        except OSError:
            continue


def _above(campaign: Path) -> list[Path]:
    """The folders around a campaign's."""
    return [*campaign.parents][:_LEVELS]


def _task_at(path: Path) -> str | None:
    """The mark of a task folder; None where there is none."""
    return task_mark(path) if (path / "card.yaml").is_file() else None


def _find(
    kind: What,
    place: Place,
    campaign: Path,
    mark_at: Callable[[Path], str | None],
    known: Path | None = None,
) -> Path:
    """The path that has the content; the likeliest place first.

    Raises:
        GoneError: There is none.
    """
    noun = _NAMED[kind]
    named = [known] if known is not None else []
    for path in dict.fromkeys([*named, *_candidates(place, campaign)]):
        try:
            if mark_at(path) == place.digest:
                return path
        except OSError:
            continue
    there = Path(place.path).exists()
    what = f"the {noun} {Path(place.path).name!r} " + (
        "is not the one this campaign began with: its files have changed"
        if there
        else "is gone: it is neither where it was nor beside this campaign"
    )
    back = "the files as they were" if there else f"it back, or to {campaign.parent}"
    raise GoneError(
        kind, what, where=place.path, fix=f"put {back}; the campaign goes on by itself then"
    )
