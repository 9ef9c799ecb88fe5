"""Plays every policy in every world, over the same seeds, and keeps what came of it as rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from ftassist.errors import FtassistError, UnknownNameError
from ftassist.search.policies import POLICIES, policy_by_name
from ftassist.search.verdict import Verdict
from ftassist.simulate.ideas import CALM, NOISY, NULL, IdeaWorld, Setting
from ftassist.simulate.lattice import NAME as LATTICE
from ftassist.simulate.lattice import LatticeWorld, load_lattice
from ftassist.simulate.playing import curve, play
from ftassist.simulate.tables import TABLES, TableWorld, load_table
from ftassist.simulate.world import World

IDEAS: dict[str, Setting] = {"noisy tree": NOISY, "calm tree": CALM, "null": NULL}
NULL_WORLD = "null"
OURS = (*IDEAS, LATTICE)
"""Worlds that come with the package; the others are tables of the extra `bench`."""
FIRST_SEED = 1000
"""Seeds below it are for trying things out; what is published was never looked at before."""
SHARES = tuple(step / 12.0 for step in range(1, 13))
"""Points of the anytime curve, as shares of the seconds."""
RUNS = tuple(float(runs) for runs in range(1, 31))
"""Points of the curve by runs."""


@dataclass(frozen=True)
class BenchRow:
    """One campaign.

    Attributes:
        world: The world's name.
        policy: The policy's name.
        workers: Runs at once.
        seed: Draws the world.
        regret: Of the recommended trial at the end: how much of the way from the base to the
            best recipe there is it falls short; 0 in a world without a way.
        curve: Regret at each of `SHARES`.
        by_runs: Regret after each of `RUNS`.
        runs: Runs that ended.
        wall: Time the campaign took, as a share of its seconds.
        cheated: Whether a cheat is recommended.
        claimed: Whether an improvement over the base is claimed.
        false_claim: Whether that is wrong.
        false_sealed: Whether the sealed test wrongly says "better".
        choosing: Seconds of this machine for the whole campaign.
    """

    world: str
    policy: str
    workers: int
    seed: int
    regret: float
    curve: tuple[float, ...]
    by_runs: tuple[float, ...]
    runs: int
    wall: float
    cheated: bool
    claimed: bool
    false_claim: bool
    false_sealed: bool
    choosing: float

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class BenchPlan:
    """What is played: all policies in all worlds at all numbers of workers.

    Tables of real runs, which take longest, are played at the first number of workers only.

    Attributes:
        policies: Names.
        worlds: Names of `OURS` and of tables.
        workers: Numbers of runs at once.
        seeds: Campaigns of each.
        null_seeds: Campaigns of each in the null world.
        table_seeds: Campaigns of each on each table.
    """

    policies: tuple[str, ...]
    worlds: tuple[str, ...]
    workers: tuple[int, ...] = (1,)
    seeds: int = 100
    null_seeds: int = 400
    table_seeds: int = 25

    def __post_init__(self) -> None:
        known = all_worlds()
        for world in self.worlds:
            if world not in known:
                raise UnknownNameError.of("world", world, known)
        for policy in self.policies:
            policy_by_name(policy)
        if min(self.seeds, self.null_seeds, self.table_seeds, *self.workers) < 1:
            raise FtassistError(
                "nothing to play",
                where=f"{self.seeds} seeds, {self.workers} workers",
                fix="give numbers above zero",
            )

    def cells(self) -> list[tuple[str, int, str]]:
        """(World, workers, policy), world by world: a table is read once."""
        return [
            (world, workers, policy)
            for world in self.worlds
            for workers in (self.workers if world in OURS else self.workers[:1])
            for policy in self.policies
        ]


def all_policies() -> tuple[str, ...]:
    """The policies that are compared when none is named."""
    return tuple(sorted(POLICIES))


def all_worlds() -> tuple[str, ...]:
    """The names of all worlds."""
    return (*OURS, *(table for tables in TABLES.values() for table in tables))


def named_worlds(names: Sequence[str]) -> tuple[str, ...]:
    """The worlds of these names; "tables" stands for all tables, none for all of `IDEAS`."""
    tables = tuple(table for tables in TABLES.values() for table in tables)
    found: list[str] = []
    for name in names or IDEAS:
        found += tables if name == "tables" else [name]
    return tuple(dict.fromkeys(found))


def reference(plan: BenchPlan, name: str) -> str:
    """The policy that others are compared with: the one named, else ftassist or the first.

    Raises:
        UnknownNameError: The one named is not among those that are played.
    """
    if name and name not in plan.policies:
        raise UnknownNameError.of("policy among those played", name, plan.policies)
    return name or ("ftassist" if "ftassist" in plan.policies else plan.policies[0])


def numbers(texts: Sequence[str]) -> tuple[int, ...]:
    """Whole numbers out of texts.

    Raises:
        FtassistError: One is no whole number, or there is none.
    """
    wrong = [text for text in texts if not text.isdecimal()]
    if wrong or not texts:
        raise FtassistError(
            f"not a whole number: {', '.join(wrong) or 'nothing'}",
            where="--workers",
            fix="give numbers such as 1,4,16",
        )
    return tuple(int(text) for text in texts)


def run_plan(
    plan: BenchPlan, first_seed: int, jobs: int, told: Callable[[str], None] = lambda _: None
) -> list[BenchRow]:
    """Plays the whole plan, on several processes if asked to."""
    for table in [world for world in plan.worlds if world not in OURS][:1]:
        load_table(table)  # fails here, and not in another process, where it is not installed
    cells = [(*cell, _seeds(plan, cell[0], first_seed)) for cell in plan.cells()]
    rows: list[BenchRow] = []
    for cell, found in zip(cells, _played(cells, jobs), strict=True):
        rows += found
        told(f"{cell[0]}, {cell[1]} workers, {cell[2]}: {len(found)} campaigns")
    return rows


def play_cell(cell: tuple[str, int, str, Sequence[int]]) -> list[BenchRow]:
    """Plays one policy in one world with one number of workers, once a seed."""
    world, workers, policy, seeds = cell
    return [play_row(world, workers, policy, seed) for seed in seeds]


def play_row(name: str, workers: int, policy: str, seed: int) -> BenchRow:
    """Plays one campaign."""
    world = make_world(name, seed)
    began = time.process_time()
    played = play(world, policy_by_name(policy), workers)
    took = time.process_time() - began
    points = {"seconds": tuple(world.seconds * share for share in SHARES), "runs": RUNS}
    way = world.best - world.truth(world.base)

    def missed(score: float) -> float:
        return (world.best - score) / way if way > 1e-9 else 0.0

    at = {axis: tuple(map(missed, found)) for axis, found in curve(played, points).items()}
    claimed = _better(played.claim)
    return BenchRow(
        name,
        policy,
        workers,
        seed,
        missed(played.moments[-1].score),
        at["seconds"],
        at["runs"],
        played.moments[-1].runs,
        played.wall / world.seconds,
        played.cheated,
        claimed,
        claimed and not played.helps,
        _better(played.sealed) and not played.helps,
        took,
    )


def _better(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.kind == "better"


def make_world(name: str, seed: int) -> World:
    """One draw of a world."""
    if name in IDEAS:
        return IdeaWorld(IDEAS[name], seed)
    if name == LATTICE:
        return LatticeWorld(load_lattice(), seed)
    return TableWorld(load_table(name), seed)


def _seeds(plan: BenchPlan, world: str, first_seed: int) -> tuple[int, ...]:
    count = plan.table_seeds
    if world in OURS:
        count = plan.null_seeds if world == NULL_WORLD else plan.seeds
    return tuple(range(first_seed, first_seed + count))


def _played(
    cells: Sequence[tuple[str, int, str, Sequence[int]]], jobs: int
) -> Iterator[list[BenchRow]]:
    if jobs == 1:
        yield from map(play_cell, cells)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(play_cell, cells)
