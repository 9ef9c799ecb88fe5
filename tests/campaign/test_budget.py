"""Budgets: positive, and spent when a limit is reached."""

from __future__ import annotations

import math

import pytest

from ftassist.campaign.budget import longest, spent
from ftassist.errors import BudgetError
from ftassist.journal import State, Trial
from ftassist.records.budget import Budget
from ftassist.records.device import ClusterNode, Gpu


@pytest.mark.parametrize("field", ["trials", "rows", "seconds"])
@pytest.mark.parametrize("value", [0, -1, math.nan, "many", True])
def test_a_budget_that_leaves_nothing_to_do_is_refused(field: str, value: object) -> None:
    with pytest.raises(BudgetError) as error:
        Budget(**{field: value})  # type: ignore[arg-type]
    assert error.value.where == f"budget.{field}"


def test_a_budget_survives_json() -> None:
    budget = Budget(trials=3, rows=100, seconds=60.5)
    assert Budget.of(budget.to_dict()) == budget


def test_the_budget_is_spent_when_all_trials_are_used() -> None:
    budget = Budget(trials=2, seconds=1000)
    trials = {f"t{n:04d}": Trial(id=f"t{n:04d}", status="scored") for n in (1, 2)}
    one = State(budget=budget, trials={"t0001": trials["t0001"]})
    assert spent(one) == ""
    assert "2 trials" in spent(State(budget=budget, trials=trials))


def test_the_budget_is_spent_when_its_seconds_are_used() -> None:
    slow = Trial(id="t0001", status="failed", started=100.0, finished=161.0)
    state = State(budget=Budget(trials=9, seconds=60), trials={"t0001": slow})
    assert "60 s" in spent(state)


def test_the_budget_is_spent_when_its_device_hours_are_used() -> None:
    hour = Trial(id="t0001", status="scored", started=0.0, finished=3600.0)
    half = {"status": "scored", "started": 0.0, "finished": 1800.0}
    wide = Trial(id="t0002", node=ClusterNode(devices=("0", "1")), **half)  # type: ignore[arg-type]
    here = Trial(id="t0003", gpu=Gpu(count=4), **half)  # type: ignore[arg-type]
    assert (hour.devices, wide.devices) == (1, 2)
    assert here.device_hours == pytest.approx(2.0)
    budget = Budget(trials=9, seconds=10**6, device_hours=2.0)
    state = State(budget=budget, trials={"t0001": hour})
    assert (spent(state), state.seconds_left) == ("", 3600.0)
    state = State(budget=budget, trials={"t0001": hour, "t0002": wide})
    assert state.device_hours_used == pytest.approx(2.0)
    assert "2 device-hours" in spent(state)


@pytest.mark.parametrize("value", [0, -1.0, math.nan, "many"])
def test_a_cap_on_device_hours_leaves_something_to_do(value: object) -> None:
    with pytest.raises(BudgetError) as error:
        Budget(device_hours=value)  # type: ignore[arg-type]
    assert error.value.where == "budget.device_hours"


def test_a_stage_is_bounded_by_the_smaller_cap_on_all_of_them() -> None:
    assert longest(Budget(seconds=500.0)) == 500.0
    assert longest(Budget(seconds=500.0, device_hours=0.1)) == pytest.approx(360.0)


def test_a_budget_from_before_there_was_such_a_cap_has_none() -> None:
    assert Budget.of({"trials": 3, "rows": 9, "seconds": 60.0, "usd": 1.0}).device_hours is None
