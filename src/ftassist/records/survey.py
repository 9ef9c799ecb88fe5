"""The requirement card: what is asked and lacked, and what was found and read outside."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any, ClassVar

from ftassist.records.record import EVERY_FIELD, Record

READ = 600
"""Characters that are kept of a text that was read."""
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class OutsideSource(Record):
    """Something found outside: untrusted text with an address."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"text", "date"})

    kind: str = ""
    """"data set" or "paper"."""
    name: str = ""
    """Its id."""
    title: str = ""
    """Its title or description."""
    licence: str = ""
    """As it is stated there; "" if it is not."""
    url: str = ""
    text: str = ""
    """What was read of it; "" where it was only found."""
    date: str = ""
    """The day it was read, such as "2026-11-28"; "" where it was only found."""

    @property
    def kept(self) -> OutsideSource:
        """The same with its texts cut, as the journal keeps it."""
        cut = {name: text[:_LONGEST] for name, text in self.to_dict().items()}
        return OutsideSource(**{**cut, "text": self.text[:READ]})


@dataclass(frozen=True, slots=True)
class SurveyedSet(Record):
    """What a raw set is good for."""

    name: str = ""
    use: str = ""
    licence: str = ""
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Strategy(Record):
    """Something that seems worth trying, and what that rests on."""

    name: str = ""
    why: str = ""
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey(Record):
    """The requirement card; false before there is anything on it."""

    LEFT_OUT: ClassVar[Container[str]] = EVERY_FIELD

    asked: str = ""
    lacks: str = ""
    raw_sets: tuple[SurveyedSet, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    sources: tuple[OutsideSource, ...] = ()
    """What was found before the first trial."""
    not_looked_up: tuple[str, ...] = ()
    """What could not be looked up, with why."""
    failed: str = ""
    """Why no card was written."""
    read: tuple[OutsideSource, ...] = ()
    """What was read since, the newest last."""
    made: bool = False
    """Whether it was written, if only to say that nothing is known; no part of its document."""

    def __bool__(self) -> bool:
        """Whether there is anything on it."""
        return self != NO_SURVEY

    def to_dict(self) -> dict[str, Any]:
        """The card as a JSON object."""
        card = Record.to_dict(self)
        card.pop("made", None)
        return card


NO_SURVEY = Survey()
