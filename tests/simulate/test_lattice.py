"""The world of recorded trainings, on a small grid made here, and the table of the package."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ftassist.errors import DataError
from ftassist.search.policies import policy_by_name
from ftassist.simulate.lattice import (
    LatticeWorld,
    load_lattice,
    packed,
    unpacked,
)
from ftassist.simulate.playing import play

HALF = {"partial": list(range(0, 320, 2))}


def recorded() -> dict[str, Any]:
    """Four values of one knob and three of another; more of either is better, later rungs too."""
    draws = np.random.default_rng(0)
    runs = []
    for place, seed in product(product(range(4), range(3)), (0, 1)):
        level = 0.1 + 0.1 * sum(place)
        part = [draws.random(160) < level * share for share in (0.5, 0.8)]
        items = [*part, draws.random(320) < level]
        test = draws.random(320) < level
        bits = [packed(list(map(float, part))) for part in (*items, test)]
        seconds = [2.0, 4.0, 8.0 + seed]
        run = {"place": place, "seed": seed, "seconds": seconds}
        runs.append({**run, "validation": bits[:3], "test": bits[3]})
    knobs = {"rows": [1, 2, 3, 4], "method": ["lora", "full", "none"]}
    return {"knobs": knobs, "rungs": [0.25, 0.5, 1.0], "items": 320, "runs": runs, **HALF}


@pytest.fixture
def world(tmp_path: Path) -> LatticeWorld:
    file = tmp_path / "lattice.json"
    file.write_text(json.dumps(recorded()))
    return LatticeWorld(load_lattice(file), seed=3)


def test_answers_come_back_as_they_were_packed() -> None:
    answers = [float(i % 3 == 0) for i in range(21)]
    assert unpacked(packed(answers), 21).tolist() == answers


def test_a_run_in_part_costs_less_and_is_scored_on_half_of_the_items(world: LatticeWorld) -> None:
    part, whole = world.run((3, 1), 0, 0.25), world.run((3, 1), 0)
    assert (part.seconds, whole.seconds) in ((2.0, 8.0), (2.0, 9.0))
    assert len(part.validation or {}) == 120
    assert len(whole.validation or {}) == 240
    assert part.score == pytest.approx(np.mean(list((part.validation or {}).values())))


def test_the_truth_is_of_items_that_nobody_sees(world: LatticeWorld, tmp_path: Path) -> None:
    stored = [
        unpacked(run["test"], 320).mean() for run in recorded()["runs"] if run["place"] == (3, 1)
    ]
    assert world.truth((3, 1)) == pytest.approx(np.mean(stored))


def test_campaigns_draw_their_items_and_their_beginning(tmp_path: Path) -> None:
    file = tmp_path / "lattice.json"
    file.write_text(json.dumps(recorded()))
    worlds = [LatticeWorld(load_lattice(file), seed) for seed in range(12)]
    assert len({world.base for world in worlds}) > 1
    assert len({world.run((2, 2), 0).score for world in worlds}) > 1
    assert worlds[0].run((2, 2), 0) == LatticeWorld(load_lattice(file), 0).run((2, 2), 0)


@pytest.mark.parametrize("policy", ["greedy", "asha", "ftassist"])
def test_a_search_gets_nearer_to_the_best_cell(world: LatticeWorld, policy: str) -> None:
    played = play(world, policy_by_name(policy))
    assert played.moments[-1].score > world.truth(world.base) + 0.1
    assert played.claim is not None


def test_a_grid_with_a_hole_is_refused(tmp_path: Path) -> None:
    told = recorded()
    told["runs"].pop()
    file = tmp_path / "hole.json"
    file.write_text(json.dumps(told))
    with pytest.raises(DataError, match="23 runs are no grid of 12 cells and 2 seeds"):
        load_lattice(file)
