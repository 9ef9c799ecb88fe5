"""Verdicts of a campaign's trials, computed from the item scores the evaluator wrote."""

from __future__ import annotations

from typing import Any

from ftassist.agent.refutation import refuted
from ftassist.campaign import queries
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.queries import search_tree
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE, FRESH_SEEDS, State, Trial
from ftassist.records.verdict import TrialVerdict
from ftassist.search.best import ranked_trials
from ftassist.search.verdict import Verdict, judge, judge_final


def unjudged(state: State) -> list[Trial]:
    """Scored trials without a verdict, in order; the base and replicates get none."""
    scored = [t for t in state.trials.values() if t.role == "trial" and t.status == "scored"]
    return [t for t in scored if not t.verdict]


def unanalysed(state: State) -> list[Trial]:
    """Trials that ended and that the agent has not looked at yet, in order."""
    ended = state.with_status("scored", "failed", "invalid")
    known = [t for t in ended if t.verdict or t.status != "scored"]
    return [t for t in known if t.role == "trial" and not t.analysis]


def judge_trial(campaign: Campaign, trial: Trial) -> None:
    """Compares a scored trial with its parent and with the best one before it."""
    state = campaign.refresh()
    against = _scored_ancestor(state, trial)
    verdict = _judge(campaign, trial, against)
    best = _best_before(campaign, state, trial)
    payload: dict[str, Any] = {
        "parent": verdict.to_dict(),
        "prediction": _prediction(trial, verdict),
    }
    if best:
        found = verdict if best == against else _judge(campaign, trial, best)
        payload["best"] = found.to_dict()
    if strongest := state.strongest_baseline:
        found = _judge(campaign, trial, strongest.key)
        payload["baseline"] = {**found.to_dict(), "name": strongest.name}
    campaign.say(Kind.TRIAL_JUDGED, payload, trial=trial.id, actor="runner")


def claim(campaign: Campaign, finalist: Trial) -> TrialVerdict:
    """The verdict on all runs of the finalist against the base, on validation.

    The run that got it chosen counts too: the family of comparisons pays for its luck (see
    docs/statistics.md for the error rates of either choice).
    """
    state = campaign.refresh()
    runs = [t for t in state.replicates(finalist.id) if t.status == "scored"]
    if len(runs) < FRESH_SEEDS:
        method = f"only {len(runs)} of {FRESH_SEEDS} fresh seeds were scored"
        return TrialVerdict("invalid", BASE, method=method)
    metric = campaign.card.metric
    return judge_final(
        [queries.scores(campaign, t.id) for t in (finalist, *runs)],
        queries.scores(campaign, BASE),
        metric,
        BASE,
        _earlier_p(state),
        family_size(state),
        queries.views(campaign),
    )


def compare(campaign: Campaign, trial: str, against: str) -> Verdict:
    """The verdict on any scored trial against any other, by the rule of all verdicts."""
    return _judge(campaign, campaign.trial(trial), against)


def family_size(state: State) -> int:
    """How many comparisons a campaign plans: one for each trial of its budget, and the claim."""
    return max(state.budget.trials, state.trials_used) + 1


def _judge(campaign: Campaign, trial: Trial, against: str) -> Verdict:
    state = campaign.state
    return judge(
        queries.scores(campaign, trial.id),
        queries.scores(campaign, against),
        campaign.card.metric,
        against,
        _earlier_p(state),
        family_size(state),
        queries.views(campaign),
    )


def _earlier_p(state: State) -> list[float]:
    return [t.verdict.p for t in state.trials.values() if t.verdict.p is not None]


def _scored_ancestor(state: State, trial: Trial) -> str:
    """The nearest ancestor with a score: the parent, unless it failed."""
    for ancestor in reversed(state.path(trial.id)[:-1]):
        if ancestor.status == "scored":
            return ancestor.id
    return BASE


def _best_before(campaign: Campaign, state: State, trial: Trial) -> str | None:
    ranked = ranked_trials(search_tree(state, campaign.card.metric))
    earlier = [n.id for n in ranked if n.id != trial.id and state.trials[n.id].verdict]
    return earlier[0] if earlier else BASE


def _prediction(trial: Trial, verdict: Verdict) -> dict[str, Any]:
    """Predicted against observed; empty where an edit withdrew the prediction."""
    hypothesis = trial.proposal.hypothesis
    if hypothesis.predicted is None:
        return {}
    observed, (low, high) = verdict.difference, hypothesis.predicted
    return {
        "low": low,
        "high": high,
        "observed": observed,
        "held": low <= observed <= high,
        "refuted": refuted(hypothesis, observed),
    }
