"""Plays one campaign of a policy in a world, on one or several workers.

The loop is the runner's: fill free slots with what the policy chooses, wait for the next run to
end, judge it against its parent by the real rule, until the seconds are spent; then confirm the
recommended trial on two fresh seeds and claim. Waiting costs wall time, running costs seconds.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ftassist.journal.state import BASE, FRESH_SEEDS
from ftassist.records.metric import Metric
from ftassist.records.verdict import VerdictKind
from ftassist.search.best import Z_95, recommended
from ftassist.search.policy import (
    ABLATION,
    Choice,
    PartialScore,
    Policy,
    SearchTree,
    TreeNode,
)
from ftassist.search.verdict import Verdict, judge, judge_final
from ftassist.simulate.world import PlayedProposal, PlayedRun, Recipe, World, numbers_of, recipe_of
from ftassist.statistics.intervals import wilson_interval

ACCURACY = Metric("accuracy")
PLANNED = 40
"""Trials the family of comparisons is made for."""


class PlayedMoment(NamedTuple):
    """How a campaign stood when a run had ended: seconds spent, time passed, runs, true score."""

    seconds: float
    time: float
    runs: int
    score: float


@dataclass(frozen=True)
class Played:
    """What became of a campaign.

    Attributes:
        moments: After each run that ended, the true score of the trial recommended then.
        cheated: Whether that trial cheats.
        helps: Whether it is truly better than the base.
        claim: The verdict on it against the base on validation; None where the base is
            recommended, or where the world has no items.
        sealed: The same on the test items, by its fresh seeds only.
        wall: Time it took.
    """

    moments: tuple[PlayedMoment, ...]
    cheated: bool
    helps: bool
    claim: Verdict | None
    sealed: Verdict | None
    wall: float


@dataclass
class _Campaign:
    """What is known while it is played."""

    world: World
    nodes: dict[str, TreeNode]
    recipes: dict[str, Recipe]
    runs: dict[str, list[PlayedRun]]
    p_values: list[float] = field(default_factory=list)
    gains: dict[str, tuple[float, int]] = field(default_factory=dict)
    spent: float = 0.0
    committed: float = 0.0
    time: float = 0.0
    ended: int = 0

    def tree(self) -> SearchTree:
        """What the policy sees."""
        world = self.world
        left = max(0.0, world.seconds - self.spent - self.committed)
        nodes = tuple(self.nodes.values())
        return SearchTree(nodes, left, space=world.space, rungs=world.rungs)


def play(world: World, policy: Policy, workers: int = 1) -> Played:
    """Plays a campaign to the end of its seconds."""
    campaign = _begin(world)
    queue: list[tuple[float, int, str, PlayedRun]] = []
    moments = [_moment(campaign, policy)]
    started = 0
    while True:
        while len(queue) < workers and campaign.spent + campaign.committed < world.seconds:
            begun = _next_run(campaign, policy, workers - len(queue))
            if not begun:
                break
            for trial, outcome in begun:
                started += 1
                campaign.committed += outcome.seconds
                heapq.heappush(queue, (campaign.time + outcome.seconds, started, trial, outcome))
        if not queue:
            break
        campaign.time, _, trial, outcome = heapq.heappop(queue)
        _end(campaign, trial, outcome)
        moments.append(_moment(campaign, policy))
    chosen = recommended(policy, campaign.tree())
    recipe = campaign.recipes[chosen]
    truth = world.truth(recipe)
    return Played(
        tuple(moments),
        world.cheats(recipe),
        truth > world.truth(world.base) + 1e-9,
        *_claims(campaign, chosen),
        campaign.time,
    )


def _begin(world: World) -> _Campaign:
    outcome = world.run(world.base, 0)
    numbers = numbers_of(world.base, world.space)
    node = _scored_node(TreeNode(BASE, None, "scored", knobs=numbers), outcome)
    return _Campaign(world, {BASE: node}, {BASE: world.base}, {BASE: [outcome]})


def _moment(campaign: _Campaign, policy: Policy) -> PlayedMoment:
    chosen = campaign.recipes[recommended(policy, campaign.tree())]
    score = campaign.world.truth(chosen)
    return PlayedMoment(campaign.spent, campaign.time, campaign.ended, score)


def _next_run(campaign: _Campaign, policy: Policy, slots: int) -> list[tuple[str, PlayedRun]]:
    """What the policy's choices start; nothing where it waits or the agent has no idea."""
    begun = [_act(campaign, choice) for choice in policy.choose(campaign.tree(), slots)]
    return [one for one in begun if one is not None]


def _act(campaign: _Campaign, choice: Choice) -> tuple[str, PlayedRun] | None:
    world, parent = campaign.world, choice.parent
    if choice.action == "repeat":
        node = campaign.nodes[parent]
        campaign.nodes[parent] = replace(node, repeating=node.repeating + 1)
        repeat = 1 + len(node.repeats) + node.repeating
        return parent, world.run(campaign.recipes[parent], repeat)
    if choice.action == "promote":
        return parent, _run_on(campaign, choice)
    proposal = _without(campaign, choice)
    if proposal is None:
        parent, proposal = _proposal(campaign, choice)
    if proposal is None:
        return None
    trial = f"t{len(campaign.nodes):04d}"
    numbers = numbers_of(proposal.recipe, world.space)
    node = TreeNode(trial, parent, "running", idea=proposal.idea, knobs=numbers, rung=choice.rung)
    campaign.nodes[trial] = node
    campaign.recipes[trial] = proposal.recipe
    campaign.runs[trial] = []
    return trial, world.run(proposal.recipe, 0, choice.rung)


def _without(campaign: _Campaign, choice: Choice) -> PlayedProposal | None:
    """The trial's recipe without what an ancestor changed; None where that is nothing new."""
    if choice.action != "ablate":
        return None
    whole, after = campaign.recipes[choice.parent], campaign.recipes[choice.without]
    before = campaign.recipes[campaign.nodes[choice.without].parent or BASE]
    recipe = tuple(
        old if own == new else own for own, new, old in zip(whole, after, before, strict=True)
    )
    idea = f"{ABLATION}:{choice.parent}:{choice.without}"
    return None if recipe in campaign.recipes.values() else PlayedProposal(recipe, idea)


def _run_on(campaign: _Campaign, choice: Choice) -> PlayedRun:
    """Runs a trial on to a rung; what it has cost already is not paid again."""
    node = campaign.nodes[choice.parent]
    campaign.nodes[node.id] = replace(node, status="running", score=None, rung=choice.rung)
    outcome = campaign.world.run(campaign.recipes[node.id], 0, choice.rung)
    return replace(outcome, seconds=max(0.0, outcome.seconds - node.seconds))


def _proposal(campaign: _Campaign, choice: Choice) -> tuple[str, PlayedProposal | None]:
    """The optimiser's numbers where there are any and they are new, else the agent's idea.

    Where it has none for the trial chosen, the best of the others for which it has one grows:
    a campaign ends with its seconds, not with what can be made of one trial.
    """
    world = campaign.world
    tried = frozenset(campaign.recipes.values())
    if choice.numbers:
        recipe = recipe_of(dict(choice.numbers), world.space)
        if recipe not in tried:
            return choice.parent, PlayedProposal(recipe, "")
    proposal = world.propose(campaign.recipes[choice.parent], tried, campaign.gains)
    if proposal is not None:
        return choice.parent, proposal
    scored = [node for node in campaign.nodes.values() if node.score is not None]
    for node in sorted(scored, key=lambda node: node.score or 0.0, reverse=True):
        proposal = world.propose(campaign.recipes[node.id], tried, campaign.gains)
        if proposal is not None:
            return node.id, proposal
    return choice.parent, None


def _end(campaign: _Campaign, trial: str, outcome: PlayedRun) -> None:
    """Takes note of a run that ended: a trial's first, or a repeat."""
    campaign.spent += outcome.seconds
    campaign.committed -= outcome.seconds
    campaign.ended += 1
    node = campaign.nodes[trial]
    if not node.pending:
        scores = (outcome.score,) if outcome.score is not None else ()
        node = replace(node, repeats=(*node.repeats, *scores), repeating=node.repeating - 1)
        campaign.nodes[trial] = node
        if outcome.score is not None:
            campaign.runs[trial].append(outcome)
        return
    cost = node.seconds + outcome.seconds
    node = campaign.nodes[trial] = replace(node, status=outcome.status, seconds=cost)
    if outcome.score is not None and node.rung < 1.0:
        campaign.nodes[trial] = _rested(node, outcome)
    elif outcome.score is not None:
        campaign.runs[trial] = [outcome]
        campaign.nodes[trial] = _judged(campaign, _scored_node(campaign.nodes[trial], outcome))


def _rested(node: TreeNode, outcome: PlayedRun) -> TreeNode:
    """A trial that was run to a rung: it is scored beside others there, and not judged."""
    assert outcome.score is not None
    at = PartialScore(node.rung, outcome.score, _interval(outcome))
    return replace(node, status="resting", partial=(*node.partial, at))


def _interval(outcome: PlayedRun) -> tuple[float, float] | None:
    right = outcome.validation
    return wilson_interval(round(sum(right.values())), len(right)) if right else None


def _scored_node(node: TreeNode, outcome: PlayedRun) -> TreeNode:
    interval, n = _interval(outcome), len(outcome.validation or ())
    return replace(
        node, status="scored", score=outcome.score, interval=interval, n_items=n,
        seconds=node.seconds or outcome.seconds,
    )  # fmt: skip


def _judged(campaign: _Campaign, node: TreeNode) -> TreeNode:
    """The node with its verdict against the parent, and the idea's gain remembered."""
    parent = campaign.nodes[node.parent or BASE]
    while parent.score is None:  # one that failed and was gone on from
        parent = campaign.nodes[parent.parent or BASE]
    assert node.score is not None and parent.score is not None
    gain = node.score - parent.score
    names = (node.idea, node.idea.partition(":")[0]) if node.idea else ()
    for name in dict.fromkeys(names):
        mean, times = campaign.gains.get(name, (0.0, 0))
        campaign.gains[name] = ((mean * times + gain) / (times + 1), times + 1)
    child, other = campaign.runs[node.id][0].validation, campaign.runs[parent.id][0].validation
    if not child or not other:
        kind: VerdictKind = "better" if gain > 0.0 else "worse"
        return replace(node, verdict=kind)
    earlier = campaign.p_values
    verdict = judge(child, other, ACCURACY, parent.id, earlier, max(PLANNED, len(earlier)) + 1)
    campaign.p_values.append(verdict.p)
    error = (verdict.high - verdict.low) / (2.0 * Z_95)
    return replace(node, verdict=verdict.kind, difference_error=error)


def _claims(campaign: _Campaign, chosen: str) -> tuple[Verdict | None, Verdict | None]:
    """The recommended trial's runs against the base, on validation and on the test items.

    As the runner does it: repeats that the search made are fresh seeds too.
    """
    base = campaign.runs[BASE][0]
    runs = [run for run in campaign.runs[chosen] if run.validation]
    if chosen == BASE or not base.validation or not base.test:
        return None, None
    repeat = 1 + len(campaign.nodes[chosen].repeats)
    for number in range(20):  # a crash or a cheat that is found out gives no run
        if len(runs) > FRESH_SEEDS:
            break
        fresh = campaign.world.run(campaign.recipes[chosen], repeat + number)
        runs += [fresh] if fresh.validation else []
    if len(runs) <= FRESH_SEEDS:
        return None, None
    earlier = campaign.p_values
    family = max(PLANNED, len(earlier)) + 1
    validation = [run.validation or {} for run in runs]
    test = [run.test or {} for run in runs[1:]]
    claim = judge_final(validation, base.validation, ACCURACY, BASE, earlier, family)
    return claim, judge_final(test, base.test, ACCURACY, BASE)


def curve(played: Played, grid: Mapping[str, tuple[float, ...]]) -> dict[str, list[float]]:
    """The true score of the recommended trial, read off at points of "seconds" and of "runs"."""
    found: dict[str, list[float]] = {}
    for axis, points in grid.items():
        at = [m.seconds if axis == "seconds" else float(m.runs) for m in played.moments]
        scores = [m.score for m in played.moments]
        found[axis] = [
            scores[max(i for i, spent in enumerate(at) if spent <= point)] for point in points
        ]
    return found
