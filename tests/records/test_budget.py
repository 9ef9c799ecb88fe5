"""A budget is read from cards, events and older journals, and refused where it leaves nothing."""

from __future__ import annotations

import pytest

from ftassist.errors import BudgetError
from ftassist.records.budget import Budget


def test_a_journal_without_a_limit_gets_the_usual_one() -> None:
    assert Budget.of({"trials": 3, "rows": 90, "seconds": 60}) == Budget(3, 90, 60, 5.0)


def test_what_it_does_not_know_is_ignored() -> None:
    assert Budget.of({"trials": 3, "tokens": 10}) == Budget(3)


def test_it_is_written_whole() -> None:
    assert Budget.of(Budget(2, 50, 9.5, 1.0).to_dict()) == Budget(2, 50, 9.5, 1.0)


def test_a_limit_of_nothing_is_refused_by_name() -> None:
    with pytest.raises(BudgetError, match="0 rows") as caught:
        Budget(rows=0)
    assert caught.value.where == "budget.rows"
