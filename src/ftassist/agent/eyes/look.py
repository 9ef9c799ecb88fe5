"""A look: one bounded question of an agent to the record, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ftassist.records.survey import OutsideSource

LONGEST_CELL = 20_000
"""Characters of a cell that a look takes; no argument may be longer."""


@dataclass(frozen=True)
class Look:
    """What a look showed.

    Attributes:
        value: JSON values; text from data, models and logs is `Quoted`.
        trail: What was done, in a few words for people: "looked at 20 rows of pair_notes".
        failed: Whether it showed nothing, because it was asked wrongly; the value says why.
        material: What of the value came from outside, where the value holds marks of our own (such
            as a chat template's), which give nobody orders; None where that is all of it.
        sources: What was found or read outside, by which an answer may cite it.
    """

    value: Any
    trail: str
    failed: bool = False
    material: Any = None
    sources: tuple[OutsideSource, ...] = ()


@dataclass(frozen=True)
class LookTool:
    """A kind of look.

    Attributes:
        description: What it shows, for the one who asks.
        schema: Its arguments, as a JSON schema.
    """

    name: str
    description: str
    schema: Mapping[str, Any]


class Eyes(Protocol):
    """What can be looked at."""

    @property
    def tools(self) -> Sequence[LookTool]:
        """The kinds of looks there are."""
        ...

    def look(self, name: str, arguments: Mapping[str, Any]) -> Look:
        """One look; never raises for a wrong question."""
        ...
