"""Splits: seeded, disjoint, near-duplicates on one side, views in proportion."""

from __future__ import annotations

import random

from ftassist.dojo.record import Record
from ftassist.dojo.splits import divide
from ftassist.dojo.task import Splits


def records(count: int, view: str = "all", start: int = 0) -> list[Record]:
    """Records that have nothing in common but their frame."""
    made = []
    for number in range(start, start + count):
        draw = random.Random(number)
        words = " ".join(f"w{draw.randrange(10**6)}" for _ in range(12))
        made.append(Record(f"{view}{number}", view, {"text": f"What is said here: {words}?"}))
    return made


def names(found: list[Record]) -> set[str]:
    return {record.id for record in found}


def test_ours_has_the_wanted_sizes_and_nothing_twice() -> None:
    divided = divide(records(100), Splits(30, 40, ""), "ours")
    parts = [names(divided.validation), names(divided.test), names(divided.unused)]
    assert [len(part) for part in parts] == [30, 40, 30]
    assert len(set.union(*parts)) == 100


def test_ours_does_not_depend_on_the_order_of_records() -> None:
    rows = records(60)
    one = divide(rows, Splits(20, 20, ""), "ours")
    other = divide(rows[::-1], Splits(20, 20, ""), "ours")
    assert names(one.validation) == names(other.validation)
    assert names(one.test) == names(other.test)


def test_near_duplicates_are_on_one_side() -> None:
    rows = records(40)
    copies = [
        Record(f"copy{i}", "all", {"text": str(row.doc["text"]).upper().replace("?", " ?")})
        for i, row in enumerate(rows)
    ]
    divided = divide(rows + copies, Splits(30, 30, ""), "ours")
    twins = {row.id: copy.id for row, copy in zip(rows, copies, strict=True)}
    sides = [names(divided.validation), names(divided.test), names(divided.unused)]
    for pair in twins.items():
        assert sum(bool(set(pair) & side) for side in sides) == 1, pair


def test_views_keep_their_proportions() -> None:
    rows = records(80, "big") + records(20, "small", start=1000)
    divided = divide(rows, Splits(25, 25, ""), "ours")
    assert sum(record.view == "small" for record in divided.validation) == 5
    assert sum(record.view == "small" for record in divided.test) == 5


def test_short_data_is_shared_out_in_the_wanted_proportion() -> None:
    divided = divide(records(30), Splits(100, 200, ""), "ours")
    assert (len(divided.validation), len(divided.test)) == (10, 20)


def test_released_takes_the_first_and_last_of_each_view_in_order() -> None:
    rows = records(250, "a") + records(7, "b", start=1000)
    divided = divide(rows, None, "released")
    assert [r.id for r in divided.validation] == [f"a{i}" for i in range(100)] + [
        f"b{i}" for i in range(1000, 1003)
    ]
    assert [r.id for r in divided.test] == [f"a{i}" for i in range(150, 250)] + [
        f"b{i}" for i in range(1004, 1007)
    ]
