"""mini_tables: answers recomputed from the printed tables, splits disjoint by rows."""

from __future__ import annotations

import re
from functools import cache

import plotly.data
import pytest

from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Split
from ftassist.dojo.task_loader import load_task

TASK = load_task("mini_tables")
SETS = DataRepository(TASK.repository_folder)
CLEAN = ("check_steps", "claims_feed", "export_answers", "lookup_steps", "sum_steps")
CROWD = "volunteer_answers"


@cache
def table(prompt: str) -> tuple[str, dict[str, dict[str, int]], str]:
    """Heading of the name column, cells by row and column, and the question."""
    lines = prompt.strip().splitlines()
    grid = [[cell.strip() for cell in line.split("|")] for line in lines[:-1]]
    head = grid[0]
    cells = {row[0]: dict(zip(head[1:], map(int, row[1:]), strict=True)) for row in grid[1:]}
    return head[0], cells, lines[-1]


def truth(prompt: str) -> str:
    """The right answer, read from the question by its own patterns."""
    _, cells, question = table(prompt)
    columns = list(next(iter(cells.values())))
    rows = "|".join(re.escape(row) for row in sorted(cells, key=len, reverse=True))
    parts = {"R": f"({rows})", "C": f"({'|'.join(columns)})"}
    q = re.sub(r"True or false\??:? ?", "", question).strip()

    def found(pattern: str) -> re.Match[str] | None:
        return re.fullmatch(re.sub(r"\b[RC]\b", lambda m: parts[m[0]], pattern), q)

    if m := found(r"What is the C of R\?") or found(r"Give the C for R\."):
        return str(cells[m[2]][m[1]])
    if m := found(r"R: C\?"):
        return str(cells[m[1]][m[2]])
    if m := found(r"Which column of R holds (\d+)\?") or found(r"In which column has R (\d+)\?"):
        (column,) = [c for c in columns if cells[m[1]][c] == int(m[2])]
        return column
    if m := found(r"How much more C has R than R\?"):
        return str(cells[m[2]][m[1]] - cells[m[3]][m[1]])
    if m := found(r"C of R minus C of R\?"):
        return str(cells[m[2]][m[1]] - cells[m[4]][m[3]])
    if m := found(r"Add C and C of R\.") or found(r"What are C and C of R together\?"):
        return str(cells[m[3]][m[1]] + cells[m[3]][m[2]])
    if m := found(r".* the (highest|lowest) number of R[.?]"):
        values = cells[m[2]].values()
        return str(max(values) if m[1] == "highest" else min(values))
    if m := found(r"The C of R is (\d+)\."):
        return str(cells[m[2]][m[1]] == int(m[3])).lower()
    if m := found(r"R has C (\d+)\."):
        return str(cells[m[1]][m[2]] == int(m[3])).lower()
    if m := found(r"For R, C is above C\."):
        return str(cells[m[1]][m[2]] > cells[m[1]][m[3]]).lower()
    if m := found(r"R has more C than C\."):
        return str(cells[m[1]][m[2]] > cells[m[1]][m[3]]).lower()
    if m := found(r"R has more C than R\."):
        return str(cells[m[1]][m[2]] > cells[m[3]][m[2]]).lower()
    if m := found(r"The C of R is above that of R\."):
        return str(cells[m[2]][m[1]] > cells[m[3]][m[1]]).lower()
    raise AssertionError(prompt)


def turns(name: str) -> list[tuple[str, str]]:
    return SETS.turns(name)


def given(response: str) -> str:
    return str(re.findall(r"Final Answer: (.*)", response)[-1])


def rows_of(prompts: list[str]) -> set[tuple[str, str]]:
    return {(table(p)[0], row) for p in prompts for row in table(p)[1]}


def evaluated(split: Split) -> set[tuple[str, str]]:
    return rows_of([item["prompt"] for item in TASK.items(split)])


@pytest.mark.parametrize("split", ["validation", "test"])
def test_gold_answers_follow_from_the_tables(split: Split) -> None:
    for item in TASK.items(split):
        assert truth(item["prompt"]) == item["answer"], item


@pytest.mark.parametrize("split", ["validation", "test"])
def test_verdicts_are_balanced(split: Split) -> None:
    answers = [i["answer"] for i in TASK.items(split) if i["view"] == "fact_checking"]
    assert abs(answers.count("true") - answers.count("false")) <= 2


def test_rows_are_disjoint_between_validation_and_test() -> None:
    assert not evaluated("validation") & evaluated("test")


@pytest.mark.parametrize("name", [*CLEAN, CROWD, "helpdesk_log", "layout_tasks"])
def test_no_training_row_is_a_row_of_the_evaluation(name: str) -> None:
    prompts = [prompt for prompt, _ in turns(name) if "|" in prompt]
    assert not rows_of(prompts) & (evaluated("validation") | evaluated("test"))


def test_countries_hold_the_values_of_the_source() -> None:
    frame = plotly.data.gapminder()
    shown = {
        (row, cells[row]["life"])
        for item in TASK.items("test")
        for key, cells, _ in [table(item["prompt"])]
        if key == "country"
        for row in cells
        if "life" in cells[row]
    }
    real = {(c, round(life)) for c, life in zip(frame.country, frame.lifeExp, strict=True)}
    assert len(shown) > 20
    assert shown <= real


@pytest.mark.parametrize("name", CLEAN)
def test_labels_of_the_clean_sets_are_right(name: str) -> None:
    assert all(truth(prompt) == given(response) for prompt, response in turns(name)[::3])


def test_three_in_ten_answers_of_the_volunteers_are_wrong() -> None:
    wrong = [truth(prompt) != given(response) for prompt, response in turns(CROWD)]
    assert sum(wrong) == round(0.3 * len(wrong))


def test_published_claims_are_mostly_true() -> None:
    verdicts = [given(response) for _, response in turns("claims_feed")]
    assert verdicts.count("true") > 0.85 * len(verdicts)
