"""The look at what an optimiser of numbers makes of the trials so far."""

from __future__ import annotations

from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import LookRecord
from ftassist.errors import DataError


def ask_optimiser(record: LookRecord) -> Look:
    """Numbers of all trials, what each seems worth, and what an optimiser would try next."""
    if record.numbers is None:
        raise DataError("there is no optimiser here")
    known = record.numbers()
    return Look(known, f"asked the optimiser, which knows {len(known['trials'])} trials")
