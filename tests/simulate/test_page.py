from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ftassist.errors import DataError
from ftassist.simulate import page
from ftassist.simulate.bench import RUNS, SHARES, BenchPlan, BenchRow
from ftassist.simulate.summary import standings

ROW = BenchRow(
    "noisy tree", "a", 1, 0, 0.2, (0.5,) * len(SHARES), (0.5,) * len(RUNS), 20, 1.0, False, True,
    False, False, 0.01,
)  # fmt: skip


def rows() -> list[BenchRow]:
    """Policy b misses 10 points more than a on every seed; c as often more as less."""
    found = []
    for seed in range(10):
        own = replace(ROW, seed=seed, regret=0.2 + 0.01 * seed)
        beside = own.regret + 0.05 * (-1) ** seed
        found += [own, replace(own, policy="b", regret=own.regret + 0.1)]
        found.append(replace(own, policy="c", regret=beside))
    return found


def test_a_difference_is_bold_only_where_its_interval_leaves_out_zero() -> None:
    table = page.tables(standings(rows(), "a"), "a")
    assert "| 24.5 | **+10.0 [10.0, 10.0]** | +0.0 [" in table


def test_differences_are_paired_over_seeds() -> None:
    by_name = {one.policy: one for one in standings(rows(), "a")}
    against = by_name["b"].against
    assert against is not None
    assert against.high - against.low < 1e-9 < by_name["b"].regret.high - by_name["b"].regret.low


def test_wrong_claims_of_the_null_world_are_rates_with_intervals() -> None:
    null = [replace(ROW, world="null", seed=n, false_claim=n < 2) for n in range(100)]
    assert "| 2.0% [0.6%, 7.0%] | 0.0% [0.0%, 3.7%] | 100 |" in page.tables(
        standings(null, "a"), "a"
    )


def test_a_section_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "search.md"
    path.write_text(
        f"before\n{page.BEGIN}\nwhat was measured before\n{page.END}\nafter\n", encoding="utf-8"
    )
    plan = BenchPlan(("greedy",), ("null",), seeds=10, null_seeds=20)
    page.write_section(path, page.section(plan, rows(), "a", "2026-11-29", 5, ""))
    text = path.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("\nafter\n")
    assert "measured before" not in text
    assert "seeds 5 to 14 (to 24 in the null world)" in text


def test_a_page_without_a_place_for_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.md"
    path.write_text("nothing", encoding="utf-8")
    with pytest.raises(DataError, match="no place"):
        page.write_section(path, "text")


def test_the_same_rows_draw_the_same_pictures(tmp_path: Path) -> None:
    first, second = (page.draw(rows(), tmp_path / name) for name in "ab")
    assert [path.name for path in first] == ["search-seconds.svg", "search-runs.svg"]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
