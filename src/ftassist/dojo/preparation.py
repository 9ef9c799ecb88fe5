"""Turns a published task - a card, and data found somewhere - into a task folder.

The folder has the layout that `task` describes, so an evaluator, a trial or a notebook needs to
know nothing of where the data came from. It is made once for the same card, data, split policy and
code, and kept in the cache. A campaign remembers the folder.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from ftassist.dojo.location import Located, locate
from ftassist.dojo.record import RawSet, Record
from ftassist.dojo.scorers.lookup import scorer_for
from ftassist.dojo.splits import Divided, divide
from ftassist.dojo.task import SplitPolicy, TaskCard
from ftassist.dojo.task_code import code_files, module_of
from ftassist.dojo.task_files import Item, TaskFiles, render_template, write_task
from ftassist.errors import DataError
from ftassist.files import cache_folder, hash_code, hash_file, hash_text, templates_folder

NOTES = "prepared.json"
"""The file that says where a prepared task's data came from."""

_logger = logging.getLogger(__name__)


def prepare(
    card: TaskCard, folder: Path, policy: SplitPolicy = "ours", data: Path | None = None
) -> Path:
    """The task folder of a published task.

    Args:
        card: The task's card.
        folder: The folder the card lies in; it is the task itself where it holds items.
        policy: How the records are divided.
        data: A folder to take the evaluation records from; see `location` for the default.

    Raises:
        DataError: The data is not to be had, or not what the card says.
    """
    if (folder / "evaluation").is_dir():
        return folder.resolve()
    found = locate(_source(card), data)
    training = [_training(card, number, data) for number in range(len(card.training))]
    target = cache_folder() / "tasks" / f"{card.key}-{policy}-{_digest(folder, found, training)}"
    if (target / "card.yaml").is_file():
        return target
    return write_task(target, _files(card, folder, policy, found, training))


def records(
    card: TaskCard, data: Path | None = None, policy: SplitPolicy = "ours"
) -> list[Record]:
    """All evaluation records of a published task, as a split policy takes them.

    Raises:
        DataError: The data is not to be had, or two records share an id.
    """
    return _records(card, locate(_source(card), data), policy)


def render(card: TaskCard, record: Record) -> str:
    """The prompt of a record."""
    text: str = _template(card.prompt).render(**{**record.doc, **record.extra})
    return text


def training_rows(card: TaskCard, found: Iterable[Record]) -> list[dict[str, Any]]:
    """Records as rows of a raw set: the task's prompt and the gold answer.

    Left out are those that have none, or an empty one, as some of LawBench's: nothing is learned
    from them.
    """
    scorer = scorer_for(card.scorer)
    return [
        {"id": record.id, "view": record.view, "prompt": render(card, record), "response": answer}
        for record in found
        if (answer := scorer.gold(record.doc, record.view)) is not None and answer.strip()
    ]


def unused_set(card: TaskCard, unused: Sequence[Record]) -> list[RawSet]:
    """The benchmark's own records that are in neither split, as a raw set; none if there are none.

    Near-duplicates of the splits' records are not among them.
    """
    rows = training_rows(card, unused)
    if not rows:
        return []
    return [
        RawSet(
            name="benchmark_rest",
            title="Records of the benchmark that are in neither split",
            description="The task's prompt around each record, answered with its gold answer.",
            rows=rows,
            provenance=f"{_source(card).id}, what the validation and test split leave over",
            notes="Short answers; nothing shows how they were found.",
        )
    ]


def reader_of(card: TaskCard) -> ModuleType:
    """The module that reads a task's records (see `readers`).

    Raises:
        UnknownNameError: The card names a reader that no task of the catalog has.
        DataError: The task has none, or one that reads no records.
    """
    reader = import_module(module_of(card.reader, "reader"))
    if not hasattr(reader, "evaluation"):
        raise DataError(
            f"the reader of the task {card.reader!r} reads no evaluation records",
            where=str(reader.__file__),
            fix="define evaluation(files, card) in it",
        )
    return reader


def _records(card: TaskCard, found: Located, policy: SplitPolicy = "ours") -> list[Record]:
    """The records, each under an id of its own.

    A reader may give those of the split policy `released` by a function of that name.
    """
    reader = reader_of(card)
    read_all = getattr(reader, "released", None) if policy == "released" else None
    try:
        read: list[Record] = list((read_all or reader.evaluation)(found.files, card))
    except KeyError as error:
        raise DataError(
            f"a record of {found.source.id} lacks the field {error}",
            where=str(found.folder),
            fix=f"get the files of revision {found.source.revision[:12]}",
        ) from error
    seen: set[tuple[str, str]] = set()
    for record in read:
        if (record.id, record.view) in seen:
            raise DataError(f"two records have the id {record.id!r}", where=str(found.folder))
        seen.add((record.id, record.view))
    if not read:
        raise DataError("the data set has no records", where=str(found.folder))
    return read


def _source(card: TaskCard) -> Any:
    if card.data is None:
        raise DataError(f"the card of {card.key!r} names no data", fix="add `data` to it")
    return card.data


def _training(card: TaskCard, number: int, data: Path | None) -> Located | None:
    """A raw training source, first in the folder of the records; None where it is nowhere."""
    source = card.training[number].source
    if data is not None and source.id == _source(card).id:
        with suppress(DataError):
            return locate(source, data)
    try:
        return locate(source)
    except DataError as error:
        _logger.warning("%s: the raw training set is left out: %s", card.key, error)
        return None


def _files(
    card: TaskCard,
    folder: Path,
    policy: SplitPolicy,
    found: Located,
    training: Sequence[Located | None],
) -> TaskFiles:
    """Everything the task folder holds."""
    divided = divide(_records(card, found, policy), card.splits, policy)
    notes = {
        "task": card.key,
        "split": policy,
        "data": {
            "id": found.source.id,
            "revision": found.source.revision,
            "place": found.place,
            "folder": str(found.folder),
        },
        "missing_training": [
            card.training[i].source.id for i, located in enumerate(training) if located is None
        ],
        "validation": len(divided.validation),
        "test": len(divided.test),
    }
    higher = str(card.metric.higher_is_better)
    return TaskFiles(
        card=(folder / "card.yaml").read_text(encoding="utf-8"),
        harness=render_template(
            "harness.yaml.j2",
            key=card.key,
            max_new_tokens=card.max_new_tokens,
            higher_is_better=higher,
        ),
        files={
            "scoring.py": render_template(
                "published_scoring.py.j2", key=card.key, scorer=card.scorer
            ),
            NOTES: json.dumps(notes, ensure_ascii=False, indent=1) + "\n",
        },
        items={
            "validation": [_item(card, record) for record in divided.validation],
            "test": [_item(card, record) for record in divided.test],
        },
        sets=_sets(card, divided, training),
        licence=card.licence,
    )


def _item(card: TaskCard, record: Record) -> Item:
    """A record as an evaluation item; the record travels as JSON text, whatever its types."""
    answer = scorer_for(card.scorer).gold(record.doc, record.view)
    return {
        "id": record.id,
        "view": record.view,
        "prompt": render(card, record),
        "answer": answer or "",
        "record": json.dumps(record.doc, ensure_ascii=False),
    }


def _sets(card: TaskCard, divided: Divided, training: Sequence[Located | None]) -> list[RawSet]:
    """The raw training sets of all sources that are there."""
    read = getattr(reader_of(card), "training", None)
    if read is None:
        return []
    return [
        raw for located in training if located is not None for raw in read(located, card, divided)
    ]


def _digest(folder: Path, found: Located, training: Sequence[Located | None]) -> str:
    """What a prepared folder depends on: the card, the data, and the code that makes it."""
    located = [found, *(t for t in training if t is not None)]
    data = {path: None for place in located for paths in place.files.values() for path in paths}
    parts = [hash_file(folder / "card.yaml"), _code_digest(), *map(hash_file, sorted(data))]
    return hash_text(*parts)[:12]


@cache
def _code_digest() -> str:
    """A hash of the code that a prepared folder depends on.

    All of this package, with the readers of people's files, the records a card is made of, the
    texts a task is written from and the code of all tasks: which modules a reader leads to is
    nobody's to remember. Not what scores a finished task, and not the other tasks' cards.
    """
    here = Path(__file__).parent
    apart = (here / "evaluator", here / "catalog")
    places = sorted(place for place in here.iterdir() if place not in apart)
    places += [here.parent / "records", templates_folder() / "task"]
    return hash_code(*places, *code_files(here / "catalog"))


@cache
def _template(text: str) -> Any:
    """A compiled prompt template."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined).from_string(text)
