"""What a campaign is expected to cost, as a document and in sentences."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from ftassist.agent.time_record import memory_off_by, off_by
from ftassist.documents import words
from ftassist.journal.state import State, Trial
from ftassist.records.plan import OffBy, PlanPart

if TYPE_CHECKING:
    from ftassist.campaign.pricing import CostPlan

NAMES = {
    "base": ("score of the base", "scores of the base"),
    "trials": ("trial", "trials"),
    "seeds": ("fresh seed of the finalist", "fresh seeds of the finalist"),
    "panel": ("general panel", "general panels"),
    "test": ("scoring on the sealed test split", "scorings on the sealed test split"),
}


def plan_document(plan: CostPlan, state: State) -> dict[str, Any]:
    """What a campaign is expected to cost from here to its end.

    Args:
        plan: From `pricing.plan`.
    """
    trials = next((part.count for part in plan.parts if part.name == "trials"), 0)
    tokens = plan.each.tokens
    return {
        "schema": "ftassist/plan/1",
        "parts": [part.to_dict() for part in plan.parts],
        "seconds": plan.total("seconds"),
        "low": plan.total("low"),
        "high": plan.total("high"),
        "whole": plan.whole,
        "device_hours": plan.device_hours,
        "memory_mb": plan.each.memory_mb,
        "tokens": None if tokens is None else tokens * trials,
        "usd": plan.usd,
        "usd_left": max(0.0, state.budget.usd - state.calls.cost),
        "off_by": plan.off.to_dict() if plan.off else None,
        "ends": plan.ends,
        "lines": plan_lines(plan, state),
    }


def plan_lines(plan: CostPlan, state: State) -> list[str]:
    """The same in sentences, one a part, then the total."""
    lines = [_part(part) for part in plan.parts]
    if not plan.parts:
        return ["nothing is left to do"]
    seconds = plan.total("seconds")
    known = "in all" if plan.whole else "in all, as far as it is known,"
    total = f"{known} about {words.duration(seconds)}" if seconds is not None else ""
    held = "" if plan.device_hours is None else words.hours(plan.device_hours)
    cost = _cost(plan, state)
    lines.append(", ".join(filter(None, (total or "in all: not known yet", held, cost))))
    if plan.each.memory_mb:
        lines.append(f"a trial takes {words.memory(plan.each.memory_mb)} of memory at its peak")
    if said := off_sentence(plan.off):
        lines.append(said)
    if plan.ends:
        lines.append(plan.ends)
    return lines


def earlier_estimates(state: State, trial: Trial) -> str:
    """How far off the estimates of trials before this one were, in words; "" without any."""
    before = list(takewhile(lambda other: other.id != trial.id, state.trials.values()))
    time, memory = off_by(before), memory_off_by(before)
    said = [off_sentence(time)]
    if memory is not None:
        said.append(f"of memory by {_factor(memory)}")
    return "; ".join(filter(None, said))


def off_sentence(off: OffBy | None) -> str:
    """Such as "earlier estimates of time were off by ×1.3 [took ×0.8 to ×1.6] over 5 trials"."""
    if off is None:
        return ""
    over = "1 trial" if off.trials == 1 else f"{off.trials} trials"
    return f"earlier estimates of time were off by {_factor(off)} over {over}"


def _factor(off: OffBy) -> str:
    spread = f" [took ×{off.low:.2g} to ×{off.high:.2g}]" if off.trials > 1 else ""
    return f"×{off.factor:.2g}{spread}"


def _part(part: PlanPart) -> str:
    name = NAMES[part.name][part.count != 1]
    if part.seconds is None:
        return f"{part.count} {name}: {part.basis}"
    spread = ""
    if part.low is not None and part.high is not None and part.low < part.high:
        spread = f" ({words.duration(part.low)} to {words.duration(part.high)})"
    return f"{part.count} {name}: about {words.duration(part.seconds)}{spread}, {part.basis}"


def _cost(plan: CostPlan, state: State) -> str:
    cap = state.budget.usd
    if plan.usd is None:
        return f"calls of a model: not known before the first trial, ${cap:.2f} at most"
    return f"${plan.usd:.2f} for calls of a model" if plan.usd else "no cost for calls"
