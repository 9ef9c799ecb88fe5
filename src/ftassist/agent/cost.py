"""What a trial will cost, from what was measured.

Training is taken to grow with trained tokens, so with rows, their lengths and epochs; curation,
evaluation and what a training costs whatever its rows are as measured before. The speed is that of
this campaign's trials; before the first, of a training of a few steps (`campaign.speed`); the
tiny model's is known. What a method does beside supervised epochs (answers it samples, a
reference, a teacher) is counted as so many rows of a supervised epoch, by the factors below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from ftassist.agent.cells import Call, parse
from ftassist.agent.plan import TRAINERS, Plan
from ftassist.agent.situation import Situation
from ftassist.agent.training_settings import TrainingSettings
from ftassist.agent.trial_view import TrialView
from ftassist.journal.state import BASE
from ftassist.records.proposal import Estimate

TINY_FIXED = 6.0
"""Seconds of the tiny model's training whatever its rows: loading, audits, saving; imports."""
TINY_SECONDS_A_ROW = 0.0075
"""Seconds for one row in one epoch of the tiny model on two cores, where nothing was measured."""
OVERHEAD_SECONDS = 8.0
"""Curation, preflight and evaluation of the tiny model, where nothing was measured."""
START_SECONDS = 8.0
"""Of the first trial of another base: kernel, imports, preflight, curation; without evaluation."""
ANSWERS_SHORTER = 0.7
"""What scoring a trained model takes of what the base took: it ends its answers, where a base
often writes on to the limit."""

ASKING = ("synthesise", "judge")
"""Words of a curate cell that asks a language model through the broker, be it for rows or for
grades: what that will cost, nobody knows beforehand."""

SAMPLED = 1.0
"""Sampling an answer costs as much as so many rows of a supervised epoch."""
REWARDED = 1.5
"""Sampling an answer and learning from its reward."""
COMPARED = 2.7
"""A row of DPO or KTO: two answers, and the reference's pass over both."""
TAUGHT = 1.4
"""A row with a teacher of the same size beside it."""
ALONGSIDE = 0.8
"""What each further device of a training adds, as a share of the first: assumed, not measured."""
VALIDATION_ROWS, VALIDATIONS, FORWARD = 64, 4, 1 / 3
"""Validation losses: rows at most, how often, and a forward pass as a share of a training's."""


@dataclass(frozen=True)
class Speed:
    """How fast this campaign trains.

    Attributes:
        weight: Seconds of one unit of work: a token, or a row where nobody counted tokens.
        fixed: Seconds of a training whatever its rows.
        overhead: Seconds of a trial outside its training.
    """

    weight: float
    fixed: float
    overhead: float

    def seconds(self, work: float) -> float:
        """Seconds of a trial with so much work."""
        return self.overhead + self.fixed + self.weight * work


def estimate(at: Situation, cells: Mapping[str, str]) -> Estimate:
    """Seconds, memory and money of a trial with these cells."""
    plan = Plan.of(cells)
    work = _work(at, plan)
    speed = speed_of(at)
    seconds = None if work is None or speed is None else round(speed.seconds(work), 1)
    memory = at.parent.evidence.peak_memory_mb if at.parent.evidence else None
    if memory is None and (peak := at.context.speed.peak_memory):
        memory = round(peak / 2**20, 1)
    asks = any(word in cells.get("curate", "") for word in ASKING)
    return Estimate(
        seconds=seconds,
        memory_mb=memory,
        cost_usd=None if asks else 0.0,
        tokens=_tokens(at, plan, work),
    )


def speed_of(at: Situation) -> Speed | None:
    """How fast this campaign trains; None where nothing was measured and nothing is known."""
    told = at.context.speed
    fixed = TINY_FIXED if told.fixed_seconds is None else told.fixed_seconds
    measured = [
        (seconds - fixed) / work
        for view in at.context.trials.values()
        if (seconds := _trained_seconds(view)) > fixed and (work := _measured_work(at, view))
    ]
    if measured:
        return Speed(sorted(measured)[len(measured) // 2], fixed, _overhead(at))
    if told.tokens_a_second:
        return Speed(1.0 / told.tokens_a_second, fixed, _overhead(at))
    return Speed(TINY_SECONDS_A_ROW, TINY_FIXED, _overhead(at)) if at.tiny else None


def row_weight(at: Situation, name: str) -> float:
    """The work of one row of a set: its tokens, or 1 where nobody counted those."""
    counted = at.context.speed.tokens_a_row
    return counted.get(name, fmean(counted.values())) if counted else 1.0


def supervised_work(mix: Mapping[str, float], at: Situation, epochs: float) -> float:
    """The work of supervised epochs over so many rows of sets, validation losses included."""
    rows = sum(mix.values())
    once = sum(count * row_weight(at, name) for name, count in mix.items())
    held_out = min(VALIDATION_ROWS, int(0.05 * rows))
    each = once / rows if rows else 0.0
    return once * epochs + held_out * each * (VALIDATIONS * FORWARD - epochs)


def _work(at: Situation, plan: Plan) -> float | None:
    """The work of a plan; None for custom cells."""
    mix = _rows(at, plan)
    rows = sum(mix.values())
    trained = _trained(plan.cells, mix, at) if rows else None
    if trained is None:
        return None
    sampling = plan.operator("curate.sample_answers")
    if sampling is not None and sampling != at.plan.operator("curate.sample_answers"):
        trained += SAMPLED * _once(mix, at) * int(sampling.keywords.get("samples", 4))
    return trained


def _tokens(at: Situation, plan: Plan, work: float | None) -> float | None:
    """The tokens of so much work; None where those of a row are not known of each set."""
    mix = _rows(at, plan) if work else {}
    if work is None or not mix:
        return None
    if at.context.speed.tokens_a_row:
        return round(work)
    each = [at.sets[name].tokens if name in at.sets else 0 for name in mix]
    if not all(each):
        return None
    whole = sum(count * tokens for count, tokens in zip(mix.values(), each, strict=True))
    return round(work * whole / sum(mix.values()))


def _once(mix: Mapping[str, float], at: Situation) -> float:
    return sum(count * row_weight(at, name) for name, count in mix.items())


def _rows(at: Situation, plan: Plan) -> dict[str, float]:
    """Rows that will be trained on, by set."""
    if plan.curate is None or (plan.sets == at.plan.sets and at.rows):
        return _scaled(at.mix, at.rows) if at.mix else {"": float(at.rows)}
    return expected_rows(at, plan.sets, repeats_go=bool(plan.operator("curate.deduplicate")))


def expected_rows(
    at: Situation, sets: Mapping[str, int | None], *, repeats_go: bool
) -> dict[str, float]:
    """Rows left of the sets a plan asks for: without repeats where these are taken out."""
    found: dict[str, float] = {}
    for name, limit in sets.items():
        known = at.sets.get(name)
        if known is None:
            found[name] = float(limit or 0)
            continue
        asked = known.rows if limit is None else min(limit, known.rows)
        share = known.unique / known.rows if repeats_go and known.rows else 1.0
        found[name] = min(asked * share, known.unique)
    return _scaled(found, min(sum(found.values()), at.row_cap))


def _scaled(mix: Mapping[str, float], rows: float) -> dict[str, float]:
    """The same mix with so many rows in all."""
    whole = sum(mix.values())
    return {name: count * rows / whole for name, count in mix.items()} if whole else {"": rows}


def _trained(cells: Mapping[str, str], mix: Mapping[str, float], at: Situation) -> float | None:
    """The work of a train cell; None where no call of it is known to train."""
    calls = parse("train", cells.get("train", "")) or ()
    found = [_trained_by(call, mix, at) for call in calls if call.function in TRAINERS]
    return sum(found) if found else None


def _trained_by(call: Call, mix: Mapping[str, float], at: Situation) -> float:
    given, once = TrainingSettings.of(call), _once(mix, at)
    epochs = passes = given.epochs
    if given.max_steps:
        passes = min(epochs, given.max_steps * given.batch_size / max(1.0, sum(mix.values())))
    if call.function == "train.sft":
        work = _of_last_layers(given.layers, at, once, supervised_work(mix, at, passes))
        return work / shared_speed(given.devices)
    if call.function == "train.distil":
        return once * epochs * TAUGHT
    if call.function == "train.grpo":
        return once * (given.supervised + REWARDED * passes * given.generations)
    return once * (given.supervised + COMPARED * epochs)


def shared_speed(devices: int) -> float:
    """How much faster so many devices train than one: each step waits for all of them."""
    return 1.0 + ALONGSIDE * (devices - 1)


def _of_last_layers(last: int | None, at: Situation, once: float, work: float) -> float:
    """The work with adapters on the last layers: on a CPU those below them are computed once."""
    total = at.context.speed.layers or 0
    if last is None or not 0 < last < total or at.context.speed.device != "cpu":
        return work
    share = last / total
    return share * work + (1.0 - share) * FORWARD * once


def _trained_seconds(view: TrialView) -> float:
    return view.evidence.stage_seconds.get("train", 0.0) if view.evidence else 0.0


def _measured_work(at: Situation, view: TrialView) -> float | None:
    evidence = view.evidence
    if evidence is None or evidence.data is None:
        return None
    mix = {name: float(n) for name, n in evidence.data.by_source.items()}
    return _trained(view.cells, _scaled(mix, float(evidence.data.rows)), at)


def _overhead(at: Situation) -> float:
    """Median seconds of curation and evaluation together; before any trial, by the base's."""
    found = []
    for view in at.context.trials.values():
        stages = view.evidence.stage_seconds if view.evidence else {}
        if "evaluate" in stages and view.id != BASE:
            found.append(stages["evaluate"] + stages.get("curate", 0.0))
    if found:
        return sorted(found)[len(found) // 2]
    base = at.context.trials[BASE].evidence if BASE in at.context.trials else None
    whole = base.stage_seconds.get("evaluate", 0.0) if base else 0.0
    scoring = at.context.speed.scoring_seconds or whole
    return OVERHEAD_SECONDS if at.tiny else START_SECONDS + ANSWERS_SHORTER * scoring
