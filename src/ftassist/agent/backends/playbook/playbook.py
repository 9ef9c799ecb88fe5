"""The playbook: written rules over measured evidence; no model thinks here, and none is asked.

It lets every rule look at the situation, leaves out what was tried or vetoed, and proposes the
change that promises most. Deterministic: the same context gives the same proposals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from ftassist.agent.backends.base import Analysis, OutOfIdeasError
from ftassist.agent.backends.playbook.analysis import analyse_trial
from ftassist.agent.backends.playbook.asked_start_rules import AskedStart
from ftassist.agent.backends.playbook.first_size import reserved_runs
from ftassist.agent.backends.playbook.fresh_angles import FreshAngle
from ftassist.agent.backends.playbook.insights import distil_insights
from ftassist.agent.backends.playbook.keeping_rules import KeepMore
from ftassist.agent.backends.playbook.mixture_rules import HeedVeto
from ftassist.agent.backends.playbook.number_rules import Optimised
from ftassist.agent.backends.playbook.options import RuleOption, of_variants
from ftassist.agent.backends.playbook.prediction import predict
from ftassist.agent.backends.playbook.rule import Edit, Finding, Rule
from ftassist.agent.backends.playbook.rules import METHOD_RULES, RULES
from ftassist.agent.backends.playbook.wish_rules import AskedFor
from ftassist.agent.context import Context, Veto
from ftassist.agent.cost import estimate
from ftassist.agent.insight_changes import InsightChange
from ftassist.agent.knobs import matches
from ftassist.agent.refutation import refuted_if
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import digest
from ftassist.agent.vetoes import (
    Ban,
    UntriedWish,
    keys_of,
    open_wishes,
    read_bans,
    still_vetoed,
    with_wish,
)
from ftassist.journal.state import BASE
from ftassist.records.proposal import Change, Hypothesis, Proposal
from ftassist.records.understanding import Understanding

TIED_SIDE = 0.75
"""Each sibling on one side that did not help makes that side so much less promising."""
FAILED_BEFORE = 0.4
"""So much less promising is a change that did not help elsewhere in the campaign."""
COST_WEIGHT = 0.25
"""A change that costs twice as much has to promise 2 ** 0.25 = 1.2 times as much."""
ALLOWANCE = 1.5
"""A trial may take so many times its even share of the seconds left before it counts less."""

_UNTRIED = ("vetoed", "set_aside")
_OF_PERSONS = (AskedFor.name, AskedStart.name)
_METHODS = frozenset(rule.name for rule in METHOD_RULES)


@dataclass(frozen=True)
class Playbook:
    """Rules over measured evidence.

    Attributes:
        rules: The rules, in the order that breaks ties.
    """

    rules: tuple[Rule, ...] = field(default=RULES)
    name: ClassVar[str] = "playbook"

    def propose(self, context: Context, parent: str, k: int = 1) -> list[Proposal]:
        """One to `k` different proposals from a parent, the most promising first.

        Where every start from the base was made, they go on from the best trial that was started
        there, even if it is tied with the base: there is a model to train on, and no other way.
        Where every change of a trial was tried, the next best trial goes on.

        Raises:
            OutOfIdeasError: Every change the rules know was tried or vetoed here.
            UnknownNameError: The context holds no such trial.
        """
        context = with_wish(context)
        at = Situation.of(context, parent)
        bans = read_bans(context, at.sets)
        at = replace(at, banned=frozenset(name for ban in bans for name in ban.sets))
        blocked: list[Veto] = []
        options = self._options(at, bans, blocked)
        if not options and at.plan.empty:
            for there in _started(at):
                if options := self._options(there, bans, blocked):
                    why = f"every start from {at.parent.id} was made; {there.parent.id} goes on"
                    return _proposals(there, options, k, _heeded(context, blocked), why)
        origin = at.parent.parent or ""
        if not options and at.parent.rule in _METHODS and origin in context.trials:
            # What there is to change lies in the training that the method went on from.
            return self.propose(context, origin, k)
        if not options and not at.plan.empty:
            for there in _others(at):
                if options := self._options(there, bans, blocked):
                    why = f"every change of {at.parent.id} was tried; {there.parent.id} goes on"
                    return _proposals(there, options, k, _heeded(context, blocked), why)
        if not options:
            raise OutOfIdeasError(
                f"the playbook has nothing left to propose from {parent}",
                where=parent,
                fix="name another parent, edit a trial's cells, or end the campaign",
            )
        return _proposals(at, options, k, _heeded(context, blocked))

    def analyse(self, context: Context, trial: str) -> Analysis:
        """What a finished trial tells, by its numbers."""
        return analyse_trial(context, trial)

    def distil(self, context: Context) -> list[InsightChange]:
        """Insights that several trials or a clear one bear out, and those that fell."""
        return distil_insights(context)

    def understand(self, context: Context, veto: Veto) -> Understanding | None:
        """Nothing beyond what the rules for reasons read."""
        return None

    def _options(
        self, at: Situation, bans: Sequence[Ban], blocked: list[Veto]
    ) -> list[RuleOption]:
        """All allowed changes, the most promising first; vetoes that kept some out are noted."""
        known = set(at.context.digests)
        tried = {(c.parent, c.key) for c in at.context.trials.values() if c.status not in _UNTRIED}
        options: dict[str, RuleOption] = {}
        wishes = open_wishes(at.context, at.sets)
        for rule in self.rules:
            for finding in rule.applies(at):
                edit = rule.change(at, finding)
                if edit is None or (edit.parent or at.parent.id, edit.key) in tried:
                    continue
                if digest(edit.cells) in known and not edit.again:
                    continue
                if veto := _forbidden(at, edit, finding, bans):
                    blocked.append(veto)
                    continue
                option = _option(at, rule, finding, edit, wishes)
                if option.seconds is not None and option.seconds > at.context.budget.seconds_left:
                    continue
                if edit.key not in options or options[edit.key].promise < option.promise:
                    options[edit.key] = option
        order = {rule.name: place for place, rule in enumerate(self.rules)}
        return sorted(
            _methods_late(_with_room(at, options.values())),
            key=lambda o: (-o.asked, -o.promise, order[o.rule.name], o.edit.key),
        )


def _with_room(at: Situation, options: Iterable[RuleOption]) -> list[RuleOption]:
    """Those after which the finalist can still be run again within the budget, if there are any.

    What a person asked for is always among them.
    """
    found = list(options)
    most = at.context.budget.seconds_left / (1 + reserved_runs(at))
    roomy = [one for one in found if one.asked or one.seconds is None or one.seconds <= most]
    return roomy or found


def _methods_late(options: Iterable[RuleOption]) -> list[RuleOption]:
    """Methods promise no more than the last blind step, so they come after all that is cheaper.

    Until the other rules are exhausted, the playbook proposes what it would without them; a
    person who asks for alternatives sees them before.
    """
    found = list(options)
    blind = [option.promise for option in found if option.rule.name == FreshAngle.name]
    most = min(blind, default=float("inf"))
    return [
        option
        if option.rule.name not in _METHODS
        else replace(option, promise=min(option.promise, most))
        for option in found
    ]


def _started(at: Situation) -> list[Situation]:
    """The situations at the scored trials that start from here, the best score first."""
    sign = 1.0 if at.context.higher_is_better else -1.0
    scored = [(child.score, child.id) for child in at.children if child.score is not None]
    ranked = sorted(scored, key=lambda pair: (-sign * pair[0], pair[1]))
    return [at.moved(name) for _, name in ranked]


def _others(at: Situation) -> list[Situation]:
    """The situations at the other scored trials that train something, the best score first."""
    sign = 1.0 if at.context.higher_is_better else -1.0
    scored = [
        (view.score, view.id)
        for view in at.context.trials.values()
        if view.score is not None and view.id not in (at.parent.id, BASE)
    ]
    ranked = sorted(scored, key=lambda pair: (-sign * pair[0], pair[1]))
    return [there for _, name in ranked if not (there := at.moved(name)).plan.empty]


def _proposals(
    at: Situation, options: Sequence[RuleOption], k: int, heeded: Sequence[Veto], why: str = ""
) -> list[Proposal]:
    """The chosen options as proposals; `why` tells why they start from another trial."""
    chosen = [
        replace(_proposal(at, option, heeded), variant=variant)
        for option, variant in of_variants(options, k, at.context.variants)
    ]
    return [replace(one, why_parent=one.why_parent or why) for one in chosen]


def _option(
    at: Situation, rule: Rule, finding: Finding, edit: Edit, wishes: Sequence[UntriedWish]
) -> RuleOption:
    there = at.moved(edit.parent) if edit.parent else at
    prediction = predict(at, rule, finding)
    seconds = estimate(there, edit.cells).seconds
    promise = prediction.mean
    if rule.name != HeedVeto.name:
        promise *= _discount(at, edit)
        if promise > 0 and seconds is not None:
            promise /= max(seconds, 10.0) ** COST_WEIGHT
            promise *= min(1.0, ALLOWANCE * _seconds_a_trial(at) / max(seconds, 1.0))
    asked = _asked(at, rule, edit, wishes)
    return RuleOption(rule, finding, edit, prediction, seconds, round(promise, 9), asked)


def _asked(at: Situation, rule: Rule, edit: Edit, wishes: Sequence[UntriedWish]) -> int:
    """How early a person wants it: what was refused goes first, then wishes, the newest first."""
    if rule.name == HeedVeto.name:
        return len(wishes) + 1
    if rule.name == KeepMore.name:
        return 1  # nothing else mends it; what people ask for goes before
    if rule.name == Optimised.name:
        return 1  # the search policy asks for it; what people ask for goes before
    parent = edit.parent or at.parent.id
    met = [
        place
        for place, one in enumerate(wishes)
        if matches(one.wish.key, keys_of(at.context, parent, edit.cells, one.veto))
        and (one.wish.value is None or rule.name in _OF_PERSONS)
    ]
    return len(wishes) - met[0] if met else 0


def _discount(at: Situation, edit: Edit) -> float:
    """Less for what did not help elsewhere, and for a side that has just been tied."""
    factor = 1.0
    for outcome in at.context.outcomes:
        if outcome.promising:
            # A set that has just helped is not the first thing to take out again.
            undone = outcome.key.replace("curate.load:add:", "curate.load:drop:")
            factor *= FAILED_BEFORE if edit.key == undone != outcome.key else 1.0
            continue
        if outcome.key == edit.key:
            factor *= FAILED_BEFORE
        if outcome.parent == at.parent.id and outcome.changes == (edit.side,):
            factor *= TIED_SIDE
    return factor


def _forbidden(at: Situation, edit: Edit, finding: Finding, bans: Sequence[Ban]) -> Veto | None:
    """The veto that keeps an edit out."""
    parent = edit.parent or at.parent.id
    for ban in reversed(bans):
        if ban.broken(keys_of(at.context, parent, edit.cells, ban.veto) | {edit.key}):
            return ban.veto
    return still_vetoed(at.context, edit.key, finding.evidence, parent)


def _seconds_a_trial(at: Situation) -> float:
    """The even share of the seconds left for each trial left."""
    return at.context.budget.seconds_left / max(1, at.context.budget.trials_left)


def _heeded(context: Context, blocked: Sequence[Veto]) -> tuple[Veto, ...]:
    """Vetoes to name: those that kept something out, and the last one if it was just given."""
    named = {veto.trial: veto for veto in blocked if veto.trial}
    if given := [veto for veto in context.vetoes if veto.trial]:
        last = given[-1]
        ids = [*context.trials, *(brief.id for brief in context.others)]
        if last.trial == max(ids, default=""):
            named[last.trial] = last
    return tuple(named[trial] for trial in sorted(named))


def _proposal(at: Situation, option: RuleOption, heeded: Sequence[Veto]) -> Proposal:
    edit, finding, prediction = option.edit, option.finding, option.prediction
    parent = edit.parent or at.parent.id
    sides: tuple[str, ...] = ("data", "training") if edit.side == "both" else (edit.side,)
    if edit.again:
        sides = ()
    metric = at.context.task.metric.name
    there = at.moved(parent)
    return Proposal(
        parent=parent,
        hypothesis=Hypothesis(
            statement=edit.statement[:300],
            changes=sides,
            cause=_cause(option, heeded),
            evidence=finding.evidence,
            metric=metric,
            low=prediction.low,
            high=prediction.high,
            refuted_if=refuted_if(metric, edit.claims, prediction.low, prediction.high),
            claims=edit.claims,
        ),
        cells=dict(edit.cells),
        change=Change(edit.key, edit.description, edit.before, edit.after),
        estimate=estimate(there, edit.cells),
        backend=Playbook.name,
        rule=option.rule.name,
        why_parent=edit.why_parent,
        seed=at.context.seed,
    )


def _cause(option: RuleOption, heeded: Sequence[Veto]) -> str:
    parts = [option.finding.cause]
    seen = option.prediction.seen
    if seen:
        parts.append(
            f"The prediction rests on {seen} earlier outcome{'s' * (seen > 1)} of "
            f"the rule {option.rule.name}."
        )
    parts += [
        f'{veto.trial} was vetoed ("{veto.reason}"): not {veto.description or veto.key} again.'
        for veto in heeded[-5:]
    ]
    return " ".join(parts)[:4000]
