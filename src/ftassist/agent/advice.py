"""What each class of failure asks for, and the counted way out of memory.

Rules of thumb for whoever repairs a trial. Changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from ftassist.agent.plan import Plan
from ftassist.agent.training_settings import TrainingSettings

REPAIRABLE = ("CONFIG", "OOM", "DATA", "ENV", "TIMEOUT")
"""Classes that other cells can mend; a leak, a spent budget and a person's stop are none."""
SHORTEST = 64
"""Tokens below which rows are not cut to save memory."""
ADVICE: Mapping[str, str] = {
    "CONFIG": "a wrong argument, name or type. Read the last error line; correct exactly that "
    "argument or call. Do not change data, rates or sizes that the error does not name.",
    "OOM": "memory. Halve batch_size and double accumulation, so that the effective batch stays "
    "the same; switch checkpointing on; only when batch_size is 1 already, halve max_length. "
    "Do not change the learning rate or the data.",
    "DATA": "rows. Find the set, row or field that the error names; map or filter it in the "
    "curate cell, and keep the other sets as they are. If filters left nothing, loosen the one "
    "that dropped most.",
    "ENV": "the machine, not the cells: a missing package, a full disk, the network. Take out the "
    "call that needs what is not there (cells have no network); if no call of the cells does, "
    "return them as they are.",
    "TIMEOUT": "time. Fewer rows or fewer epochs, in this order; packing=True for short rows. Do "
    "not raise the batch to save time.",
}


def advice_for(failure: str, settings: TrainingSettings | None = None) -> str:
    """The advice for a class; for memory with the numbers to set, where they can be counted."""
    text = ADVICE.get(failure, "find the cause in the log and change as little as possible.")
    if failure == "OOM" and settings and (changes := lighter(settings)):
        listed = ", ".join(f"{name}={value!r}" for name, value in changes.items())
        text += f" Here: {listed}; the effective batch stays {settings.effective_batch}."
    return text


def sizes_of(cells: Mapping[str, str]) -> TrainingSettings | None:
    """The settings that memory depends on; None for a custom cell, where nobody knows them."""
    plan = Plan.of(cells)
    return plan.settings if plan.trainer else None


def half_batch(settings: TrainingSettings) -> dict[str, int]:
    """At most half the rows at once, and as many an optimizer step; {} for one row already.

    >>> half_batch(TrainingSettings(batch_size=32, accumulation=1))
    {'batch_size': 16, 'accumulation': 2}
    >>> half_batch(TrainingSettings(batch_size=5, accumulation=1))
    {'batch_size': 1, 'accumulation': 5}
    """
    batch, whole = settings.batch_size, settings.effective_batch
    if batch < 2:
        return {}
    # The largest divisor of the effective batch that is at most half keeps it exactly.
    half = next(size for size in range(batch // 2, 0, -1) if whole % size == 0)
    return {"batch_size": half, "accumulation": whole // half}


def lighter(settings: TrainingSettings) -> dict[str, int]:
    """Training arguments that need less memory for the same effective batch; {} for none left.

    >>> lighter(TrainingSettings(batch_size=32, accumulation=1, max_length=256))
    {'batch_size': 16, 'accumulation': 2, 'checkpointing': True}
    """
    changes = half_batch(settings)
    length = settings.max_length // 2
    if not changes and length >= SHORTEST:
        changes["max_length"] = length
    if not settings.checkpointing:
        changes["checkpointing"] = True
    return changes
