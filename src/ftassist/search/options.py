"""What `ftassist` could do next, and what each of it is worth: expected gain, seconds, chance.

The gain is the knowledge gradient of `ftassist.search.expected_gain`, which chooses among these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import geometric_mean, median
from typing import TYPE_CHECKING

from ftassist.search import parts
from ftassist.search.ablations import leaving_out
from ftassist.search.paying import whole_run
from ftassist.search.policy import Action, SearchTree, TreeNode

if TYPE_CHECKING:
    from ftassist.search.beliefs import Array, Beliefs

CANDIDATES = 32
"""Trials looked at as parents, by how good they may be; and as many that rest, the latest."""
MOST_REPEATS = 3
"""Fresh seeds of one trial at most, the finalist's own not counted."""
LEAST = 0.01
"""A trial that rests is run on only for such a part of a step: below it, it is clearly behind."""
_FAILURES = 2.0
"""How many trials the campaign's own rate of failures is worth beside a parent's."""


@dataclass(frozen=True)
class Option:
    """One thing that could be done, and what it is expected to bring and cost.

    Attributes:
        action: What is done.
        trial: The trial it is done with.
        gain: Expected rise of the recommended score.
        seconds: What it is expected to cost.
        chance: That it comes to a score.
        rung: How far the trial is run, as a share of a whole run.
        share: In what part of cases it is run on to its end.
        without: The ancestor whose change is left out; "" but for "ablate".
    """

    action: Action
    trial: str
    gain: float
    seconds: float
    chance: float
    rung: float = 1.0
    share: float = 1.0
    without: str = ""

    @property
    def worth(self) -> float:
        """Expected rise of the recommended score, a second."""
        return self.chance * self.gain / max(self.seconds, 1e-9)


@dataclass(frozen=True)
class Prices:
    """What runs cost and how often they fail: overall, and for children of a trial."""

    tree: SearchTree
    typical: float
    failing: float

    @classmethod
    def of(cls, tree: SearchTree) -> Prices:
        """What a tree tells of all its trials."""
        trials = tree.nodes[1:]
        costs = [n.seconds for n in trials if n.status == "scored" and n.seconds > 0.0]
        bad, total = _failures(trials)
        return cls(
            tree, median(costs) if costs else whole_run(tree) or 1.0, (bad + 0.3) / (total + 3.0)
        )

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


@dataclass(frozen=True)
class SearchSituation:
    """What is believed, what runs cost, and what may be done."""

    tree: SearchTree
    beliefs: Beliefs
    prices: Prices

    @cached_property
    def in_parts(self) -> bool:
        """Whether trials are begun in parts."""
        return len(self.tree.rungs) > 1

    @cached_property
    def lines(self) -> dict[float, parts.RungLine]:
        """How scores at rungs follow true scores."""
        return parts.lines(self.tree, self.beliefs)

    @cached_property
    def leader(self) -> float:
        """The highest posterior mean."""
        return float(self.beliefs.mean.max())

    @cached_property
    def places(self) -> dict[str, int]:
        """Where the beliefs have a trial."""
        return {node.id: place for place, node in enumerate(self.beliefs.nodes)}

    def options(self, pays: bool, resting: Collection[str]) -> list[Option]:
        """All that could be done now, in the order of the tree: growing, repeating, running on.

        Args:
            pays: Whether the seconds left pay for a trial in parts; else one is run whole.
            resting: The trials that may be run on.
        """
        import numpy as np

        beliefs, may_repeat = self.beliefs, self.tree.may_repeat
        deviation = np.sqrt(np.maximum(np.diag(beliefs.covariance), 0.0))
        order = np.argsort(-(beliefs.mean + 2.0 * deviation), kind="stable")[:CANDIDATES]
        real = [int(place) for place in sorted(order)]
        begins = self.tree.may_grow or not self.in_parts
        found = [self._growing(place, self.in_parts and pays) for place in real if begins]
        for place in real if may_repeat and begins else []:
            node = beliefs.nodes[place]
            if place and len(node.repeats) + node.repeating < MOST_REPEATS:
                gain = _gain_of_repeating(beliefs, place)
                seconds = self.prices.own(node.id)
                found.append(Option("repeat", node.id, gain, seconds, 1.0 - self.prices.failing))
        if may_repeat and begins and not self.in_parts:
            found += self._ablations()
        if may_repeat and self.in_parts:
            rests = [
                node for node in self.tree if node.id in resting and node.parent in self.places
            ]
            near = [option for node in rests[-CANDIDATES:] for option in self._running_on(node)]
            found += [option for option in near if option.gain >= LEAST * beliefs.step]
        return found

    def _growing(self, place: int, in_parts: bool) -> Option:
        trial = self.beliefs.nodes[place].id
        gain = _gain_of_growing(self.beliefs, place)
        seconds, chance = self.prices.growing(trial), self.prices.chance(trial)
        if not in_parts:
            return Option("grow", trial, gain, seconds, chance)
        rung = self.tree.rungs[0]
        mean, variance = _child(self.beliefs, place)
        stopped = self._stopping(mean, variance, rung, seconds * rung, seconds * (1.0 - rung))
        whole = parts.gain(mean, variance, self.beliefs.noise(1), self.leader)
        kept = stopped.gain / whole if whole > 0.0 else 1.0
        return Option("grow", trial, gain * kept, stopped.seconds, chance, rung, stopped.share)

    def _ablations(self) -> list[Option]:
        """The best trial without one of the changes that led to it."""
        beliefs = self.beliefs
        found = []
        for left in leaving_out(self.tree, beliefs, int(beliefs.mean.argmax())):
            gain = _gain_of_trying(beliefs, left.mean, left.covariance, left.variance)
            seconds, chance = self.prices.own(left.trial), 1.0 - self.prices.failing
            found.append(Option("ablate", left.trial, gain, seconds, chance, without=left.without))
        return found

    def _running_on(self, node: TreeNode) -> list[Option]:
        """A trial that rests run on: to its end, or to a rung before it and only then perhaps."""
        last = node.partial[-1]
        mean, variance = _child(self.beliefs, self.places[node.parent or ""], already=True)
        line = self.lines[last.rung]
        mean, variance = line.after(mean, variance, last.score), line.left(mean, variance)
        whole, chance = node.seconds / last.rung, 1.0 - self.prices.failing
        gain = parts.gain(mean, variance, self.beliefs.noise(1), self.leader)
        found = [Option("promote", node.id, gain, (1.0 - last.rung) * whole, chance)]
        for rung in self.tree.rungs:
            if last.rung < rung < 1.0:
                costs = (rung - last.rung) * whole, (1.0 - rung) * whole
                now = self._stopping(mean, variance, rung, *costs)
                share = now.share
                found.append(
                    Option("promote", node.id, now.gain, now.seconds, chance, rung, share)
                )
        return found

    def _stopping(
        self, mean: float, variance: float, rung: float, first: float, rest: float
    ) -> parts.Stopping:
        left = self.lines[rung].left(mean, variance)
        noise = self.beliefs.noise(1)
        return parts.stopping(mean, variance, left, noise, self.leader, (first, rest))


def _gain_of_growing(beliefs: Beliefs, place: int) -> float:
    """How far the highest posterior mean is expected to rise by a new child's score."""
    mean, variance = _child(beliefs, place)
    return _gain_of_trying(beliefs, mean, beliefs.covariance[:, place], variance)


def _gain_of_trying(beliefs: Beliefs, mean: float, covariance: Array, variance: float) -> float:
    """The same by the score of any new trial, whose truth is believed to be so."""
    import numpy as np

    spread = (variance + beliefs.noise(1)) ** 0.5
    means = np.append(beliefs.mean, mean)
    shifts = np.append(covariance, variance) / spread
    return _expected_rise(means, shifts, float(beliefs.mean.max()))


def _gain_of_repeating(beliefs: Beliefs, place: int) -> float:
    """The same by one more run of a trial, which makes its noise smaller."""
    node = beliefs.nodes[place]
    runs = 1 + len(node.repeats) + node.repeating
    noise = 1.0 / (1.0 / beliefs.noise(runs + 1) - 1.0 / beliefs.noise(runs))
    shifts = beliefs.covariance[:, place] / (beliefs.covariance[place, place] + noise) ** 0.5
    return _expected_rise(beliefs.mean, shifts, float(beliefs.mean.max()))


def _child(beliefs: Beliefs, place: int, already: bool = False) -> tuple[float, float]:
    """Mean and variance of the true score of a trial's next child, or of one it has already."""
    import math

    siblings = beliefs.siblings[place] - already
    tired = beliefs.fatigue * math.log2(1.0 + max(0, siblings))
    mean = float(beliefs.mean[place]) + beliefs.drift + tired
    return mean, float(beliefs.covariance[place, place]) + beliefs.step**2


def _expected_rise(means: Array, shifts: Array, now: float) -> float:
    """E max(means + shifts Z) - now, Z standard normal, by equally likely points."""
    import numpy as np

    points = np.array(parts.normal_points())
    outcomes = means[:, None] + shifts[:, None] * points[None, :]
    return max(0.0, float(outcomes.max(axis=0).mean()) - now)


def under_way(beliefs: Beliefs, option: Option) -> Beliefs:
    """The beliefs with an option under way: one sibling more, or one repeat more."""
    if option.action == "promote":
        return beliefs
    place = next(i for i, node in enumerate(beliefs.nodes) if node.id == option.trial)
    node = beliefs.nodes[place]
    if option.action == "repeat":
        busy = replace(node, repeating=node.repeating + 1)
        nodes = (*beliefs.nodes[:place], busy, *beliefs.nodes[place + 1 :])
        return replace(beliefs, nodes=nodes)
    more = beliefs.siblings[place] + 1
    siblings = (*beliefs.siblings[:place], more, *beliefs.siblings[place + 1 :])
    return replace(beliefs, siblings=siblings)
