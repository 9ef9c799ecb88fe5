"""A note on the page of an agent's working, which people read and export."""

from __future__ import annotations

from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import LookRecord

LONGEST = 2_000
"""Characters of a note."""
_TRAIL = 100


def note(record: LookRecord, text: str) -> Look:
    """Keeps a note; the event of the look is where it stands."""
    del record
    line = " ".join(text.split())
    return Look({"kept": True}, f"noted: {line[:_TRAIL]}{'…' if len(line) > _TRAIL else ''}")
