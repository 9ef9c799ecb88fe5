"""Rows are looked at once; what they show as a group is judged each time."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from ftassist.dojo.evaluator import leak_memory
from ftassist.dojo.evaluator.leak_memory import LeakMemory
from ftassist.dojo.leakage import LeakIndex, RowReading

ITEMS = [
    f"Ada buys {a} packs with {a + 31} pens each. {a + 7} are broken. How many are good now?"
    for a in range(20, 60)
]
TRANSLATED = [
    "Ada kauft {} Kisten mit je {} Stiften. {} sind kaputt. Wie viele sind noch gut?".format(
        *re.findall(r"\d+", item)
    )
    for item in ITEMS
]
OWN = [f"Tom walks {a} miles, then {a + 2} miles. How far is that?" for a in range(2, 12)]


class Counting(LeakIndex):
    """An index that counts the rows it looks at."""

    looked = 0

    def read(self, rows: Sequence[str]) -> list[RowReading]:
        self.looked += len(rows)
        return super().read(rows)


@pytest.fixture
def index() -> Counting:
    return Counting.build({"prompt": item} for item in ITEMS)


def test_a_row_is_looked_at_once(index: Counting) -> None:
    memory = LeakMemory(index)
    rows = [*OWN, ITEMS[3], OWN[0], ITEMS[3]]
    first = memory.find(rows)
    assert index.looked == len({*rows})
    assert [(leak.row, leak.kind) for leak in first] == [(10, "exact"), (12, "exact")]
    again = memory.find([*rows[5:], "Something else"])
    assert [leak.row for leak in again] == [5, 7]
    assert index.looked == len({*rows}) + 1
    assert memory.find([]) == []


def test_what_rows_show_as_a_group_is_judged_anew(index: Counting) -> None:
    memory = LeakMemory(index)
    found = memory.find([*OWN, *TRANSLATED])
    assert {leak.kind for leak in found} == {"numbers"}
    assert found == index.find([*OWN, *TRANSLATED])
    looked = index.looked
    assert memory.find(TRANSLATED[:1]) == []
    assert memory.find(OWN) == []
    assert index.looked == looked


def test_rows_beyond_the_most_are_forgotten(
    index: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leak_memory, "MOST", 8)
    memory = LeakMemory(index)
    assert [leak.row for leak in memory.find([*OWN, ITEMS[0]])] == [10]
    assert [leak.row for leak in memory.find([OWN[0], ITEMS[0]])] == [1]
    looked = index.looked
    memory.find([OWN[0], ITEMS[0]])
    assert index.looked == looked
