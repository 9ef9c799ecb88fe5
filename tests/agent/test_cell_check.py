"""Cells that cannot run are told before a trial is spent on them, with the nearest right name."""

from __future__ import annotations

import pytest

from ftassist.agent.cell_check import check_runs

IMPORT = "from ftassist.recipes import curate, train\n"
LOAD = 'rows = curate.load(repository, {"a": 3}, seed=seed)\n'
END = 'rows = curate.decontaminate(rows)\ncurate.export(rows, "data")\n'
HONEST = (
    "import re\nfrom ftassist.recipes import curate\n"
    "def rings(row):\n    found = re.findall(r'[0-9]', row['prompt'])\n"
    "    return len(found) // 2\n"
    + LOAD
    + "rows = curate.verify(rows, rings)\n"
    + "kept = [row for row in rows if row['source'] == 'a']\n"
    + "print(len(rows), rows.by_source(), rows.column('id')[:3], kept[0])\n"
    + "made = curate.generate(lambda draw: {'prompt': 'p', 'response': str(draw.random())}, 3)\n"
    + "rows = curate.join(rows, made)\n"
    + "for step in rows.card.steps:\n    print(step)\n"
    + END
)


def test_an_honest_program_passes() -> None:
    assert check_runs("curate", HONEST) == []


def test_a_recipe_that_nobody_imported_yet_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("curate", "train"):
        monkeypatch.delattr(f"ftassist.recipes.{name}", raising=False)
    assert check_runs("curate", IMPORT + LOAD + END) == []
    (told,) = check_runs("curate", "from ftassist.recipes import curat\n" + HONEST)
    assert "has no 'curat' (did you mean 'curate'" in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("rows = curate.filter(rows, keeep)\n", "'keeep' is not defined in this cell"),
        ("limit = sede + 1\n", "did you mean 'seed'?"),
        ("print(metrics)\n", "no variables"),
        ("import rdkitt_extra\nfrom ftassist.recipes.curate import lod\n", "has no 'lod' (did"),
        ("from ftassist.recipes.curation import load\n", "no module ftassist.recipes.curation"),
        ("rows = rows.filter(len)\n", "Rows have no 'filter'"),
        ("first = rows[0]\n", "cannot be indexed: use list(rows)[...]"),
        ("rows = [row for row in rows]\nrows = curate.sample(rows, 3)\n", "gets a list"),
        ("rows = curate.sample([1, 2], 3)\n", "curate.sample takes Rows"),
    ],
)
def test_what_cannot_run_is_told_with_its_line(line: str, told: str) -> None:
    found = check_runs("curate", IMPORT + LOAD + line + END)
    assert any(told in what for what in found), found
    assert all(what.startswith("curate line ") for what in found)


def test_a_name_that_was_not_imported_is_told_with_the_import() -> None:
    (told,) = check_runs("curate", LOAD + END)
    assert "`from ftassist.recipes import curate`" in told
    (told,) = check_runs("train", 'train.sft(model, "data", "model", learning_rate=1e-3)')
    assert "`from ftassist.recipes import train`" in told


def test_an_allowed_library_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftassist.agent.cell_check.find_spec", lambda name: None)
    found = check_runs("curate", IMPORT + "import rdkit\n" + LOAD + END)
    assert any("rdkit is not installed here" in what for what in found)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (IMPORT + LOAD, "nothing is exported"),
        (IMPORT + LOAD + 'curate.export(rows, "data")\n', "without rows = curate.decontaminate"),
        (
            IMPORT + LOAD + 'curate.export(rows, "data")\nrows = curate.decontaminate(rows)\n',
            "must come before",
        ),
    ],
)
def test_decontaminate_and_export_must_be_there_in_this_order(source: str, told: str) -> None:
    (found,) = check_runs("curate", source)
    assert told in found


def test_a_train_cell_that_writes_no_model_is_told() -> None:
    (told,) = check_runs("train", IMPORT + "print(seed)\n")
    assert 'nothing writes the folder "model"' in told
