"""Budgets: positive, and spent when a limit is reached."""

from __future__ import annotations

import math

import pytest

from ftassist.campaign.budget import spent
from ftassist.errors import BudgetError
from ftassist.journal import State, Trial
from ftassist.records.budget import Budget


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
