"""A campaign's state as a search policy sees it."""

from __future__ import annotations

from typing import cast

from ftassist.dojo.task import Metric
from ftassist.journal.state import State, Status, Trial
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
    """The tree of a campaign, replicates left out, scores oriented so that greater is better."""
    nodes = [_node(t, metric) for t in state.trials.values() if t.role != "replicate"]
    return SearchTree(tuple(nodes))


def _node(trial: Trial, metric: Metric) -> TreeNode:
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
    )


def _kind(value: str | None) -> VerdictKind | None:
    return cast("VerdictKind | None", value)
