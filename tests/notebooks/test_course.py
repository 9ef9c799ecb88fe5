"""The course: what every one of its notebooks promises a reader (`make notebooks` runs them)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from ftassist.teach.exercises import EXERCISES

ROOT = Path(__file__).parents[2]
COURSE = sorted((ROOT / "notebooks").glob("*.ipynb"))

PREDICT = re.compile(r'teach\.predict\("(\d\d\.[A-Z])", \.\.\.')
CAME = re.compile(r'teach\.came\("(\d\d\.[A-Z])"')
CHECK = re.compile(r'teach\.check\("(\d\d\.\d)"')
TOLD = ("", "what came:")
"""What a folded output may show."""
FOLDED = {"collapsed": True, "jupyter": {"outputs_hidden": True}}

SHOWN_FOLDED = ("text/html", "image/svg+xml", "application/pdf", "text/markdown", "text/plain")

course = pytest.mark.parametrize("path", COURSE, ids=lambda p: p.stem)


def cells(path: Path, kind: str = "code") -> list[Any]:
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def texts(path: Path) -> str:
    return "\n".join(cell.source for cell in cells(path, "markdown"))


def shown(cell: Any) -> str:
    """What a cell's saved output says as text."""
    parts = [out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs]
    return "\n".join("".join(part) for part in parts)


def shown_folded(cell: Any) -> str:
    """What JupyterLab shows of an output that is folded: the first line of the first one."""
    if not cell.outputs:
        return ""
    first = cell.outputs[0]
    told = [first["text"]] if first.output_type == "stream" else []
    told += [first["data"][kind] for kind in SHOWN_FOLDED if kind in first.get("data", {})]
    lines = "".join(told[0]).split("\n") if told else []
    return next((line for line in lines if line), "")


@course
def test_questions_come_first_and_what_would_fool_you_comes_too(path: Path) -> None:
    first = cells(path, "markdown")[0].source
    assert "**Questions for this notebook**" in first
    assert re.search(r"^## \d+\. What would fool you here$", texts(path), re.MULTILINE)


@course
def test_the_first_cell_says_how_long_it_takes_and_what_is_real(path: Path) -> None:
    first = cells(path, "markdown")[0].source
    assert re.search(r"It takes about (a|two|three|four|five|six|seven|eight) minutes?", first)
    assert "no network" in first
    assert "no key" in first
    assert "stand-in" in first


@course
def test_a_prediction_is_asked_for_before_the_cell_that_shows_it(path: Path) -> None:
    code = cells(path)
    asked = {key: n for n, cell in enumerate(code) for key in PREDICT.findall(cell.source)}
    came = {key: n for n, cell in enumerate(code) for key in CAME.findall(cell.source)}
    assert len(asked) >= 4
    assert asked.keys() == came.keys()
    assert all(asked[key] < came[key] for key in asked)
    letters = [key for key, _ in sorted(asked.items(), key=lambda item: item[1])]
    assert letters == sorted(letters)


@course
def test_what_a_prediction_is_about_is_folded_in_until_it_is_run(path: Path) -> None:
    for cell in cells(path):
        if CAME.search(cell.source):
            assert {name: cell.metadata.get(name) for name in FOLDED} == FOLDED
            assert shown_folded(cell) in TOLD
        assert not (PREDICT.search(cell.source) and CAME.search(cell.source))


@course
def test_no_prediction_and_no_answer_is_written_in_for_the_reader(path: Path) -> None:
    for cell in cells(path):
        if PREDICT.search(cell.source):
            assert "no prediction yet" in shown(cell)
        for key in CHECK.findall(cell.source):
            assert re.search(rf"{re.escape(key)}: (no answer yet|not yet)", shown(cell))


@course
def test_every_exercise_with_a_check_stands_in_its_notebook_and_has_its_task(path: Path) -> None:
    number = path.stem[:2]
    checked = [key for cell in cells(path) for key in CHECK.findall(cell.source)]
    assert checked == sorted(key for key in EXERCISES if key.startswith(number))
    assert len(checked) >= 3
    assert re.findall(r"### Exercise (\d\d\.\d)", texts(path)) == checked


@course
def test_every_number_says_whether_it_is_simulated(path: Path) -> None:
    for cell in cells(path):
        if re.search(r"default_rng|run_campaign\(", cell.source):
            assert "simulated" in shown(cell)


@course
def test_it_has_teachers_notes_with_every_exercise(path: Path) -> None:
    notes = (ROOT / "docs" / "course" / f"{path.stem[:2]}.md").read_text(encoding="utf-8")
    for key in EXERCISES:
        if key.startswith(path.stem[:2]):
            assert f"**{key}**" in notes
    for part in ("## Where readers stop", "## Answers", "## Asked in class"):
        assert part in notes


def test_every_exercise_belongs_to_a_notebook() -> None:
    assert {key[:2] for key in EXERCISES} == {path.stem[:2] for path in COURSE}
