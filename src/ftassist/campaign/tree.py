"""A campaign's state as a search policy sees it."""

from __future__ import annotations

from collections import defaultdict
from typing import cast

from ftassist.campaign.budget import Budget
from ftassist.dojo.task import Metric
from ftassist.journal.state import State, Status, Trial
from ftassist.search.best import Z_95
from ftassist.search.policy import NodeStatus, SearchTree, TreeNode, VerdictKind

_STATUS: dict[Status, NodeStatus] = {
    "proposed": "proposed",
    "accepted": "running",
    "running": "running",
    "scored": "scored",
    "failed": "failed",
    "stopped": "failed",
    "invalid": "invalid",
    "vetoed": "vetoed",
    "set_aside": "vetoed",
}


def search_tree(state: State, metric: Metric) -> SearchTree:
    """The tree of a campaign, scores oriented so that greater is better.

    Replicates are no nodes: their scores are repeats of the trial they are of.
    """
    repeats: dict[str, list[Trial]] = defaultdict(list)
    for trial in state.trials.values():
        if trial.replicate_of:
            repeats[trial.replicate_of].append(trial)
    nodes = [
        _node(t, metric, repeats[t.id]) for t in state.trials.values() if t.role != "replicate"
    ]
    left = max(0.0, Budget.of(state.budget).seconds - state.seconds_used)
    return SearchTree(tuple(nodes), left, may_repeat=not state.asked)


def _node(trial: Trial, metric: Metric, repeats: list[Trial]) -> TreeNode:
    sign = 1.0 if metric.higher_is_better else -1.0
    score = trial.score
    interval = None
    if score is not None:
        ends = sorted((sign * trial.feedback["low"], sign * trial.feedback["high"]))
        interval = (ends[0], ends[1])
    return TreeNode(
        id=trial.id,
        parent=trial.parent,
        status=_STATUS[trial.status],
        score=None if score is None else sign * score,
        interval=interval,
        n_items=int(trial.feedback.get("n", 0)),
        verdict=_kind(trial.verdict.get("kind")),
        verdict_best=_kind(trial.against_best.get("kind")),
        seconds=trial.seconds,
        changes=tuple(trial.proposal.get("hypothesis", {}).get("changes", ())),
        idea=str(trial.proposal.get("change", {}).get("key", "")),
        repeats=tuple(sign * t.score for t in repeats if t.score is not None),
        repeating=sum(t.status in ("accepted", "running") for t in repeats),
        difference_error=_difference_error(trial),
    )


def _difference_error(trial: Trial) -> float | None:
    """The standard error of the difference to the parent, from its verdict's interval."""
    verdict = trial.verdict
    if verdict.get("kind") in (None, "invalid") or verdict.get("against") != trial.parent:
        return None
    return float(verdict["high"] - verdict["low"]) / (2.0 * Z_95)


def _kind(value: str | None) -> VerdictKind | None:
    return cast("VerdictKind | None", value)
