"""What each class of failure asks for, and the counted way out of memory.

Rules of thumb for whoever repairs a trial. Changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.agent.plan import Plan

REPAIRABLE = ("CONFIG", "OOM", "DATA", "ENV", "TIMEOUT")
"""Classes that other cells can mend; a leak, a spent budget and a person's stop are none."""
SHORTEST = 64
"""Tokens below which rows are not cut to save memory."""
_BATCH = {"train.sft": 32}
_METHODS_BATCH = 16
"""Batches of the recipes where a cell names none: of the other methods."""
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


def advice_for(failure: str, training: Mapping[str, Any] | None = None) -> str:
    """The advice for a class; for memory with the numbers to set, where they can be counted."""
    text = ADVICE.get(failure, "find the cause in the log and change as little as possible.")
    if failure == "OOM" and training:
        changes = lighter(training)
        if changes:
            listed = ", ".join(f"{name}={value!r}" for name, value in changes.items())
            text += f" Here: {listed}; the effective batch stays {effective_batch(training)}."
    return text


def sizes_of(plan: Plan) -> dict[str, Any]:
    """The training arguments that memory depends on, defaults included; {} for a custom cell."""
    if not plan.trainer:
        return {}
    batch = _BATCH.get(plan.trainer, _METHODS_BATCH)
    sizes = {"batch_size": batch, "accumulation": 1, "max_length": 256, "checkpointing": False}
    return {name: plan.training.get(name, value) for name, value in sizes.items()}


def effective_batch(training: Mapping[str, Any]) -> int:
    """Rows of an optimizer step."""
    return int(training.get("batch_size", 32)) * int(training.get("accumulation", 1))


def half_batch(training: Mapping[str, Any]) -> dict[str, int]:
    """At most half the rows at once, and as many an optimizer step; {} for one row already.

    >>> half_batch({"batch_size": 32, "accumulation": 1})
    {'batch_size': 16, 'accumulation': 2}
    >>> half_batch({"batch_size": 5, "accumulation": 1})
    {'batch_size': 1, 'accumulation': 5}
    """
    batch, whole = int(training.get("batch_size", 32)), effective_batch(training)
    if batch < 2:
        return {}
    # The largest divisor of the effective batch that is at most half keeps it exactly.
    half = next(size for size in range(batch // 2, 0, -1) if whole % size == 0)
    return {"batch_size": half, "accumulation": whole // half}


def lighter(training: Mapping[str, Any]) -> dict[str, Any]:
    """Training arguments that need less memory for the same effective batch; {} for none left.

    >>> lighter({"batch_size": 32, "accumulation": 1, "max_length": 256})
    {'batch_size': 16, 'accumulation': 2, 'checkpointing': True}
    """
    changes: dict[str, Any] = dict(half_batch(training))
    length = int(training.get("max_length", 256)) // 2
    if not changes and length >= SHORTEST:
        changes["max_length"] = length
    if not training.get("checkpointing"):
        changes["checkpointing"] = True
    return changes
