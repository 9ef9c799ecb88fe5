"""Where a campaign's task and base model lay when it was made."""

from __future__ import annotations

from dataclasses import dataclass

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class Place(Record):
    """Where something lay, and what it is known again by."""

    path: str
    """Its absolute path."""
    relative: str
    """The same, as seen from the campaign's folder."""
    digest: str
    """What it is known again by."""
