"""A published task's code lies in its folder of the catalog, and is found by being there."""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml

import ftassist
from ftassist.dojo import preparation, task, task_code
from ftassist.dojo.scorers import lookup, scorer_for, scorer_keys
from ftassist.dojo.task import CATALOG, catalog_folders, task_folders
from ftassist.dojo.task_code import code_files, module_of, tasks_with
from ftassist.dojo.task_loader import load_card, load_task
from ftassist.errors import DataError, UnknownNameError

PACKAGE = Path(ftassist.__file__).parent
PLACE = "ftassist.dojo.catalog"
ALLOWED = (PLACE, "ftassist.dojo", "ftassist.isolation", "ftassist.errors", "ftassist.files")


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog of one benchmark with one task, which has no code yet."""
    folder = tmp_path / "exams" / "exams_law"
    folder.mkdir(parents=True)
    (folder / "card.yaml").write_text("key: exams_law\n", encoding="utf-8")
    for module in (task, task_code):
        monkeypatch.setattr(module, "CATALOG", tmp_path)
    return tmp_path


def imports(file: Path) -> set[str]:
    """The modules of this package that a file names in an import."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return {name for name in found if name.split(".")[0] == "ftassist"}


def name_of(file: Path) -> str:
    return ".".join((PLACE, *file.relative_to(CATALOG).with_suffix("").parts))


def test_every_task_of_published_records_has_a_reader_and_a_scorer() -> None:
    published = [key for key in catalog_folders() if load_card(key).data is not None]
    assert len(published) > 25
    assert tasks_with("reader") == tasks_with("scorer") == scorer_keys() == published
    for key in published:
        assert (load_card(key).reader, load_card(key).scorer) == (key, key)
        assert preparation.reader_of(load_card(key)).__name__ == module_of(key, "reader")


def test_a_task_in_its_benchmarks_folder_is_a_task_like_any_other() -> None:
    folder = task_folders()["tablebench_visualization"]
    assert folder == CATALOG / "tablebench" / "tablebench_visualization"
    assert list(task_folders()) == sorted(task_folders())
    assert "tablebench" not in task_folders()


def test_a_tasks_own_code_goes_before_that_of_its_benchmark() -> None:
    own = module_of("tablebench_visualization", "scorer")
    assert own == f"{PLACE}.tablebench.tablebench_visualization.scorer"
    assert module_of("tablebench_fact_checking", "scorer") == f"{PLACE}.tablebench.scorer"
    assert module_of("tablebench_visualization", "reader") == f"{PLACE}.tablebench.reader"
    assert not scorer_for("aime24").second_look
    assert scorer_for("aime25").second_look


def test_finding_tasks_and_their_code_lists_no_evaluation_items() -> None:
    listed: list[str] = []
    watching = [True]

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event in ("os.scandir", "os.listdir", "open"):
            listed.append(str(arguments[0]))

    sys.addaudithook(note)
    task_folders()
    code_files()
    watching.clear()
    assert str(CATALOG / "tablebench") in listed
    assert [path for path in listed if "evaluation" in Path(path).parts] == []


@pytest.mark.parametrize("place", ["exams", "exams/exams_law"])
def test_a_file_that_is_put_there_is_found(catalog: Path, place: str) -> None:
    assert tasks_with("reader") == []
    (catalog / place / "reader.py").write_text("", encoding="utf-8")
    assert tasks_with("reader") == ["exams_law"]
    assert module_of("exams_law", "reader") == f"{PLACE}.{place.replace('/', '.')}.reader"


def test_a_task_that_lacks_a_part_says_which_and_where_it_belongs(catalog: Path) -> None:
    with pytest.raises(DataError, match=r"exams_law.*no scorer") as refusal:
        module_of("exams_law", "scorer")
    assert refusal.value.where == str(catalog / "exams" / "exams_law")
    assert "scorer.py" in str(refusal.value.fix)


@pytest.mark.parametrize("key", ["tablebench_fact_checkin", "tablebench", "../evaluator"])
def test_a_name_that_is_no_task_is_refused(key: str) -> None:
    with pytest.raises(UnknownNameError):
        scorer_for(key)


def test_a_task_that_brings_its_scoring_is_no_task_with_a_scorer() -> None:
    with pytest.raises(UnknownNameError):
        scorer_for("mini_math")


@pytest.mark.parametrize("text", ["", "class A(Scorer): ...\nclass B(Scorer): ...\n"])
def test_a_scorer_file_that_is_not_one_class_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    file = tmp_path / "two_minds.py"
    file.write_text(f"from ftassist.dojo.scorers.scorer import Scorer\n{text}", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(lookup, "module_of", lambda key, part: "two_minds")
    monkeypatch.delitem(sys.modules, "two_minds", raising=False)
    with pytest.raises(DataError, match="not one") as refusal:
        lookup.scorer_for.__wrapped__("two_minds")
    assert refusal.value.where == str(file)


def test_a_reader_that_reads_no_records_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "module_of", lambda key, part: "ftassist.errors")
    with pytest.raises(DataError, match="reads no evaluation records"):
        preparation.reader_of(load_card("hoc"))


def test_a_task_that_was_prepared_when_cards_named_their_code_is_one_still(tmp_path: Path) -> None:
    raw = yaml.safe_load((task_folders()["aime24"] / "card.yaml").read_text(encoding="utf-8"))
    text = yaml.safe_dump({**raw, "reader": "aime", "scorer": "aime24"})
    (tmp_path / "card.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "evaluation").mkdir()
    found = load_task(str(tmp_path))
    assert found.folder == tmp_path.resolve()
    assert (found.card.reader, found.card.scorer) == ("aime", "aime24")


def test_code_of_the_catalog_imports_downwards_and_in_no_circle() -> None:
    modules = {name_of(file): imports(file) for file in code_files() if file.suffix == ".py"}
    for module, needs in modules.items():
        assert all(name.startswith(ALLOWED) for name in needs), module
        assert not any(name.startswith("ftassist.dojo.evaluator") for name in needs), module
    order = TopologicalSorter({module: needs & set(modules) for module, needs in modules.items()})
    assert len(tuple(order.static_order())) == len(modules)


def test_nothing_else_imports_it_so_a_kernel_that_does_not_see_it_lacks_nothing() -> None:
    named = [p for p in PACKAGE.rglob("*.py") if "dojo.catalog" in p.read_text(encoding="utf-8")]
    for file in named:
        if not file.is_relative_to(CATALOG):
            assert not any(name.startswith(PLACE) for name in imports(file)), file
