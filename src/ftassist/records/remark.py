"""What people write down of a trial: notes and tags."""

from __future__ import annotations

from dataclasses import dataclass

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class TrialNote(Record):
    """A note of a trial."""

    seq: int
    """Of its event, by which it is named when it is taken away."""
    text: str
    kind: str
    """"prompt" of one that was asked by hand, "note" otherwise."""
    actor: str
    time: float
    """When, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Tagged(Record):
    """Who gave a trial a tag, and when."""

    actor: str
    time: float
    """In seconds since 1970."""
