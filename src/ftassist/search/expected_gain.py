"""ftassist's own policy: what raises the score of the recommended trial most, a second.

What the campaign recommends at its end is the trial with the highest posterior mean
(`ftassist.search.beliefs`). Each thing that could be done next, growing from a trial or training
one again on a fresh seed, changes those means once its score is known; how far their maximum is
expected to rise is the knowledge gradient (Frazier, Powell and Dayanik, INFORMS Journal on
Computing 21 (2009) 599-613). That, times the chance that the run comes to a score, by the seconds
it is expected to take, is what the policy compares.

A trial's failed children say where failures lie, a veto counts as half a failure, and what is
under way counts as a sibling that is already there. It draws no lots: the same tree gets the same
answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist, geometric_mean, median
from typing import TYPE_CHECKING, ClassVar

from ftassist.search.policy import Action, Choice, SearchTree, TreeNode

if TYPE_CHECKING:
    from ftassist.search.beliefs import Array, Beliefs

CANDIDATES = 32
"""Trials looked at as parents, by how good they may be."""
MOST_REPEATS = 3
"""Fresh seeds of one trial at most, the finalist's own not counted."""
_POINTS = 31
_FAILURES = 2.0
"""How many trials the campaign's own rate of failures is worth beside a parent's."""


@dataclass(frozen=True)
class _Option:
    """One thing that could be done, and what it is expected to bring and cost."""

    action: Action
    place: int
    gain: float
    seconds: float
    chance: float

    @property
    def worth(self) -> float:
        """Expected rise of the recommended score, a second."""
        return self.chance * self.gain / self.seconds


@dataclass(frozen=True)
class ExpectedGain:
    """The knowledge gradient of the recommended trial, by seconds."""

    name: ClassVar[str] = "ftassist"

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """The actions of the highest worth, each chosen with those before it under way."""
        if slots < 1 or not tree.root.expandable:
            return []
        beliefs = _beliefs(tree)
        prices = _Prices.of(tree)
        choices: list[Choice] = []
        for _ in range(slots):
            options = sorted(_options(beliefs, prices, tree.may_repeat), key=lambda o: -o.worth)
            choices.append(_choice(beliefs, options))
            beliefs = _under_way(beliefs, options[0])
        return choices

    def recommend(self, tree: SearchTree) -> str | None:
        """The trial with the highest posterior mean."""
        if not tree.root.expandable:
            return None
        beliefs = _beliefs(tree)
        return beliefs.nodes[int(beliefs.mean.argmax())].id


def _beliefs(tree: SearchTree) -> Beliefs:
    from ftassist.search.beliefs import believe

    return believe(tree)


@dataclass(frozen=True)
class _Prices:
    """What runs cost and how often they fail: overall, and for children of a trial."""

    tree: SearchTree
    typical: float
    failing: float

    @classmethod
    def of(cls, tree: SearchTree) -> _Prices:
        """What a tree tells of all its trials."""
        trials = tree.nodes[1:]
        costs = [n.seconds for n in trials if n.status == "scored" and n.seconds > 0.0]
        bad, total = _failures(trials)
        return cls(tree, median(costs) if costs else 1.0, (bad + 0.3) / (total + 3.0))

    def own(self, trial: str) -> float:
        """Seconds of a trial itself; what is typical for the base, which is not trained."""
        node = self.tree.node(trial)
        trained = node.parent is not None and node.seconds > 0.0
        return node.seconds if trained else self.typical

    def growing(self, trial: str) -> float:
        """Seconds of a child: the geometric mean of what is typical, its parent, its siblings."""
        siblings = [
            node.seconds
            for node in self.tree.children(trial)
            if node.status == "scored" and node.seconds > 0.0
        ]
        return geometric_mean([self.typical, self.own(trial), *siblings])

    def chance(self, trial: str) -> float:
        """That a child of a trial comes to a score."""
        bad, total = _failures(self.tree.children(trial))
        return 1.0 - (bad + _FAILURES * self.failing) / (total + _FAILURES)


def _failures(trials: Iterable[TreeNode]) -> tuple[float, float]:
    """How many of them failed, and of how many that ended; a veto is half of either."""
    ends = Counter(node.status for node in trials)
    bad = ends["failed"] + ends["invalid"] + 0.5 * ends["vetoed"]
    return bad, bad + ends["scored"]


def _options(beliefs: Beliefs, prices: _Prices, may_repeat: bool) -> list[_Option]:
    """All that could be done now, in the order of the tree: growing, then repeating."""
    import numpy as np

    deviation = np.sqrt(np.maximum(np.diag(beliefs.covariance), 0.0))
    order = np.argsort(-(beliefs.mean + 2.0 * deviation), kind="stable")[:CANDIDATES]
    real = [int(place) for place in sorted(order)]
    found = []
    for place in real:
        node = beliefs.nodes[place]
        gain = _gain_of_growing(beliefs, place)
        seconds, chance = prices.growing(node.id), prices.chance(node.id)
        found.append(_Option("grow", place, gain, seconds, chance))
    for place in real:
        node = beliefs.nodes[place]
        if may_repeat and place and len(node.repeats) + node.repeating < MOST_REPEATS:
            gain = _gain_of_repeating(beliefs, place)
            seconds = prices.own(node.id)
            found.append(_Option("repeat", place, gain, seconds, 1.0 - prices.failing))
    return found


def _gain_of_growing(beliefs: Beliefs, place: int) -> float:
    """How far the highest posterior mean is expected to rise by a new child's score."""
    import numpy as np

    mean, variance = _child(beliefs, place)
    spread = (variance + beliefs.noise(1)) ** 0.5
    means = np.append(beliefs.mean, mean)
    shifts = np.append(beliefs.covariance[:, place], variance) / spread
    return _expected_rise(means, shifts, float(beliefs.mean.max()))


def _gain_of_repeating(beliefs: Beliefs, place: int) -> float:
    """The same by one more run of a trial, which makes its noise smaller."""
    node = beliefs.nodes[place]
    runs = 1 + len(node.repeats) + node.repeating
    noise = 1.0 / (1.0 / beliefs.noise(runs + 1) - 1.0 / beliefs.noise(runs))
    shifts = beliefs.covariance[:, place] / (beliefs.covariance[place, place] + noise) ** 0.5
    return _expected_rise(beliefs.mean, shifts, float(beliefs.mean.max()))


def _child(beliefs: Beliefs, place: int) -> tuple[float, float]:
    """Mean and variance of the true score of a trial's next child."""
    import math

    tired = beliefs.fatigue * math.log2(1.0 + beliefs.siblings[place])
    mean = float(beliefs.mean[place]) + beliefs.drift + tired
    return mean, float(beliefs.covariance[place, place]) + beliefs.step**2


def _expected_rise(means: Array, shifts: Array, now: float) -> float:
    """E max(means + shifts Z) - now, Z standard normal, by equally likely points."""
    import numpy as np

    outcomes = means[:, None] + shifts[:, None] * np.array(_normal_points())[None, :]
    return max(0.0, float(outcomes.max(axis=0).mean()) - now)


@lru_cache(maxsize=1)
def _normal_points() -> tuple[float, ...]:
    normal = NormalDist()
    return tuple(normal.inv_cdf((i + 0.5) / _POINTS) for i in range(_POINTS))


def _under_way(beliefs: Beliefs, option: _Option) -> Beliefs:
    """The beliefs with an option under way: one sibling more, or one repeat more."""
    place = option.place
    node = beliefs.nodes[place]
    if option.action == "repeat":
        busy = replace(node, repeating=node.repeating + 1)
        nodes = (*beliefs.nodes[:place], busy, *beliefs.nodes[place + 1 :])
        return replace(beliefs, nodes=nodes)
    more = beliefs.siblings[place] + 1
    siblings = (*beliefs.siblings[:place], more, *beliefs.siblings[place + 1 :])
    return replace(beliefs, siblings=siblings)


def _choice(beliefs: Beliefs, options: list[_Option]) -> Choice:
    """The first option, with its numbers and the runner-up's."""
    first = options[0]
    node = beliefs.nodes[first.place]
    leader = int(beliefs.mean.argmax())
    deviation = float(beliefs.covariance[leader, leader]) ** 0.5
    reason = (
        f"{_words(beliefs, first)} is expected to raise the recommended score "
        f"({beliefs.nodes[leader].id}, {beliefs.mean[leader]:.3f} ± {1.96 * deviation:.3f}) by "
        f"{first.gain:.4f} for about {first.seconds:.0f} s; {first.chance:.0%} come to a score"
    )
    instead = ""
    if len(options) > 1:
        second = options[1]
        share = second.worth / first.worth if first.worth > 0.0 else 1.0
        reason += f"; next best a second: {_words(beliefs, second)} ({share:.0%} of that)"
        instead = (
            f"{_words(beliefs, second)} is expected to raise it by {second.gain:.4f} for about "
            f"{second.seconds:.0f} s, {second.chance:.0%} come to a score: {share:.0%} a second"
        )
    return Choice(node.id, reason, first.action, instead)


def _words(beliefs: Beliefs, option: _Option) -> str:
    trial = beliefs.nodes[option.place].id
    return f"growing from {trial}" if option.action == "grow" else f"a fresh seed of {trial}"
