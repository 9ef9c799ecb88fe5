"""An edited trial is a hypothesis of the person who edited it, not of the agent that proposed it.

`as_run(state)` gives the state in which the proposal document of every edited trial says what its
cells really change: label, kinds of change, key and statement are computed from the difference to
the parent's cells. The agent's prediction, evidence and rule are withdrawn; a prediction that the
person gave with the edit stands in its place. Derived and never stored, so a journal of any age
is told rightly. What was concluded from the withdrawn words goes, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ftassist.agent.difference import Difference, difference
from ftassist.agent.refutation import refuted, refuted_if
from ftassist.journal.state import State, Trial
from ftassist.records.analysis import TrialAnalysis
from ftassist.records.decision import Decision
from ftassist.records.insight import Insight
from ftassist.records.prediction import NO_PREDICTION, TrialPrediction
from ftassist.records.proposal import (
    BETTER,
    NOTHING_KNOWN,
    TrialChange,
    TrialHypothesis,
    TrialProposal,
)

_AGENTS_PREDICTION = re.compile(r" ?The prediction was [^;]*; what came is \w+ it\.")
_OF_THE_PROGRAM = re.compile(r"i-")
"""How ids of insights begin that the program drew from the words of single changes."""


def as_run(state: State) -> State:
    """The state with every edited trial told as what it is; the same object where none is."""
    told = {trial.id: _told(state, trial) for trial in state.trials.values() if trial.edited}
    if not told:
        return state
    insights = _insights(state, told)
    if insights is state.insights and all(told[name] is state.trials[name] for name in told):
        return state
    return replace(state, trials={**state.trials, **told}, insights=insights)


def author(trial: Trial) -> str:
    """Whose hypothesis a trial is: "agent:playbook", or "person:ada" once ada edited it."""
    return trial.proposal.author or f"agent:{trial.proposal.backend or '?'}"


def _told(state: State, trial: Trial) -> Trial:
    """The trial in its own words; itself where nobody edited it or it is told already."""
    if not trial.edited or trial.role != "trial" or not trial.proposal:
        return trial
    proposed = trial.proposal.first
    if dict(proposed.cells) == dict(trial.cells):
        return trial if proposed is trial.proposal else replace(trial, proposal=proposed)
    edit = next(d for d in reversed(trial.decisions) if d.kind == "edit")
    parent = state.trials.get(trial.parent or "")
    found = difference(parent.cells if parent else {}, trial.cells)
    own = _own(proposed, edit, found)
    prediction = _prediction(trial, own.hypothesis)
    analysis = _analysis(trial.analysis)
    known = (trial.proposal, trial.prediction, trial.analysis)
    if known == (own, prediction, analysis):
        return trial
    return replace(trial, proposal=own, prediction=prediction, analysis=analysis)


def _own(proposed: TrialProposal, edit: Decision, found: Difference) -> TrialProposal:
    """The proposal as the person's: the agent's own one is kept under `proposed`."""
    who = edit.actor.partition(":")[2] or "a person"
    metric, own = proposed.hypothesis.metric, edit.prediction
    hypothesis = TrialHypothesis(
        f"{who}'s edit: {found.text}"[:300],
        tuple(found.sides),
        edit.reason,
        metric=metric,
        low=own.get("low"),
        high=own.get("high"),
        refuted_if=refuted_if(metric, BETTER),
    )
    return replace(
        proposed,
        hypothesis=hypothesis,
        change=TrialChange(found.key, found.text, parts=tuple(part.key for part in found.parts)),
        estimate=NOTHING_KNOWN,
        rule="",
        follows="",
        author=edit.actor,
        proposed=proposed,
    )


def _prediction(trial: Trial, hypothesis: TrialHypothesis) -> TrialPrediction:
    """The person's prediction against what came; empty where they made none."""
    observed = trial.verdict.difference
    if observed is None or hypothesis.predicted is None:
        return NO_PREDICTION
    low, high = hypothesis.predicted
    held = low <= observed <= high
    return TrialPrediction(low, high, observed, held, refuted(hypothesis, observed))


def _analysis(recorded: TrialAnalysis) -> TrialAnalysis:
    """An analysis without what it says about the withdrawn prediction."""
    text = recorded.text or ""
    if not _AGENTS_PREDICTION.search(text):
        return recorded
    return replace(recorded, text=_AGENTS_PREDICTION.sub("", text))


def _insights(state: State, told: Mapping[str, Trial]) -> Mapping[str, Insight]:
    """The insights that hold; one that the program drew from an edited trial's old words goes."""
    from ftassist.agent.backends.playbook.insights import insight_id

    def stands(insight: Insight) -> bool:
        if insight.pinned or not _OF_THE_PROGRAM.match(insight.id):
            return True
        cited = [told[name] for name in insight.trials if name in told]
        edited = [trial for trial in cited if trial.proposal.proposed]
        return all(insight_id(trial.proposal) == insight.id for trial in edited)

    kept = {name: insight for name, insight in state.insights.items() if stands(insight)}
    return state.insights if len(kept) == len(state.insights) else kept
