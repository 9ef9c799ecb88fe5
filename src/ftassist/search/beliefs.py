"""What the scores of a tree say about how good its trials truly are.

A Gaussian model, hierarchical along the tree. The true score of a trial is its parent's plus

    drift + (later sibling) * fatigue + idea + setting of the idea + a rest of its own,

where drift and fatigue are the same for all trials, an idea's effect for all trials that try it,
and a setting's for all that try that. What was measured is the true score plus the noise of items
(from the verdicts' paired intervals, or the scores' own) and of training seeds (from repeats). All
effects are normal with mean zero, so the posterior is one linear solve; the size of a step is
taken from the scores by marginal likelihood. Cite: Rasmussen and Williams, Gaussian Processes for
Machine Learning (2006), chapters 2 and 5.

It knows nothing of what to do next (`ftassist.search.expected_gain`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ftassist.search.best import Z_95
from ftassist.search.policy import SearchTree, TreeNode

Array = NDArray[np.float64]

MOST = 128
"""Trials the model is fitted to; of a larger tree the best-looking and the latest."""
_SHARES = {"drift": 0.10, "fatigue": 0.02, "idea": 0.30, "setting": 0.18, "rest": 0.40}
"""How a step's variance is divided among what makes it, before anything is measured."""
_STEPS = (0.1, 0.25, 0.5, 1.0, 2.0)
"""Sizes of a step that are tried, in standard deviations of the steps that were measured."""
_LONGEST = 32
"""Steps up to a trial the model is fitted to; one that is further away counts as the base."""
_FATIGUE = -0.15
"""What each doubling of siblings is taken to cost a child, in steps, before it is measured."""
_PRIOR_REPEATS = 3.0
"""How many repeats the assumption on the seeds' noise is worth."""


@dataclass(frozen=True)
class Beliefs:
    """The posterior over the true scores of scored trials.

    Attributes:
        nodes: The trials, in the tree's order.
        mean: Posterior means.
        covariance: Posterior covariance.
        step: Standard deviation of a new child's true score given its parent's.
        drift: What the next first child is expected to gain on its parent.
        fatigue: What each doubling of siblings takes off that.
        seed_variance: Variance of a training seed.
        item_variance: Variance of a score on these items that a further run does not average out.
        siblings: How many children each trial has already, those under way included.
    """

    nodes: tuple[TreeNode, ...]
    mean: Array
    covariance: Array
    step: float
    drift: float
    fatigue: float
    seed_variance: float
    item_variance: float
    siblings: tuple[int, ...]

    def noise(self, runs: int, share: float = 1.0) -> float:
        """The variance of the mean of so many runs around the true score.

        Args:
            runs: How many.
            share: The part of the items' noise that is left, on more items than there are.
        """
        items = share * self.item_variance / 2.0
        return items + (items + self.seed_variance) / runs


def believe(tree: SearchTree) -> Beliefs:
    """The posterior of a tree; at least its base must have a score."""
    kept = _kept(tree)
    rank = _Ranks(tree)
    features = _features(tree, kept, rank)
    observed = np.array([np.mean((node.score or 0.0, *node.repeats)) for node in kept])
    scale = _scale(tree, kept)
    items = _item_variance(kept, scale)
    seeds = _seed_variance(kept, items, scale)
    runs = np.array([1.0 + len(node.repeats) for node in kept])
    noise = items / 2.0 + (items / 2.0 + seeds) / runs
    noise[0] = items / 2.0 + items / 2.0  # the untouched base is not trained
    level = observed[0]
    sizes = [scale * share for share in _STEPS]
    vague = (10.0 * scale) ** 2 + 10.0 * items
    step = max(sizes, key=lambda s: _evidence(features, s, vague, noise, observed - level))
    expected = level + _FATIGUE * step * features.shared[1]
    prior = _covariance(features, step) + vague
    solved = np.linalg.solve(prior + np.diag(noise), np.column_stack([prior, observed - expected]))
    shares = np.array([_SHARES["drift"], _SHARES["fatigue"]])
    effects = step**2 * shares * (features.shared @ solved[:, -1])
    return Beliefs(
        tuple(kept),
        expected + prior @ solved[:, -1],
        prior - prior @ solved[:, :-1],
        step,
        float(effects[0]),
        min(0.0, float(effects[1]) + _FATIGUE * step),
        seeds,
        items,
        tuple(rank.children(node.id) for node in kept),
    )


class _Ranks:
    """How many siblings came before a trial, and how many children it has; vetoes do not count.

    Counted for the families that are asked for, each once.
    """

    def __init__(self, tree: SearchTree) -> None:
        self._tree = tree
        self._before: dict[str, int] = {}
        self._children: dict[str, int] = {}

    def before(self, node: TreeNode) -> int:
        """Siblings that came before it."""
        self.children(node.parent or "")
        return self._before[node.id]

    def children(self, trial: str) -> int:
        """Children it has, whatever became of them."""
        if trial not in self._children:
            count = 0
            for child in self._tree.children(trial):
                self._before[child.id] = count
                count += child.status != "vetoed"
            self._children[trial] = count
        return self._children[trial]


@dataclass(frozen=True)
class _Features:
    """What trials have in common with each other.

    Attributes:
        shared: Drift and fatigue summed along each trial's path, one row each.
        ideas: How often each trial's path tries the ideas the other's path tries.
        settings: The same for settings.
        path: How many steps of their paths two trials share.
    """

    shared: Array
    ideas: Array
    settings: Array
    path: Array


def _kept(tree: SearchTree) -> list[TreeNode]:
    """The scored trials the model is fitted to, in the tree's order; the base first."""
    scored = list(tree.expandable)
    if len(scored) <= MOST:
        return scored
    best = nlargest(MOST // 2, scored[1:], key=lambda node: node.score or 0.0)
    chosen = {scored[0].id, *(node.id for node in best)}
    late = (node for node in reversed(scored) if node.id not in chosen)
    chosen.update([node.id for node in islice(late, MOST - len(chosen))])
    return [node for node in scored if node.id in chosen]


def _features(tree: SearchTree, kept: Sequence[TreeNode], rank: _Ranks) -> _Features:
    """Sums along each kept trial's path to its nearest kept ancestor, added to that one's."""
    place = {node.id: i for i, node in enumerate(kept)}
    columns: dict[str, int] = {}
    count = len(kept)
    path, shared = np.zeros((count, count)), np.zeros((2, count))
    uses: list[dict[int, float]] = [{} for _ in kept]
    for i, node in enumerate(kept):
        if i == 0:
            continue
        uses[i] = defaultdict(float)
        steps, at = 0, node
        while True:
            steps += 1
            shared[1, i] += math.log2(1.0 + rank.before(at))
            for name in _names_of(at):
                uses[i][columns.setdefault(name, len(columns))] += 1.0
            above = tree.node(at.parent or kept[0].id)
            if above.id in place or steps >= _LONGEST:
                break
            at = above
        j = place.get(above.id, 0)
        path[i, : i + 1] = path[j, : i + 1]
        path[: i + 1, i] = path[i, : i + 1]
        path[i, i] = path[j, j] + steps
        shared[0, i] = path[i, i]
        shared[1, i] += shared[1, j]
        for column, times in uses[j].items():
            uses[i][column] += times
    table = np.zeros((count, max(1, len(columns))))
    for i, used in enumerate(uses):
        for column, times in used.items():
            table[i, column] = times
    names = list(columns) or [""]
    of_ideas = np.array([name.startswith("idea ") for name in names])
    ideas, settings = table[:, of_ideas], table[:, ~of_ideas]
    return _Features(shared, ideas @ ideas.T, settings @ settings.T, path)


def _names_of(node: TreeNode) -> tuple[str, ...]:
    """What a trial tries: the idea, and where the change says more than that, its setting."""
    about, more, _ = node.idea.partition(":")
    if not about:
        return ()
    return (f"idea {about}", node.idea) if more else (f"idea {about}",)


def _covariance(features: _Features, step: float) -> Array:
    """The prior covariance of the true scores, less the base's."""
    drift, fatigue = features.shared
    return step**2 * (
        _SHARES["drift"] * np.outer(drift, drift)
        + _SHARES["fatigue"] * np.outer(fatigue, fatigue)
        + _SHARES["idea"] * features.ideas
        + _SHARES["setting"] * features.settings
        + _SHARES["rest"] * features.path
    )


def _evidence(
    features: _Features, step: float, vague: float, noise: Array, centred: Array
) -> float:
    """The log marginal likelihood of the scores at a size of a step."""
    covariance = _covariance(features, step) + vague + np.diag(noise)
    factor = np.linalg.cholesky(covariance)
    half = np.linalg.solve(factor, centred - _FATIGUE * step * features.shared[1])
    return float(-0.5 * half @ half - np.log(np.diag(factor)).sum())


def _scale(tree: SearchTree, kept: Sequence[TreeNode]) -> float:
    """The standard deviation of the steps that were measured; of items' noise before any was."""
    scores = {node.id: node.score for node in kept}
    steps = [
        (node.score or 0.0) - above
        for node in kept[1:]
        if (above := scores.get(node.parent or "")) is not None
    ]
    found = math.sqrt(sum(step * step for step in steps) / len(steps)) if steps else 0.0
    if found > 0.0:
        return found
    low, high = kept[0].interval or (0.0, 0.1)
    return max((high - low) / (2.0 * Z_95), 1e-6)


def _item_variance(kept: Sequence[TreeNode], scale: float) -> float:
    """The variance that items give one score beside another's on the same items."""
    errors = [n.difference_error for n in kept if n.difference_error is not None]
    if errors:
        return median(errors) ** 2 / 2.0
    widths = [high - low for low, high in (n.interval for n in kept if n.interval is not None)]
    if not widths:
        return (0.1 * scale) ** 2
    # Half of what items do to a score, they do to every score.
    return (median(widths) / (2.0 * Z_95)) ** 2 / 2.0


def _seed_variance(kept: Sequence[TreeNode], items: float, scale: float) -> float:
    """The variance of training seeds: pooled over repeats, with an assumption that fades."""
    assumed = max(items, (0.2 * scale) ** 2)
    total, degrees = _PRIOR_REPEATS * assumed, _PRIOR_REPEATS
    for node in kept:
        runs = [node.score or 0.0, *node.repeats]
        if len(runs) > 1:
            centre = sum(runs) / len(runs)
            total += sum((run - centre) ** 2 for run in runs)
            degrees += len(runs) - 1
    return max(total / degrees - items / 2.0, 0.1 * assumed)
