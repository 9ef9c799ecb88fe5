"""What the static check tells of cells before any kernel starts."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest

from ftassist.errors import CellError
from ftassist.trial.static_check import CellFinding, check_cells, names_of

OK = {"curate": "a = 1", "train": "b = 2", "evaluate": "c = 3"}


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("x = (1,\ny = 2", "train cell, line 1"),
        ("x = 1\n  y = 2", "train cell, line 2"),
        ("x = 1\n!rm -rf data", "train cell, line 2"),
        ("%%time\nx = 1", "train cell, line 1"),
        ("fit(\n    epochs=1,\n    epochs=2,\n)", "train cell, line 3"),
        ("", "train cell"),
    ],
)
def test_a_cell_that_is_not_python_is_refused_with_its_line(source: str, place: str) -> None:
    with pytest.raises(CellError) as caught:
        check_cells({**OK, "train": source})

    assert caught.value.where == place
    assert caught.value.fix


def test_cells_that_talk_through_files_share_nothing() -> None:
    report = check_cells({**OK, "train": "open('data/train.jsonl')"})

    assert report.shared == frozenset()
    assert report.findings == ()


def test_a_stage_that_uses_anothers_names_is_told_and_not_cached() -> None:
    report = check_cells({**OK, "curate": "rows = [1]", "train": "n = len(rows)"})

    assert report.shared == {"curate", "train"}
    assert report.findings[0].stage == "train"
    assert "'rows'" in report.findings[0].message


@pytest.mark.parametrize(
    "source",
    [
        "rows = rows + [1]",
        "rows += [1]",
        "for row in rows: pass",
        "def f():\n    return rows\nf()",
        "x = [r for r in rows]",
        "f = lambda: rows",
        "class A:\n    size = len(rows)",
        "with open(rows) as f: pass",
    ],
)
def test_every_way_of_reading_a_name_is_seen(source: str) -> None:
    report = check_cells({**OK, "curate": "rows = [1]", "train": source})

    assert "train" in report.shared


@pytest.mark.parametrize(
    "source",
    [
        "rows = []\nlen(rows)",
        "from x import rows\nlen(rows)",
        "for rows in range(3): print(rows)",
        "def f(rows): return rows",
        "def f():\n    rows = 1\n    return rows",
        "x = [rows for rows in range(3)]",
        "f = lambda rows: rows",
        "with open('a') as rows: rows.read()",
        "def f():\n    return rows\nrows = 1\nf()",
        "try:\n    pass\nexcept OSError as rows:\n    print(rows)",
        "x = {k: rows for k, rows in {}.items()}",
    ],
)
def test_a_name_of_the_cells_own_is_not_anothers(source: str) -> None:
    report = check_cells({**OK, "curate": "rows = [1]", "train": source})

    assert report.shared == frozenset()


def test_parameters_are_known_names() -> None:
    report = check_cells({**OK, "train": "print(seed)"}, parameters=["seed"])

    assert report.findings == ()
    assert "seed" in report.names["train"]


def test_a_name_that_is_defined_nowhere_is_advice() -> None:
    report = check_cells({**OK, "train": "x = 1\nprint(learning_rat)"})

    assert [(f.line, f.severity) for f in report.findings] == [(2, "advice")]


def test_further_checks_are_asked_about_every_cell() -> None:
    def no_imports(stage: str, tree: ast.Module) -> Iterable[CellFinding]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield CellFinding(stage, node.lineno, f"imports {node.names[0].name}", "error")

    report = check_cells({**OK, "evaluate": "\nimport socket"}, checks=[no_imports])

    assert report.findings == (CellFinding("evaluate", 2, "imports socket", "error"),)


def test_names_are_read_in_the_order_of_evaluation() -> None:
    names = names_of(ast.parse("a = b\nb = 1\nc = b\nglobal_one = c"))

    assert names.reads == {"b": 1}
    assert names.binds == {"a", "b", "c", "global_one"}
