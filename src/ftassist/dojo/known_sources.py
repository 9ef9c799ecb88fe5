"""Known bad sources: data sets that hold a task's evaluation records, or come from where they do.

The list (`known_sources.yaml`) holds facts with a reference. It warns where a raw set or a
training file names one of them; whether a row really is an evaluation item, the leakage check
says (`leakage`), and only that refuses a training set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from ftassist.dojo.task import TaskCard
from ftassist.errors import DataError

# Beside this module, not in the catalog: a trial, which warns as well, does not see all of that.
LIST = Path(__file__).with_name("known_sources.yaml")

Relation = Literal["holds", "derived", "shared"]

_RELATIONS: Mapping[Relation, str] = {
    "holds": "holds evaluation records of",
    "derived": "is made from evaluation records of",
    "shared": "is drawn from the same place as evaluation records of",
}


@dataclass(frozen=True)
class KnownSource:
    """A data set that must not be trained on unchecked.

    Attributes:
        names: What it is called: a hub id, a GitHub repository, or a name that is one of a kind.
        tasks: The tasks whose evaluation data it concerns.
        relation: "holds" (the records themselves), "derived" (translated, reworded, corrected) or
            "shared" (drawn from what the records were drawn from).
        why: One clause.
        reference: Where that is said.
    """

    names: tuple[str, ...]
    tasks: tuple[str, ...]
    relation: Relation
    why: str
    reference: str

    def told(self, task: str = "") -> str:
        """The fact as a line; about one task, or all it concerns."""
        about = task or ", ".join(self.tasks)
        return (
            f"{self.names[0]} {_RELATIONS[self.relation]} {about}: {self.why} ({self.reference})"
        )

    def is_named_in(self, text: str) -> bool:
        """Whether a text has one of its names as a word of its own."""
        return any(_pattern(name).search(text) for name in self.names)


def sources_of(card: TaskCard) -> tuple[KnownSource, ...]:
    """What is known to hold a task's evaluation data: its own data set, and those of the list.

    A data set that the card itself names as a raw training source is prepared so that evaluation
    records are left out, and is not among them.
    """
    trained_on = {training.source.id for training in card.training}
    own: tuple[KnownSource, ...] = ()
    if card.data is not None and card.data.id not in trained_on:
        why = "its evaluation data is read from there"
        own = (KnownSource((card.data.id,), (card.key,), "holds", why, "the task's card"),)
    return own + tuple(
        known
        for known in known_sources()
        if card.key in known.tasks and not trained_on & set(known.names)
    )


def named_in(text: str, card: TaskCard | None = None) -> list[KnownSource]:
    """The known sources that a text names: those of a task, or of any where none is given."""
    among = known_sources() if card is None else sources_of(card)
    return [known for known in among if known.is_named_in(text)]


@cache
def known_sources() -> tuple[KnownSource, ...]:
    """The whole list.

    Raises:
        DataError: An entry is not complete.
    """
    return tuple(_entry(raw) for raw in yaml.safe_load(LIST.read_text(encoding="utf-8")))


def _entry(raw: Mapping[str, Any]) -> KnownSource:
    try:
        made = KnownSource(**{**raw, "names": tuple(raw["names"]), "tasks": tuple(raw["tasks"])})
    except (TypeError, KeyError) as error:
        raise DataError(f"an entry is not complete: {error}", where=str(LIST)) from error
    if made.relation not in _RELATIONS:
        raise DataError(f"there is no relation {made.relation!r}", where=str(LIST))
    return made


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """The name, not as a part of a longer one."""
    return re.compile(rf"(?<![\w/.-]){re.escape(name)}(?![\w/-])", re.IGNORECASE)
