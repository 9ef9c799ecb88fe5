"""One more run for a training that was out of memory: half the batch, twice the accumulation.

The optimizer steps stay exactly the same size, so the trial tests the same hypothesis; its cell
changes, and the event says how. A cell that is more than a call of the recipe is a person's own
and is not rewritten. Decides only; the runner writes the event.
"""

from __future__ import annotations

import inspect
from typing import Any

from ftassist.agent.advice import half_batch
from ftassist.agent.cells import parse, render
from ftassist.journal.state import Trial
from ftassist.recipes import train


def halved_batch(trial: Trial) -> tuple[str, dict[str, Any]] | None:
    """The trial and the payload of its `trial.retried` event; None where there is no retry.

    A trial is retried once, if it failed in its train stage for want of memory.
    """
    failure = trial.failure
    if trial.retries or failure.get("class") != "OOM" or failure.get("stage") != "train":
        return None
    calls = parse("train", trial.cells.get("train", ""))
    if calls is None or [call.function for call in calls].count("train.sft") != 1:
        return None
    (call,) = (call for call in calls if call.function == "train.sft")
    names = ("batch_size", "accumulation")
    batch, accumulation = (_argument(call.keywords, name) for name in names)
    if not isinstance(batch, int) or not isinstance(accumulation, int):
        return None
    changes = half_batch({"batch_size": batch, "accumulation": accumulation})
    if not changes:
        return None
    changed = call.with_keywords(**changes)
    half, passes = (changes[name] for name in names)
    source = render("train", [changed if c is call else c for c in calls])
    return trial.id, {
        "reason": f"out of memory: {failure.get('message', '')}",
        "stage": "train",
        "source": source,
        "change": f"batch_size {batch} -> {half}, accumulation {accumulation} -> {passes}",
        "peak_memory_mb": failure.get("peak_memory_mb"),
        "cuda_peak_mb": failure.get("cuda_peak_mb"),
    }


def _argument(keywords: Any, name: str) -> Any:
    """The value of an argument of `train.sft`, its default where the cell names none."""
    if name in keywords:
        return keywords[name]
    return inspect.signature(train.sft).parameters[name].default
