"""What a trial will cost, from what earlier trials took.

Training time is taken to grow with rows times epochs; curation and evaluation as measured before.
"""

from __future__ import annotations

from collections.abc import Mapping

from ftassist.agent.backends.playbook.situation import Situation
from ftassist.agent.plan import Plan
from ftassist.agent.proposal import Estimate
from ftassist.agent.trial_view import TrialView

FIXED_SECONDS = 6.0
"""Of a training: imports, loading, audits, saving."""
TINY_SECONDS_A_ROW = 0.0075
"""Seconds for one row in one epoch of the tiny model on two cores, where nothing was measured."""
OVERHEAD_SECONDS = 8.0
"""Curation, preflight and evaluation of the tiny model, where nothing was measured."""


def estimate(at: Situation, cells: Mapping[str, str]) -> Estimate:
    """Seconds, memory and money of a trial with these cells."""
    work = _work(at, Plan.of(cells))
    rate = _seconds_a_row(at)
    overhead = _overhead(at)
    seconds = None
    if work is not None and rate is not None:
        seconds = round(overhead + FIXED_SECONDS + rate * work, 1)
    memory = at.parent.evidence.peak_memory_mb if at.parent.evidence else None
    return Estimate(seconds=seconds, memory_mb=memory, cost_usd=0.0)


def _work(at: Situation, plan: Plan) -> float | None:
    """Rows times epochs; None for custom cells."""
    if plan.train is None:
        return None
    epochs = float(plan.training.get("epochs", 2))
    if plan.curate is None:
        return at.rows * epochs if at.rows else None
    if plan.sets == at.plan.sets and at.rows:
        return at.rows * epochs
    rows = 0
    for name, limit in plan.sets.items():
        there = at.sets[name].unique if name in at.sets else (limit or 0)
        rows += there if limit is None else min(limit, there)
    return min(rows, at.row_cap) * epochs


def _seconds_a_row(at: Situation) -> float | None:
    """Training seconds a row and epoch: the median over trials that were measured."""
    rates = []
    for view in at.context.trials.values():
        seconds = view.evidence.stage_seconds.get("train") if view.evidence else None
        work = _measured_work(view)
        if seconds is not None and work and seconds > FIXED_SECONDS:
            rates.append((seconds - FIXED_SECONDS) / work)
    if rates:
        return sorted(rates)[len(rates) // 2]
    return TINY_SECONDS_A_ROW if at.tiny else None


def _measured_work(view: TrialView) -> float | None:
    evidence = view.evidence
    if evidence is None or evidence.data is None or not evidence.training:
        return None
    return evidence.data.rows * float(evidence.training.get("epochs", 2))


def _overhead(at: Situation) -> float:
    """Median seconds of curation and evaluation together."""
    found = []
    for view in at.context.trials.values():
        stages = view.evidence.stage_seconds if view.evidence else {}
        if "evaluate" in stages:
            found.append(stages["evaluate"] + stages.get("curate", 0.0))
    return sorted(found)[len(found) // 2] if found else OVERHEAD_SECONDS
