"""How the reason of a veto is understood: what to avoid and what to try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ftassist.records.record import Record

PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Wish(Record):
    """One thing to avoid or to try."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"value"})

    key: str
    """What it is about, such as "train.learning_rate:down" or "set:crowd"."""
    words: str
    """The same for people: "a lower learning rate"."""
    value: float | None = None
    """The value that was named, if one was."""


@dataclass(frozen=True, slots=True)
class Understanding(Record):
    """What a reason amounts to."""

    avoid: tuple[Wish, ...] = ()
    """What is not to be proposed."""
    try_: tuple[Wish, ...] = ()
    """What is to be tried next."""
    by: str = PROGRAM
    """Who read it: "program", "agent:<backend>" or "person:<name>"."""

    @property
    def note(self) -> bool:
        """Whether nothing was understood, so that the text is a note and no more."""
        return not self.avoid and not self.try_

    def to_dict(self) -> dict[str, Any]:
        """As it stands in the journal and in documents, with whether it is a note."""
        return {**Record.to_dict(self), "note": self.note}
