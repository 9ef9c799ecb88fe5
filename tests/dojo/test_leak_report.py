"""The leakage report: which rows of a file hold evaluation items, and the span that shows it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ftassist.cli.app import app
from ftassist.dojo.leak_report import leak_report
from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task
from ftassist.errors import DataError
from ftassist.ui.data_text import leak_page

TASK = load_task("mini_math")
ITEM = TASK.items("validation")[3]
CLEAN = {"prompt": "What colour is the sky over the harbour?", "response": "Blue."}


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_leaking_row_is_told_by_number_with_the_span_it_holds(tmp_path: Path) -> None:
    leaking = {"prompt": f"Warm-up. {ITEM['prompt']} Good luck!", "response": "no idea"}
    report = leak_report(TASK, written(tmp_path, CLEAN, leaking))
    [found] = report.leaking
    assert (found.row, found.kind, found.share) == (2, "exact", 1.0)
    assert found.span in leaking["prompt"]
    assert "Good luck" not in found.span
    assert report.items == len(TASK.items("validation")) + len(TASK.items("test"))


def test_nothing_of_an_item_is_told_that_the_row_does_not_hold(tmp_path: Path) -> None:
    leaking = {"prompt": ITEM["prompt"], "response": "no idea"}
    document = json.dumps(leak_report(TASK, written(tmp_path, leaking)).to_dict())
    assert ITEM["id"] not in document
    assert f"boxed{{{ITEM['answer']}}}" not in document
    assert '"answer"' not in document


def test_a_row_that_says_where_it_is_from_is_checked_against_the_known_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.dojo import known_sources

    entry = known_sources.KnownSource(("x/sums",), ("mini_math",), "holds", "all of it", "here")
    monkeypatch.setattr(known_sources, "known_sources", lambda: (entry,))
    named = leak_report(TASK, written(tmp_path, {**CLEAN, "source": "x/sums, part 2"}))
    assert named.known_sources == (
        "x/sums holds evaluation records of mini_math: all of it (here)",
    )
    assert not leak_report(TASK, written(tmp_path, CLEAN)).known_sources


def test_a_file_without_rows_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        leak_report(TASK, tmp_path / "none.jsonl")
    with pytest.raises(DataError, match="nothing to compare"):
        leak_report(TASK, written(tmp_path))


def test_the_command_ends_with_1_where_a_row_leaks_and_with_0_where_none_does(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, CLEAN, {"prompt": ITEM["prompt"], "response": "x"})
    arguments = ["leakage", "mini_math", "--data", str(path)]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 1
    assert "1 of 2 rows" in shown.stdout
    assert "exact" in shown.stdout
    found = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert (found["schema"], found["leaking"][0]["row"]) == ("ftassist/leakage/1", 2)
    clean = CliRunner().invoke(
        app, ["leakage", "mini_math", "--data", str(written(tmp_path, CLEAN))]
    )
    assert clean.exit_code == 0


def test_markup_in_a_span_is_shown_as_text(tmp_path: Path) -> None:
    words = ITEM["prompt"].split()
    path = written(tmp_path, {"prompt": "[bold] " + " ".join(words), "response": "[/bold]"})
    shown = CliRunner().invoke(app, ["leakage", "mini_math", "--data", str(path)])
    assert shown.exit_code == 1


TALE = (
    "{who} walks from the harbour along the old canal, past the mill and the two bridges, and "
    "counts {n} herons on the way; at the lock a boatman says that he has seen as many as that "
    "every morning of this cold and windy spring. How many herons is that in a week?"
)


@pytest.fixture
def tales(tmp_path: Path) -> Task:
    """A task with one long question among others that have nothing in common with it."""
    folder = tmp_path / "tales"
    (folder / "evaluation").mkdir(parents=True)
    prompts = [TALE.format(who="Ada", n=41), *(f"w{i} x{i} y{i} z{i} v{i}" for i in range(9))]
    for split, part in (("validation", prompts[:5]), ("test", prompts[5:])):
        rows = [json.dumps({"id": text[:9], "prompt": text, "answer": "?"}) for text in part]
        (folder / "evaluation" / f"{split}.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return Task(TASK.card, folder)


def test_a_row_that_is_only_written_like_an_item_is_shown_apart_and_is_no_leak(
    tmp_path: Path, tales: Task
) -> None:
    alike = {"prompt": TALE.format(who="Ada", n=58), "response": "It is 406. " * 40}
    report = leak_report(tales, written(tmp_path, CLEAN, alike))
    assert not report.leaking
    [found] = report.alike
    assert (found.row, found.kind) == (2, "minhash")
    assert 0.8 <= found.share < 1.0
    assert found.span == alike["prompt"].removesuffix("?")
    assert report.kinds == {"minhash": 1}
    shown = io.StringIO()
    Console(file=shown, width=100).print(leak_page(report))
    assert "1 further rows are only written like an item" in shown.getvalue()


def test_a_leaking_row_does_not_stand_among_those_that_are_only_alike(tmp_path: Path) -> None:
    report = leak_report(TASK, written(tmp_path, {"prompt": ITEM["prompt"], "response": "x"}))
    assert len(report.leaking) == 1
    assert not report.alike
