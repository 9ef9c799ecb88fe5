"""A world of real trainings made for it: `lattice.json`, as `benchmarks/lattice.py` recorded them.

A grid of data, rows, epochs, rate and method, every cell trained on two seeds and scored at a
quarter, at a half and at its end; the first two on half of the items, as campaigns do it. The
model is the table's (`tiny`, a stand-in of 1.8 million parameters, or one that people
fine-tune). Unlike the tables of other people's runs it has item scores,
so trials get verdicts, and rungs. The truth is the mean over the seeds on the task's test items,
which no campaign sees. A campaign draws the items that select, with replacement, out of all that
were answered, and where it begins; a third run of a cell is one of the two again. It may spend
what ten runs of middling length take: on a grid this small a larger one would try everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ftassist.errors import DataError
from ftassist.files import read_json
from ftassist.simulate.tables import BenchmarkTable, TableWorld
from ftassist.simulate.world import PlayedRun, Recipe, keyed, named_items

TABLE = Path(__file__).with_name("lattice.json")
NAME = "lattice"
RUNS = 10
SELECTING = 0.75
"""Share of the items that select in a campaign, as where a quarter is shown."""

Items = NDArray[np.float64]


@dataclass(frozen=True)
class Lattice:
    """The recorded runs.

    Attributes:
        table: The grid, with each run's score on the test items, and its whole seconds.
        rungs: How far each run was scored, as shares of a whole one.
        seconds: Seconds to each rung: cell, seed, rung.
        validation: Answers to the validation items, 1 for a right one: cell, seed, rung, item;
            in part only those of `partial` count.
        partial: Places of the items that runs in part were scored on.
        test: The same to the test items, at the end: cell, seed, item.
    """

    table: BenchmarkTable
    rungs: tuple[float, ...]
    seconds: NDArray[np.float64]
    validation: Items
    partial: NDArray[np.int64]
    test: Items


@lru_cache(maxsize=1)
def load_lattice(file: Path = TABLE) -> Lattice:
    """Reads the recorded runs.

    Raises:
        DataError: A cell of the grid lacks a run, or the file is none of the kind.
    """
    told = read_json(file)
    knobs = told["knobs"]
    sizes = tuple(len(values) for values in knobs.values())
    seeds, rungs, items = len({run["seed"] for run in told["runs"]}), told["rungs"], told["items"]
    cells = int(np.prod(sizes))
    if len(told["runs"]) != cells * seeds:
        raise DataError(
            f"{len(told['runs'])} runs are no grid of {cells} cells and {seeds} seeds",
            where=file.name,
            fix="make it again with `python -m benchmarks.lattice --write`",
        )
    seconds = np.zeros((cells, seeds, len(rungs)))
    validation = np.zeros((cells, seeds, len(rungs), items))
    partial = np.array(told["partial"])
    test = np.zeros((cells, seeds, items))
    for run in told["runs"]:
        at = int(np.ravel_multi_index(run["place"], sizes)), run["seed"]
        seconds[at] = run["seconds"]
        *early, end = run["validation"]
        validation[at][:-1][:, partial] = [unpacked(text, len(partial)) for text in early]
        validation[at][-1] = unpacked(end, items)
        test[at] = unpacked(run["test"], items)
    ordered = tuple(all(isinstance(v, int | float) for v in values) for values in knobs.values())
    table = BenchmarkTable(tuple(knobs), sizes, test.mean(axis=2), seconds[:, :, -1], ordered)
    return Lattice(table, tuple(rungs), seconds, validation, partial, test)


class LatticeWorld(TableWorld):
    """One campaign on the recorded runs: where it begins, and its items, are drawn."""

    def __init__(self, lattice: Lattice, seed: int) -> None:
        super().__init__(lattice.table, seed)
        self._lattice = lattice
        count = lattice.test.shape[-1]
        draws = keyed(seed, 3)
        selecting = round(SELECTING * count)
        self._selecting = draws.integers(0, count, selecting)
        self._partial = draws.choice(lattice.partial, selecting // 2)
        self._sealed = draws.integers(0, count, count)

    @property
    def seconds(self) -> float:
        """What `RUNS` runs of middling length take."""
        return RUNS * float(np.median(self._lattice.seconds[:, :, -1]))

    @property
    def rungs(self) -> tuple[float, ...]:
        """How far the recorded runs were scored."""
        return self._lattice.rungs

    def run(self, recipe: Recipe, repeat: int, share: float = 1.0) -> PlayedRun:
        """A recorded run, on this campaign's items; in part, on half as many."""
        place, seed = self._stored(recipe, repeat)
        rung = self._lattice.rungs.index(share)
        chosen = self._selecting if share == 1.0 else self._partial
        right = self._lattice.validation[place, seed, rung][chosen]
        sealed = named_items(self._lattice.test[place, seed][self._sealed])
        seconds = float(self._lattice.seconds[place, seed, rung])
        return PlayedRun("scored", seconds, float(right.mean()), named_items(right), sealed)


def packed(scores: list[float]) -> str:
    """Right and wrong answers as hexadecimal text, eight a pair of digits.

    >>> packed([1.0, 0.0, 1.0])
    'a0'
    """
    return np.packbits(np.asarray(scores) > 0.5).tobytes().hex()


def unpacked(text: str, count: int) -> Items:
    """The answers of `packed`, 1 for a right one."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(text), dtype=np.uint8))
    return bits[:count].astype(np.float64)
