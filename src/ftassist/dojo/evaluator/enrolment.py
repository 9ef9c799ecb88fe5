"""What the owner of an evaluator registers: a trial, and what it may be scored on."""

from __future__ import annotations

from dataclasses import dataclass

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class Enrolment(Record):
    """A trial that may ask to be scored."""

    trial: str
    """Its id, such as "t0003"."""
    folder: str
    """Its folder; models are looked for in it."""
    scores: str
    """The folder for item scores, outside the trial's."""
    task: str
    """The task's key or folder."""
    base: str
    """The base model: "tiny", a folder or a Hub id."""
    limit: int = 1
    """How many different models of it may be scored."""
    token: str = ""
    """The secret it shows, where it was registered before; "" for a new one."""
    day: str = ""
    """The day that the base's chat template is told, as 2026-11-28; "" for today."""
    shown_seed: int | None = None
    """Of the draw of validation items that may be shown and do not select; None where all do."""
    rung: float = 1.0
    """How far its training goes; below 1 it is scored on a part of the items."""
