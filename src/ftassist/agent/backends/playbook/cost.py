"""What a trial will cost, from what earlier trials took.

Training time is taken to grow with rows times epochs; curation and evaluation as measured before.
What a method does beside supervised epochs (answers it samples, a reference, a teacher) is
counted as so many rows of a supervised epoch, by the factors below.
"""

from __future__ import annotations

from collections.abc import Mapping

from ftassist.agent.backends.playbook.situation import Situation
from ftassist.agent.cells import Call, parse
from ftassist.agent.plan import TRAINERS, Plan
from ftassist.agent.proposal import Estimate
from ftassist.agent.trial_view import TrialView

FIXED_SECONDS = 6.0
"""Of a training: imports, loading, audits, saving."""
TINY_SECONDS_A_ROW = 0.0075
"""Seconds for one row in one epoch of the tiny model on two cores, where nothing was measured."""
OVERHEAD_SECONDS = 8.0
"""Curation, preflight and evaluation of the tiny model, where nothing was measured."""

SAMPLED = 1.0
"""Sampling an answer costs as much as so many rows of a supervised epoch."""
REWARDED = 1.5
"""Sampling an answer and learning from its reward."""
COMPARED = 2.7
"""A row of DPO or KTO: two answers, and the reference's pass over both."""
TAUGHT = 1.4
"""A row with a teacher of the same size beside it."""


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
    """Rows times epochs, other work counted as such; None for custom cells."""
    rows = _rows(at, plan)
    trained = _trained(plan.cells, rows) if rows else None
    if trained is None:
        return None
    sampling = plan.operator("curate.sample_answers")
    if sampling is not None and sampling != at.plan.operator("curate.sample_answers"):
        trained += SAMPLED * rows * int(sampling.keywords.get("samples", 4))
    return trained


def _rows(at: Situation, plan: Plan) -> int:
    if plan.curate is None or (plan.sets == at.plan.sets and at.rows):
        return at.rows
    rows = 0
    for name, limit in plan.sets.items():
        there = at.sets[name].unique if name in at.sets else (limit or 0)
        rows += there if limit is None else min(limit, there)
    return min(rows, at.row_cap)


def _trained(cells: Mapping[str, str], rows: int) -> float | None:
    """The work of a train cell; None where no call of it is known to train."""
    calls = parse("train", cells.get("train", "")) or ()
    found = [_trained_by(call, rows) for call in calls if call.function in TRAINERS]
    return sum(found) if found else None


def _trained_by(call: Call, rows: int) -> float:
    given = call.keywords
    if call.function == "train.sft":
        return rows * float(given.get("epochs", 2))
    epochs, before = float(given.get("epochs", 1)), float(given.get("supervised", 0))
    if call.function == "train.distil":
        return rows * epochs * TAUGHT
    if call.function == "train.grpo":
        prompts = rows * epochs
        if given.get("max_steps"):
            prompts = min(prompts, int(given["max_steps"]) * int(given.get("batch_size", 16)))
        return rows * before + REWARDED * prompts * int(given.get("generations", 4))
    return rows * (before + COMPARED * epochs)


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
    if evidence is None or evidence.data is None:
        return None
    return _trained(view.cells, evidence.data.rows)


def _overhead(at: Situation) -> float:
    """Median seconds of curation and evaluation together."""
    found = []
    for view in at.context.trials.values():
        stages = view.evidence.stage_seconds if view.evidence else {}
        if "evaluate" in stages:
            found.append(stages["evaluate"] + stages.get("curate", 0.0))
    return sorted(found)[len(found) // 2] if found else OVERHEAD_SECONDS
