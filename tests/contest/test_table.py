import re
from dataclasses import replace
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.contest import page, run
from ftassist.contest.plan import keep
from ftassist.contest.table import value
from ftassist.records.metric import Metric

from .conftest import small


def line(text: str, start: str) -> str:
    """The first row of a table that begins so."""
    return next(found for found in text.splitlines() if found.startswith(f"| {start} |"))


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next."""
    return text.split(f"## {title}", 1)[1].split("\n## ", 1)[0]


def test_the_page_has_tasks_by_agents_with_intervals_and_wins(
    tmp_path: Path, simulated: list[str]
) -> None:
    run(small("base", "plain", "playbook"), tmp_path)
    text = page(tmp_path)
    sealed = section(text, "Sealed test")
    assert "| task | metric | base | plain | playbook |" in sealed
    cells = line(sealed, "mini_math").split("|")[3:6]
    assert re.search(r"20\.0 \[", cells[0])
    assert all(re.search(r"\d\d\.\d \[\d\d\.\d, \d\d\.\d\] \(2 seeds\)", c) for c in cells[1:])
    wins = line(sealed, "**paired wins**")
    assert "0 won, 2 lost" in wins and "2 won, 0 lost" in wins
    assert "All 5 campaigns are finished" in text


def test_costs_failures_and_cheats_are_told(tmp_path: Path, simulated: list[str]) -> None:
    run(small("base", "playbook"), tmp_path)
    text = section(page(tmp_path), "What it took")
    assert line(text, "mini_math | playbook").split("|")[5:9] == [" 4 ", " 0 ", " 0 ", " 0 "]
    assert "1 of 1" in line(text, "mini_math | base")


def test_an_unfinished_contest_says_what_is_missing(tmp_path: Path, simulated: list[str]) -> None:
    run(small("base", seeds=1), tmp_path)
    asked = replace(small("base", "plain", seeds=1), tasks=("mini_math", "mini_tables"))
    keep(asked, tmp_path)
    text = page(tmp_path)
    assert "**Not finished**: 1 of 4 campaigns" in text
    sealed = section(text, "Sealed test")
    assert line(sealed, "mini_math").count("not finished") == 1
    assert line(sealed, "mini_tables").count("not finished") == 2


def test_an_ablation_has_a_table_of_its_own_and_is_no_column_of_the_main_one(
    tmp_path: Path, simulated: list[str]
) -> None:
    run(small("plain", "playbook", ablations={"rows": (600,)}), tmp_path)
    text = page(tmp_path)
    assert "600" not in section(text, "Sealed test")
    assert "600" not in section(text, "Against each other")
    found = section(text, "Ablation: training rows of a trial")
    assert r"playbook \[rows=600\]" in found and r"plain \[rows=600\]" in found
    assert (
        Campaign.open(
            tmp_path / next(p for p in tmp_path.glob("campaigns/*/playbook-rows*/seed-0"))
        ).state.budget.rows
        == 600
    )


def test_quoted_figures_stand_apart_with_their_source(
    tmp_path: Path, simulated: list[str]
) -> None:
    run(small("base", seeds=1), tmp_path)
    before, _, quoted = page(tmp_path).partition("## Quoted from a paper, not measured here")
    assert "2603.01712" in quoted and "29.3" in quoted
    assert "FT-Agent (quoted)" in quoted
    assert "FT-Agent" not in before


def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    keep(small("chain:<b>x|y</b>`", seeds=1), tmp_path)
    text = page(tmp_path)
    assert "<b>" not in text
    assert r"chain:\<b\>x\|y\</b\>\`" in text


@pytest.mark.parametrize(
    ("metric", "shown"),
    [
        (Metric("accuracy"), "12.5"),
        (Metric("f1", binary=False, fraction=True), "12.5"),
        (Metric("mae", higher_is_better=False, binary=False), "0.125"),
        (Metric("error", binary=False, unit="kg"), "0.125"),
    ],
)
def test_a_score_is_shown_as_its_metric_is_read(metric: Metric, shown: str) -> None:
    assert value(0.125, metric) == shown
    assert value(0.125, metric, signed=True) == f"+{shown}"
