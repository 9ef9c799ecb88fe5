"""What a policy is played in: a world that says how trials truly come out.

A world stands for the agent (which idea is tried next from a trial), for the training (crashes,
seeds, seconds) and for the evaluator (item scores). All of its luck is keyed by what is run and
not by when, so two policies that do the same thing get the same outcome: comparisons are paired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ftassist.search.policy import SearchKnob
from ftassist.search.verdict import Items

Recipe = tuple[int, ...]
"""What a trial does, as numbers a world knows how to read."""


@dataclass(frozen=True)
class PlayedProposal:
    """What the agent would try next from a trial.

    Attributes:
        recipe: The whole recipe.
        idea: What is changed, as `TreeNode.idea`.
    """

    recipe: Recipe
    idea: str


@dataclass(frozen=True)
class PlayedRun:
    """One training run of a recipe.

    Attributes:
        status: As a tree's node would have it.
        seconds: What it cost.
        score: On validation; None unless scored.
        validation: Scores of the validation items; empty for a world without items.
        test: Scores of the sealed items.
    """

    status: Literal["scored", "failed", "invalid"]
    seconds: float
    score: float | None = None
    validation: Items | None = None
    test: Items | None = None


class World(Protocol):
    """One made-up campaign's truth."""

    @property
    def base(self) -> Recipe:
        """The recipe of the untouched base."""
        ...

    @property
    def best(self) -> float:
        """The true score of the best recipe there is."""
        ...

    @property
    def seconds(self) -> float:
        """What a campaign may spend on trials."""
        ...

    def truth(self, recipe: Recipe) -> float:
        """What a recipe truly scores, over items and seeds that nobody has seen."""
        ...

    def cheats(self, recipe: Recipe) -> bool:
        """Whether a recipe's validation score is got by cheating."""
        ...

    def propose(
        self, parent: Recipe, tried: frozenset[Recipe], gains: Mapping[str, tuple[float, int]]
    ) -> PlayedProposal | None:
        """The agent's next idea from a trial; None when it has no other.

        Args:
            parent: The recipe it grows from.
            tried: Recipes of the campaign so far, whatever became of them.
            gains: By idea, the mean difference to the parent seen so far, and how often.
        """
        ...

    @property
    def rungs(self) -> tuple[float, ...]:
        """How far a run may go at first and then on, as shares of a whole run."""
        ...

    @property
    def space(self) -> tuple[SearchKnob, ...]:
        """The numbers of a recipe."""
        ...

    def run(self, recipe: Recipe, repeat: int, share: float = 1.0) -> PlayedRun:
        """Trains a recipe from the start.

        Args:
            recipe: What is trained.
            repeat: Numbers its training seeds from 0.
            share: How far, as a share of a whole run; one of `rungs`.
        """
        ...


def numbers_of(recipe: Recipe, space: Sequence[SearchKnob]) -> tuple[tuple[str, float], ...]:
    """A recipe as the numbers of its knobs."""
    return tuple((knob.name, value) for knob, value in zip(space, recipe, strict=True))


def recipe_of(numbers: Mapping[str, float], space: Sequence[SearchKnob]) -> Recipe:
    """The recipe of numbers, one for each knob."""
    return tuple(int(numbers[knob.name]) for knob in space)


def keyed(seed: int, *key: int) -> np.random.Generator:
    """The random numbers that belong to a key, whenever they are asked for."""
    return np.random.default_rng([seed, *(part + 1 for part in key)])


def named_items(right: NDArray[np.float64]) -> Items:
    """Item scores with names."""
    return dict(zip(_names(len(right)), right.tolist(), strict=True))


def _names(count: int) -> list[str]:
    if count not in _NAMES:
        _NAMES[count] = [f"i{number:05d}" for number in range(count)]
    return _NAMES[count]


_NAMES: dict[int, list[str]] = {}
