"""What can be asked of a campaign: its search tree, the best trial, item scores and answers.

Reads the journal's state and what the evaluator wrote down; writes nothing. What was worth what
has a file of its own (`attribution`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

from ftassist.campaign.budget import out_of_ideas, spent
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.numbers import with_numbers
from ftassist.dojo.task import TaskCard
from ftassist.files import open_inside, read_json
from ftassist.journal.state import BASE, State, Status, Trial
from ftassist.records.metric import Metric
from ftassist.records.rungs import PartialRun
from ftassist.search.best import Z_95, recommended
from ftassist.search.front import Front, front
from ftassist.search.outlook import Outlook, look_ahead
from ftassist.search.paying import under_way
from ftassist.search.policies import policy_by_name
from ftassist.search.policy import (
    NodeStatus,
    PartialScore,
    Policy,
    SearchTree,
    TreeNode,
)
from ftassist.search.tpe import chooses_numbers

T = TypeVar("T")

_STATUS: dict[Status, NodeStatus] = {
    "proposed": "proposed",
    "accepted": "running",
    "running": "running",
    "resting": "resting",
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
    tree = SearchTree(
        tuple(nodes),
        max(0.0, state.seconds_left),
        may_repeat=not state.asked.seq,
        rungs=state.settings.rungs or (1.0,),
        may_grow=not (spent(state) or out_of_ideas(state) or state.stopped),
    )
    # What runs now is on no account yet, but will be.
    return replace(tree, seconds_left=max(0.0, state.seconds_left - under_way(tree)))


def policy_of(state: State) -> Policy:
    """The search policy of a campaign, with its seed."""
    return policy_by_name(state.settings.policy, state.settings.seed)


def searched_tree(state: State, metric: Metric) -> SearchTree:
    """The tree as the campaign's policy sees it: with numbers where it chooses numbers."""
    tree = search_tree(state, metric)
    return with_numbers(state, tree) if chooses_numbers(policy_of(state)) else tree


def what_if(campaign: Campaign, slots: int = 1, policy: str = "") -> Outlook:
    """What the campaign's policy, or another one, would do next; nothing is done or written.

    Args:
        slots: How many trials may be chosen; 0 asks only for what is believed.
        policy: Another policy than the campaign's.

    Raises:
        UnknownNameError: There is no such policy.
    """
    state = campaign.refresh()
    seed = state.settings.seed
    chosen = policy_by_name(policy, seed) if policy else policy_of(state)
    if BASE not in state.trials:
        return Outlook(chosen.name)
    tree = replace(search_tree(state, campaign.card.metric), may_repeat=True)
    if chooses_numbers(chosen) and slots:
        tree = with_numbers(state, tree)
    return look_ahead(chosen, tree, slots, state.finalist)


def best(campaign: Campaign) -> str | None:
    """The best trial so far, as the policy ranks them; None before anything is scored."""
    state = campaign.refresh()

    def ranked() -> str | None:
        tree = search_tree(state, campaign.card.metric)
        return recommended(policy_of(state), tree) if tree.expandable else None

    scored = tuple((t.id, t.score) for t in state.trials.values() if t.score is not None)
    return remembered(campaign, "best", scored, ranked)


def front_of(state: State, card: TaskCard) -> Front | None:
    """The trials that no other beats in all of the task's metrics; None where it has only one.

    Of those whose metrics are all known: a scorer may not give one for every set of items.
    """
    names = [metric.name for metric in card.metrics]
    if len(names) < 2:
        return None
    scored = {
        t.id: t.feedback.metrics
        for t in state.trials.values()
        if t.score is not None and t.role != "replicate"
    }
    measured = {
        trial: [found[name].score for name in names]
        for trial, found in scored.items()
        if all(name in found for name in names)
    }
    return front(card.metrics, measured) if measured else None


def scores(campaign: Campaign, trial: str, split: str = "validation") -> dict[str, float]:
    """Scores of a scored trial by item id, as the evaluator wrote them, of items that select."""
    loaded = read_json(campaign.folder / "scores" / f"{trial}.{split}.json")
    return item_scores(loaded, campaign.card.headline_views)


def shown_scores(campaign: Campaign, trial: str) -> dict[str, float]:
    """Scores by item id of the validation items that may be shown; none where all select."""
    loaded = read_json(campaign.folder / "scores" / f"{trial}.validation.json")
    return item_scores(loaded, campaign.card.headline_views, shown=True)


def item_scores(
    loaded: Mapping[str, Any], views: Collection[str] = (), *, shown: bool = False
) -> dict[str, float]:
    """Scores by item id of a file that the evaluator wrote: of those items that select.

    Args:
        loaded: What the file holds; by its word an item may be shown, and then does not select.
        views: The views whose items are wanted, where the headline does not count all.
        shown: Whether the items that may be shown are wanted in place of the others.
    """
    items = [item for item in loaded["items"] if bool(item.get("shown")) == shown]
    kept = (item for item in items if not views or item["view"] in views)
    return {str(item["id"]): float(item["score"]) for item in kept}


def views(campaign: Campaign, split: str = "validation") -> dict[str, str] | None:
    """The view of each item where comparisons weigh views and not items, else None.

    So it is where the headline is the mean over views, by the card or by the task's scorer: what a
    comparison finds is then the difference of the headlines.
    """
    if not _weighs_views(campaign.card):
        return None
    loaded = read_json(campaign.folder / "scores" / f"{BASE}.{split}.json")
    return {str(item["id"]): str(item["view"]) for item in loaded["items"]}


def _weighs_views(card: TaskCard) -> bool:
    if card.reduction != "scorer":
        return card.reduction == "views"
    named = card.headline_views or tuple(card.views)
    return len(named) > 1 and not pooled(card)


def pooled(card: TaskCard) -> bool:
    """Whether the task's own scorer takes its headline over items, whatever their views."""
    from ftassist.dojo.scorers import scorer_for  # brings numpy; faces that show trees need none

    return bool(card.scorer) and scorer_for(card.scorer).pooled


def answers(folder: Path, trial: str, items: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Score, output and how it could be read, of each of these items on validation, by id.

    Only what is asked for by name: items that nobody has been shown stay where they are.

    Args:
        folder: The campaign's folder.
        trial: The trial's id.
        items: Ids of items.
    """
    if not items:
        return {}
    try:
        with open_inside(folder, "scores", f"{trial}.validation.json") as file:
            found = json.load(file)["items"]
        return {item["id"]: item for item in found if item["id"] in items}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def remembered(campaign: Campaign, name: str, basis: object, answer: Callable[[], T]) -> T:
    """An answer that is dear, given again for as long as what it rests on is the same."""
    known = campaign.memory.get(name)
    if known is None or known[0] != basis:
        known = campaign.memory[name] = (basis, answer())
    return cast("T", known[1])


def _node(trial: Trial, metric: Metric, repeats: list[Trial]) -> TreeNode:
    sign = 1.0 if metric.higher_is_better else -1.0
    score = trial.score
    interval = None
    if score is not None:
        ends = sorted((sign * trial.feedback.low, sign * trial.feedback.high))
        interval = (ends[0], ends[1])
    return TreeNode(
        id=trial.id,
        parent=trial.parent,
        status=_STATUS[trial.status],
        score=None if score is None else sign * score,
        interval=interval,
        n_items=trial.feedback.n,
        verdict=trial.verdict.kind,
        verdict_best=trial.against_best.kind,
        seconds=trial.seconds,
        changes=trial.proposal.hypothesis.changes,
        idea=trial.proposal.change.key,
        repeats=tuple(sign * t.score for t in repeats if t.score is not None),
        repeating=sum(t.status in ("accepted", "running") for t in repeats),
        difference_error=_difference_error(trial),
        rung=_rung(trial),
        partial=tuple(_partial(run, sign) for run in trial.partial),
    )


def _rung(trial: Trial) -> float:
    """How far a trial is run: where it rests, or where it is going."""
    resting = trial.status == "resting" and trial.partial
    return trial.partial[-1].rung if resting else trial.goal


def _partial(run: PartialRun, sign: float) -> PartialScore:
    ends = sorted((sign * run.low, sign * run.high))
    return PartialScore(run.rung, sign * run.score, (ends[0], ends[1]))


def _difference_error(trial: Trial) -> float | None:
    """The standard error of the difference to the parent, from its verdict's interval."""
    verdict = trial.verdict
    if verdict.kind in (None, "invalid") or verdict.against != trial.parent:
        return None
    if verdict.low is None or verdict.high is None:
        return None
    return (verdict.high - verdict.low) / (2.0 * Z_95)
