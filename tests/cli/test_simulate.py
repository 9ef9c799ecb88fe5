from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from ftassist.cli import app
from ftassist.simulate.page import BEGIN, END


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *words], env={"COLUMNS": "140"})


def test_policies_are_compared_in_a_table() -> None:
    result = run("--policies", "greedy,random", "--worlds", "noisy tree", "--seeds", "2")
    assert result.exit_code == 0, result.output
    assert "| world | workers | `greedy` | `random` |" in result.stdout


def test_the_rows_are_there_for_programs() -> None:
    result = run("--policies", "greedy", "--worlds", "null", "--null-seeds", "2", "--json")
    assert [row["policy"] for row in json.loads(result.stdout)] == ["greedy", "greedy"]


def test_a_page_gets_tables_and_pictures(tmp_path: Path) -> None:
    page = tmp_path / "search.md"
    page.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    result = run("--policies", "greedy", "--worlds", "noisy tree", "--seeds", "1",
                 "--write", str(page))  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "images/search-seconds.svg" in page.read_text(encoding="utf-8")
    assert (tmp_path / "images" / "search-runs.svg").stat().st_size > 1000


def test_an_unknown_world_is_a_message_not_a_trace() -> None:
    result = run("--worlds", "nosy tree", "--seeds", "1")
    assert result.exit_code == 2
    assert "there is no world 'nosy tree'" in result.stderr
    assert "noisy tree" in result.stderr


def test_a_page_without_a_place_is_refused_before_anything_is_played(tmp_path: Path) -> None:
    result = run("--write", str(tmp_path / "none.md"), "--seeds", "1")
    assert result.exit_code == 2
    assert "no place" in result.stderr
    assert "campaigns" not in result.stderr
