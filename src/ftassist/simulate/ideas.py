"""A made-up tree of ideas: what an agent could try on a task, and what each is truly worth.

An idea has a true effect (on the log-odds of a right answer), a best setting, interactions with
other ideas, a price in seconds, a chance to crash, an unsteadiness of seeds, and a luck with the
very items of the validation set. Some ideas only look good on validation, and some cheat. The
agent has a hunch of each effect, remembers what was measured, and proposes the best it can think
of. `null_world` has the same noise and nothing that helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ftassist.search.policy import SearchKnob
from ftassist.simulate.world import PlayedProposal, PlayedRun, Recipe, keyed, named_items

_LEVELS = 3
_OFF = -1
_RUNGS = (0.25, 0.5, 1.0)
_CRASH_AT = 0.4
"""The share of a run after which a crash comes."""
_TUNE = 0.5
"""How much of an idea's hunch another setting of it is believed to bring."""
_UNUSUAL = 0.05
"""What the agent takes off a new idea's hunch for a setting that is not the middle one."""


@dataclass(frozen=True)
class Setting:
    """How a tree of ideas is drawn.

    Attributes:
        items: Items of the validation split, and of the test split.
        ideas: Ideas there are.
        base: What the base truly scores.
        effect: Standard deviation of the effects of ideas, in log-odds.
        mean_effect: Their mean: below zero, most ideas do harm.
        interaction: Standard deviation of the effect of two ideas together, for 1 pair in 4.
        misfit: Log-odds lost for each step an idea's setting is off its best one.
        seed_deviation: Standard deviation of a training seed's effect on the true score.
        unsteady: Share of ideas that make it three times as large.
        churn: Standard deviation of an idea's luck with single items, as a share of what an
            item's chance can move.
        crash: Chance of most ideas to make a run crash.
        crashing: Share of ideas that crash four times in ten.
        flattering: Share of ideas that score better on validation than they are, by 4 points.
        cheating: Share of ideas that cheat, by 15 points; 7 of 10 runs are found out.
        hunch: Correlation of the agent's hunch with the true effect.
        temperature: How far the agent strays from its best idea, in log-odds.
        runs: What a campaign may spend, in runs of the base's recipe.
    """

    items: int = 300
    ideas: int = 14
    base: float = 0.4
    effect: float = 0.25
    mean_effect: float = -0.05
    interaction: float = 0.15
    misfit: float = 0.12
    seed_deviation: float = 0.012
    unsteady: float = 0.25
    churn: float = 0.25
    crash: float = 0.03
    crashing: float = 0.15
    flattering: float = 0.15
    cheating: float = 0.07
    hunch: float = 0.3
    temperature: float = 0.1
    runs: int = 24


NOISY = Setting()
CALM = replace(NOISY, items=1000, seed_deviation=0.005, churn=0.1)
NULL = replace(
    NOISY,
    effect=0.0,
    mean_effect=0.0,
    interaction=0.0,
    misfit=0.0,
    flattering=0.0,
    cheating=0.0,
    seed_deviation=0.02,
)


class IdeaWorld:
    """One draw of a setting. A recipe holds a level for each idea, -1 where it is not used."""

    def __init__(self, setting: Setting, seed: int) -> None:
        self.setting = setting
        self._seed = seed
        draws = keyed(seed)
        count = setting.ideas
        self._gain = draws.normal(setting.mean_effect, setting.effect, count)
        pairs = np.triu(draws.random((count, count)) < 0.25, 1)
        self._pairs = pairs * draws.normal(0.0, 1.0, (count, count)) * setting.interaction
        self._optimum = draws.integers(_LEVELS, size=count)
        noise = draws.normal(0.0, 1.0, count)
        spread = np.sqrt(max(1e-9, 1.0 - setting.hunch**2))
        scaled = (self._gain - setting.mean_effect) / max(setting.effect, 1e-9)
        self._hunch = (setting.hunch * scaled + spread * noise) * max(setting.effect, 0.1)
        self._steadiness = np.where(draws.random(count) < setting.unsteady, 3.0, 1.0)
        self._crash = np.where(draws.random(count) < setting.crashing, 0.4, setting.crash)
        if setting.crash == 0.0 and setting.crashing == 0.0:
            self._crash = np.zeros(count)
        self._price = np.clip(draws.normal(0.1, 0.35, count), -0.7, 1.0)
        kind = draws.random(count)
        self._cheat = kind < setting.cheating
        flatters = (kind >= setting.cheating) & (kind < setting.cheating + setting.flattering)
        self._flatter = np.where(flatters, 0.04, 0.0)
        self._gain[self._cheat] = np.minimum(self._gain[self._cheat], 0.0)
        weight = 1.0  # two runs' successes correlate by 0.5 over items
        self._chances = draws.beta(
            weight * setting.base, weight * (1.0 - setting.base), 2 * setting.items
        )
        # What one idea teaches early another teaches late.
        self._pace = keyed(seed, 3).lognormal(np.log(0.3), 0.5, count)
        self._luck = draws.normal(0.0, 1.0, (count, 2 * setting.items)) * setting.churn

    @property
    def base(self) -> Recipe:
        """No idea at all."""
        return (_OFF,) * self.setting.ideas

    @property
    def seconds(self) -> float:
        """As many seconds as `runs` runs without any idea take."""
        return 60.0 * self.setting.runs

    @property
    def rungs(self) -> tuple[float, ...]:
        """A quarter of a run, half of it, all of it."""
        return _RUNGS

    @cached_property
    def space(self) -> tuple[SearchKnob, ...]:
        """One knob an idea: not used, or one of its settings."""
        levels = tuple(float(level) for level in range(_OFF, _LEVELS))
        return tuple(SearchKnob(f"idea{i}", choices=levels) for i in range(self.setting.ideas))

    @cached_property
    def best(self) -> float:
        """The true score of the best set of ideas, each at its best level."""
        subsets = _subsets(self.setting.ideas)
        logits = subsets @ self._gain + ((subsets @ self._pairs) * subsets).sum(axis=1)
        return self._score(float(logits.max()))

    def truth(self, recipe: Recipe) -> float:
        """The share of right answers over unseen items and seeds."""
        levels = np.array(recipe)
        used = (levels >= 0).astype(float)
        off = np.abs(levels - self._optimum) * used
        logit = used @ self._gain + used @ self._pairs @ used - self.setting.misfit * off.sum()
        return self._score(float(logit))

    def cheats(self, recipe: Recipe) -> bool:
        """Whether one of its ideas cheats."""
        return bool(self._cheat[np.array(recipe) >= 0].any())

    def propose(
        self, parent: Recipe, tried: frozenset[Recipe], gains: Mapping[str, tuple[float, int]]
    ) -> PlayedProposal | None:
        """The idea, or the setting of one in use, that the agent thinks most of."""
        children = sum(_steps(recipe, parent) == 1 for recipe in tried)
        draws = keyed(self._seed, 1, children, *parent)
        strayed = draws.gumbel(0.0, self.setting.temperature, (self.setting.ideas, _LEVELS))
        best: tuple[float, PlayedProposal] | None = None
        for idea, level in product(range(self.setting.ideas), range(_LEVELS)):
            recipe = (*parent[:idea], level, *parent[idea + 1 :])
            if recipe in tried or recipe == parent:
                continue
            name = f"idea{idea}:{level}"
            hunch = float(self._hunch[idea])
            if parent[idea] != _OFF:
                hunch *= _TUNE
            elif level != 1:
                hunch -= _UNUSUAL
            thought = _opinion(hunch, name, gains) + float(strayed[idea, level])
            if best is None or thought > best[0]:
                best = (thought, PlayedProposal(recipe, name))
        return best[1] if best else None

    def run(self, recipe: Recipe, repeat: int, share: float = 1.0) -> PlayedRun:
        """Trains once: it may crash, be found out, or get item scores.

        A run that is not whole has come only so far on its learning curve, and is scored on as
        large a share of the items, half of them at least.
        """
        draws = keyed(self._seed, 2, repeat, *recipe)
        used = np.array(recipe) >= 0
        if not used.any():
            return self._scored(self._chances, 1.0, draws)
        seconds = 60.0 * float(np.exp(self._price[used].sum() + draws.normal(0.0, 0.1)))
        seconds = min(seconds, 480.0) * share
        crashes = draws.random() < 1.0 - np.prod(1.0 - self._crash[used])
        if crashes and share > _CRASH_AT:
            return PlayedRun("failed", _CRASH_AT * seconds / share)
        if self._cheat[used].any() and draws.random() < 0.7:
            return PlayedRun("invalid", seconds)
        base = self.setting.base
        level = base + (self.truth(recipe) - base) * self._progress(used, share)
        deviation = self.setting.seed_deviation * float(self._steadiness[used].max())
        seeded = _moved(self._chances, self.setting.base, level + draws.normal(0.0, deviation))
        luck = np.clip(self._luck[used].sum(axis=0), -0.5, 0.5)
        chances = seeded + 2.0 * luck * np.minimum(seeded, 1.0 - seeded)  # stays a chance
        flattery = self._flatter[used].sum() + 0.15 * self._cheat[used].any()
        chances[: self.setting.items] += flattery
        return self._scored(chances, seconds, draws, share)

    def _progress(self, used: NDArray[np.bool_], share: float) -> float:
        """How much of its gain a run has made by a share of its steps: an exponential curve."""
        pace = float(np.exp(np.log(self._pace[used]).mean()))
        return float((1.0 - np.exp(-share / pace)) / (1.0 - np.exp(-1.0 / pace)))

    def _scored(
        self,
        chances: NDArray[np.float64],
        seconds: float,
        draws: np.random.Generator,
        share: float = 1.0,
    ) -> PlayedRun:
        right = (draws.random(len(chances)) < chances).astype(float)
        validation, test = right[: self.setting.items], right[self.setting.items :]
        validation = validation[: round(self.setting.items * max(0.5, share))]
        score = float(validation.mean())
        return PlayedRun("scored", seconds, score, named_items(validation), named_items(test))

    def _score(self, logit: float) -> float:
        base = self.setting.base
        return float(1.0 / (1.0 + (1.0 / base - 1.0) * np.exp(-logit)))


@lru_cache(maxsize=2)
def _subsets(count: int) -> NDArray[np.float64]:
    """All sets of so many ideas, one a row."""
    return np.array(list(product((0.0, 1.0), repeat=count)))


def _opinion(hunch: float, name: str, gains: Mapping[str, tuple[float, int]]) -> float:
    """A hunch, and what was measured of the idea elsewhere, which counts the more often it was."""
    about = name.partition(":")[0]
    mean, times = gains.get(name) or gains.get(about, (0.0, 0))
    weight = times if name in gains else times / 2.0
    seen = 4.0 * mean  # a point of accuracy near one half is four hundredths of log-odds
    return (hunch + weight * seen) / (1.0 + weight)


def _steps(recipe: Recipe, parent: Recipe) -> int:
    """In how many ideas two recipes differ."""
    return sum(a != b for a, b in zip(recipe, parent, strict=True))


def _moved(chances: NDArray[np.float64], base: float, level: float) -> NDArray[np.float64]:
    """Chances of mean `base` moved to mean `level`: wrong answers mended, or right ones spoilt."""
    if level >= base:
        return chances + (1.0 - chances) * min(1.0, (level - base) / (1.0 - base))
    return chances * max(0.0, level / base)
