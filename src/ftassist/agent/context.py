"""What a backend may know when it thinks: a campaign, boiled down.

`build` turns the state of a campaign into a `Context`: the task card, the budget left, profiles of
the raw sets, the trials that matter (the path from the root, siblings, the best, recent failures),
vetoes with their reasons, people's edits, insights, and how often predictions held. It is
deterministic, JSON-able, and what is `shown` of it stays below `MAX_CHARACTERS` however many
trials there are, and however long what people wrote into them. Holds no evaluation item but the
wrong answers the evaluator chose to show; texts that come from data, models or logs are `Quoted`.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from importlib.util import find_spec
from typing import Any

from ftassist.agent.calibration import IntervalRecord, Outcome, outcomes, track_record
from ftassist.agent.evidence import TrialEvidence
from ftassist.agent.profile_view import view_profiles
from ftassist.agent.survey import QuotedSource
from ftassist.agent.trial_view import (
    Brief,
    Quoted,
    TrialView,
    brief_trial,
    digest,
    quote,
    view_trial,
)
from ftassist.dojo.task import TaskCard
from ftassist.errors import UnknownNameError
from ftassist.journal.state import BASE, State, Trial
from ftassist.records.baseline import ScoredBaseline
from ftassist.records.insight import Insight
from ftassist.records.speed import UNMEASURED, MeasuredSpeed
from ftassist.records.survey import NO_SURVEY, Survey
from ftassist.records.understanding import Understanding

MAX_CHARACTERS = 120_000
"""Most characters of a context as JSON: some 30,000 tokens."""
DETAILED = 24
"""Trials described with cells, curves and wrong answers at most."""
FAILURES = 6
"""Recent failures that are always among them."""
VETOES = 40
"""Vetoes that are listed, the newest ones."""
BRIEF = 300
"""Other trials that are listed by what was changed and what came of it."""
SETBACKS = 10
"""Of the agent's own answers and proposals that came to nothing, the newest ones."""
_SETBACK = 500
_CELL = 6_000
"""Characters of a cell that are shown in the history; the cell itself is kept whole."""
_REASON = 600
_DIFF = 500


@dataclass(frozen=True)
class Veto:
    """A decision against a change, with the reason a person gave (to be followed).

    `understood` is how that reason is read: what to avoid and what to try.
    """

    trial: str
    key: str
    description: str
    reason: str
    actor: str
    parent: str = ""
    evidence: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    understood: Understanding | None = None


@dataclass(frozen=True)
class ToldSetback:
    """Something the agent did that came to nothing (`records.setback`), as it is told of it."""

    purpose: str
    kind: str
    where: str
    message: Quoted


@dataclass(frozen=True)
class BudgetLeft:
    """The limits of a campaign (`records.budget`), and what is left of them."""

    trials: int
    rows: int
    seconds: float
    usd: float
    device_hours: float | None
    trials_left: int
    seconds_left: float
    fresh_seeds: int
    """On how many the finalist is trained again."""


@dataclass(frozen=True)
class Context:
    """What a backend may know.

    Attributes:
        task: The task's card, without what its baselines reach on the test split.
        model: The base model, as named.
        seed: The campaign's seed; no knob.
        budget: In all, and what is left.
        device: What there is to run on ({"kind": "cpu"} or name and memory of a GPU, and whether
            it can hold a base in four bits; `devices` where one training may have several).
        sizes: {"parameters": of the base, "cores": of the machine}, as when the campaign was made.
        higher_is_better: The metric's direction.
        profiles: The raw sets; texts in them are quoted.
        base: Score of the untouched model, if it is known.
        best: The scored trial with the best score, if any.
        focus: The trial this context was built around.
        path: Ids from the base to the focus.
        trials: Trials in full, by id.
        others: Trials in one line.
        digests: A digest of the cells of every trial, for telling repetitions.
        vetoes: Vetoes, oldest first.
        edits: {trial, stage, actor, diff} of people's edits: what they changed in a proposal.
        insights: Active insights; pinned ones first.
        outcomes: What each earlier change was worth, oldest first.
        calibration: How often predicted intervals held, by rule, by kind of change and over all.
        ruled: Insights people pinned, rewrote or removed, by id, with the text they did away with.
        insights_made: How many insights there have been.
        survey: The requirement card as it was written; false before.
        sources: What was found outside for it, then what was read later.
        teacher: A stronger model on this machine that trainings may learn from; "" for none.
        baselines: What classical models reach on the validation items, with the rows they learned
            from and the raw sets these are of; none for a task without a closed answer set.
        speed: The base's width and architecture, where it lay here when the campaign was made;
            and what a training of a few steps measured.
        setbacks: What the agent itself did that came to nothing, oldest first.
        setbacks_made: How many there have been.
        shown_items: The prompts of all evaluation items that were shown as wrong; never sent, but
            what cells may not carry.
        variants: What each proposal of a round is for (`agent/variants.py`), in order; none where
            a single one is asked for.
        numbers: What an optimiser says of the trainings' numbers: those it suggests, where each
            stood in the best trials, and what it seems worth; empty without one.
        wish: What the proposal is asked for, in words of a person; `Quoted` where an agent outside
            asked; "" where nobody did.
    """

    task: TaskCard
    model: str
    seed: int
    budget: BudgetLeft
    device: Mapping[str, Any]
    higher_is_better: bool
    profiles: Mapping[str, Mapping[str, Any]]
    base: float | None
    best: str | None
    focus: str
    path: tuple[str, ...]
    trials: Mapping[str, TrialView]
    others: tuple[Brief, ...]
    digests: tuple[str, ...]
    vetoes: tuple[Veto, ...]
    edits: tuple[Mapping[str, str], ...]
    insights: tuple[Insight, ...]
    outcomes: tuple[Outcome, ...]
    calibration: Mapping[str, IntervalRecord]
    ruled: Mapping[str, str] = field(default_factory=dict)
    insights_made: int = 0
    survey: Survey = NO_SURVEY
    sources: tuple[QuotedSource, ...] = ()
    teacher: str = ""
    baselines: tuple[ScoredBaseline, ...] = ()
    speed: MeasuredSpeed = UNMEASURED
    setbacks: tuple[ToldSetback, ...] = ()
    setbacks_made: int = 0
    shown_items: tuple[Quoted, ...] = ()
    variants: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    wish: str | Quoted = ""
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def wished(self) -> str:
        """The words of the wish."""
        return self.wish.quoted if isinstance(self.wish, Quoted) else self.wish

    def trial(self, name: str) -> TrialView:
        """The trial of that id.

        Raises:
            UnknownNameError: It is not described here.
        """
        if name not in self.trials:
            raise UnknownNameError.of("trial", name, self.trials)
        return self.trials[name]

    def children(self, name: str) -> list[TrialView]:
        """The trials that start from it, of those described in full, in order."""
        return [view for view in self.trials.values() if view.parent == name]

    def to_dict(self) -> dict[str, Any]:
        """The context as JSON values."""
        return asdict(self)

    def outcome(self, name: str) -> Outcome | None:
        """What a trial's change was worth, if it was judged lately."""
        return next((o for o in self.outcomes if o.trial == name), None)

    @property
    def shown(self) -> Context:
        """The same with very long cells and reasons cut, as an agent's model is shown it."""
        trials = {
            name: replace(
                view, cells={stage: _cut(text, _CELL) for stage, text in view.cells.items()}
            )
            for name, view in self.trials.items()
        }
        vetoes = tuple(replace(veto, reason=_cut(veto.reason, _REASON)) for veto in self.vetoes)
        return replace(self, trials=trials, vetoes=vetoes, shown_items=())

    @property
    def characters(self) -> int:
        """The size of what is shown, as JSON."""
        return len(json.dumps(self.shown, ensure_ascii=False, default=_fields))


def build(
    state: State,
    card: TaskCard,
    profiles: Mapping[str, Mapping[str, Any]],
    evidence: Mapping[str, TrialEvidence],
    *,
    focus: str | None = None,
    device: Mapping[str, Any] | None = None,
) -> Context:
    """Boils a campaign down to what matters for the next step.

    Args:
        card: The task's card.
        profiles: Profiles of the raw sets by name (`dojo.profile.Profile.to_dict`).
        evidence: What each trial left behind.
        focus: The trial to look from; by default the best one.
        device: What there is to run on; by default what earlier trials ran on.
    """
    sign = 1.0 if card.metric.higher_is_better else -1.0
    trials = {t.id: t for t in state.trials.values() if t.role != "replicate"}
    best = _best(trials, sign)
    centre = focus if focus in trials else best or BASE
    path = tuple(t.id for t in state.path(centre)) if centre in trials else (BASE,)
    context = Context(
        task=card.sealed,
        model=state.settings.model,
        seed=state.settings.seed,
        budget=_budget(state),
        device=dict(device) if device is not None else _device(trials) | _several(state),
        higher_is_better=card.metric.higher_is_better,
        profiles=view_profiles(profiles),
        base=trials[BASE].score if BASE in trials else None,
        best=best,
        focus=centre,
        path=path,
        trials={},
        others=(),
        digests=tuple(digest(t.cells) for t in trials.values() if t.id != BASE),
        vetoes=_vetoes(state, trials),
        edits=_edits(trials),
        insights=_insights(state),
        outcomes=outcomes(trials.values()),
        calibration=track_record(trials.values()),
        ruled=dict(state.ruled),
        insights_made=state.insights_made,
        survey=replace(state.survey, sources=(), read=()),
        sources=tuple(map(QuotedSource.of, (*state.survey.sources, *state.survey.read))),
        teacher=state.settings.teacher,
        baselines=state.baselines,
        speed=MeasuredSpeed.of({**state.settings.shape, **state.speed.to_dict()}),
        setbacks=_setbacks(state),
        setbacks_made=state.setbacks_made,
        shown_items=_shown_items(trials),
        sizes=state.settings.sizes,
    )
    return _fit(context, trials, evidence)


def _fields(value: Any) -> dict[str, Any]:
    """A record's fields for JSON, its values uncopied: contexts are large, and measured often."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _fit(
    context: Context, trials: Mapping[str, Trial], evidence: Mapping[str, TrialEvidence]
) -> Context:
    """Describes as many trials in full as fit, the ones that matter most first."""
    ranked = _by_importance(context, trials)
    central = (context.focus, context.best, BASE)
    detailed, brief = min(DETAILED, len(ranked)), BRIEF
    while True:
        chosen = set(ranked[:detailed])
        views = {
            name: view_trial(trial, evidence.get(name), name in central)
            for name, trial in trials.items()
            if name in chosen
        }
        rest = [t for name, t in trials.items() if name not in chosen][-brief:] if brief else []
        fitted = replace(context, trials=views, others=tuple(brief_trial(t) for t in rest))
        if fitted.characters <= MAX_CHARACTERS or (detailed <= 2 and brief == 0):
            return fitted
        if brief > 0 and detailed <= DETAILED // 2:
            brief //= 2
        else:
            detailed = max(2, detailed - 4)


def _by_importance(context: Context, trials: Mapping[str, Trial]) -> list[str]:
    """All trials: path and best, then children and siblings, then failures, then the newest."""
    newest = sorted(trials, reverse=True)
    around = {context.focus, trials[context.focus].parent if context.focus in trials else None}
    near = [name for name in newest if trials[name].parent in around]
    ended = [name for name in newest if trials[name].failure]
    failed = [name for name in ended if trials[name].status != "stopped"][:FAILURES]
    path = [context.focus, *([context.best] if context.best else []), BASE]
    path += list(reversed(context.path))
    order = [*path[:6], *failed[:2], *near[:6], *path[6:], *failed, *near, *newest]
    return [name for name in dict.fromkeys(order) if name in trials]


def _best(trials: Mapping[str, Trial], sign: float) -> str | None:
    scored = [(sign * t.score, t.id) for t in trials.values() if t.score is not None]
    return max(scored, key=lambda pair: (pair[0], pair[1] == BASE))[1] if scored else None


def _budget(state: State) -> BudgetLeft:
    return BudgetLeft(
        **state.budget.to_dict(),
        trials_left=state.budget.trials - state.trials_used,
        seconds_left=round(state.seconds_left, 1),
        fresh_seeds=state.fresh_seeds,
    )


def _device(trials: Mapping[str, Trial]) -> dict[str, Any]:
    gpus = [t.gpu.to_dict() for t in trials.values() if t.gpu]
    if not gpus:
        return {"kind": "cpu"}
    return {"kind": "gpu", **gpus[-1], "four_bit": find_spec("bitsandbytes") is not None}


def _several(state: State) -> dict[str, Any]:
    """How many devices one training may have, where its machine has several.

    Each holds the whole model: what does not fit one does not fit several. The runner says what
    there is where it runs trials; nothing is said while they are to run elsewhere.
    """
    if not state.shared or state.shared.executor != state.executor.name:
        return {}
    return {"devices": state.shared.devices, "each_holds": "the whole model"}


def _vetoes(state: State, trials: Mapping[str, Trial]) -> tuple[Veto, ...]:
    """The vetoes, with the outcomes that were known when each was given."""
    found = []
    for veto in state.vetoes[-VETOES:]:
        trial = trials.get(veto.trial)
        rests_on = trial.proposal.hypothesis.evidence if trial else ()
        decided = trial.decision.time if trial else 0.0
        before = [t for t in trials.values() if t.verdict and (t.finished or 0.0) <= decided]
        found.append(
            Veto(
                trial=veto.trial,
                key=veto.change.key,
                description=veto.change.description,
                reason=veto.reason,
                actor=veto.actor,
                parent=trial.parent or "" if trial else "",
                evidence=tuple(dict.fromkeys(item.trial for item in rests_on)),
                seen=tuple(t.id for t in before[-DETAILED:]),
                understood=veto.understood,
            )
        )
    return tuple(found)


def _edits(trials: Mapping[str, Trial]) -> tuple[Mapping[str, str], ...]:
    return tuple(
        {"trial": t.id, "stage": stage, "actor": actor, "diff": _diff(t, stage)}
        for t in trials.values()
        for stage, actor in sorted(t.edited.items())
    )[-VETOES:]


def _diff(trial: Trial, stage: str) -> str:
    """What a person changed in a proposed cell: lines taken out and put in."""
    proposed = trial.proposal.cells.get(stage, "").splitlines()
    lines = difflib.unified_diff(
        proposed, trial.cells.get(stage, "").splitlines(), lineterm="", n=0
    )
    told = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    return _cut("\n".join(told), _DIFF)


def _cut(text: str, most: int) -> str:
    """A text without its middle, where it is too long."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def _shown_items(trials: Mapping[str, Trial]) -> tuple[Quoted, ...]:
    wrong = (item for trial in trials.values() for item in trial.feedback.wrong)
    prompts = {item.prompt for item in wrong}
    return tuple(Quoted(text) for text in sorted(prompts))


def _setbacks(state: State) -> tuple[ToldSetback, ...]:
    return tuple(
        ToldSetback(one.purpose, one.kind, one.where, quote(one.message, _SETBACK))
        for one in state.setbacks[-SETBACKS:]
    )


def _insights(state: State) -> tuple[Insight, ...]:
    """Active insights, pinned ones first, then the newest."""
    known = list(state.insights.values())
    pinned = [insight for insight in known if insight.pinned]
    return tuple([*pinned, *[i for i in reversed(known) if not i.pinned]][:30])
