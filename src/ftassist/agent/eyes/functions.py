"""A look at the reference of what cells can call: whole entries, of a few functions."""

from __future__ import annotations

from collections.abc import Sequence

from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import LookRecord
from ftassist.agent.reference import entry

MOST = 6
"""Functions of one look at most."""


def read_reference(record: LookRecord, functions: Sequence[str]) -> Look:
    """What the arguments of some functions mean, and an example of each."""
    del record
    names = list(dict.fromkeys(functions))
    value = {"reference": "\n".join(entry(name) for name in names)}
    return Look(value, f"read the reference of {', '.join(names)}")
