from __future__ import annotations

import pytest

from ftassist.errors import FtassistError, UnknownNameError
from ftassist.simulate.bench import BenchPlan, all_policies, named_worlds, numbers, run_plan
from ftassist.simulate.tables import TABLES
from ftassist.statistics.intervals import wilson_interval


def test_policies_are_played_on_the_same_seeds() -> None:
    plan = BenchPlan(("greedy", "random"), ("noisy tree",), (1, 4), seeds=2, null_seeds=1)
    rows = run_plan(plan, first_seed=5, jobs=1)
    assert [(r.workers, r.policy, r.seed) for r in rows] == [
        (workers, policy, seed)
        for workers in (1, 4)
        for policy in ("greedy", "random")
        for seed in (5, 6)
    ]


def test_several_processes_find_what_one_finds() -> None:
    plan = BenchPlan(("greedy",), ("noisy tree", "calm tree"), seeds=1, null_seeds=1)
    one, two = (run_plan(plan, 0, jobs) for jobs in (1, 2))
    assert [{**r.to_dict(), "choosing": 0} for r in one] == [
        {**r.to_dict(), "choosing": 0} for r in two
    ]


def test_the_null_world_has_seeds_of_its_own_number() -> None:
    plan = BenchPlan(("random",), ("null",), seeds=1, null_seeds=3)
    rows = run_plan(plan, 0, 1)
    assert len(rows) == 3
    assert {row.regret for row in rows} == {0.0}


def test_tables_are_played_at_the_first_number_of_workers_only() -> None:
    plan = BenchPlan(("random",), ("calm tree", "phoneme"), (1, 4))
    assert plan.cells() == [
        ("calm tree", 1, "random"),
        ("calm tree", 4, "random"),
        ("phoneme", 1, "random"),
    ]


def test_unknown_worlds_and_policies_name_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="nosy tree"):
        BenchPlan(("greedy",), ("nosy tree",))
    with pytest.raises(UnknownNameError, match="gredy"):
        BenchPlan(("gredy",), ("null",))


def test_tables_stands_for_all_tables() -> None:
    assert len(named_worlds(["tables"])) == sum(map(len, TABLES.values())) == 15
    assert named_worlds([]) == ("noisy tree", "calm tree", "null")


def test_what_is_no_number_of_workers_is_refused() -> None:
    assert numbers(["1", "16"]) == (1, 16)
    with pytest.raises(FtassistError, match="four"):
        numbers(["1", "four"])


@pytest.mark.slow
@pytest.mark.parametrize("policy", all_policies())
def test_where_nothing_helps_at_most_5_percent_of_campaigns_claim_it(policy: str) -> None:
    plan = BenchPlan((policy,), ("null",), (4,), null_seeds=100)
    rows = run_plan(plan, first_seed=50_000, jobs=1)
    assert sum(row.false_claim for row in rows) <= 5
    # A test at the level of 5 %: a hundred campaigns may show more by chance, not clearly more.
    assert wilson_interval(sum(row.false_sealed for row in rows), len(rows))[0] < 0.05
