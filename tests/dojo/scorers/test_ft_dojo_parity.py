"""Our scorers give what the official evaluators gave on the same own-written cases.

Each file of `../parity` holds own-written records and answers of one task, the values the official
code gave for them (one by one and all of a view together) and the commit it was run at.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.catalog.chemcotbench.chemcotbench_mol_opt.oracles import oracle
from ftassist.dojo.scorers import Judged, Row, scorer_for
from ftassist.dojo.scorers.score import judge_row

PARITY = Path(__file__).parents[1] / "parity"
FT_DOJO = ("aime2", "bioprobench_", "chemcotbench_", "financeiq", "panorama_", "tablebench_")
FILES = [path for path in sorted(PARITY.glob("*.json")) if path.stem.startswith(FT_DOJO)]
NEEDS_PYTDC_ABSENT = {"chemcotbench_mol_opt"}


@cache
def recorded(task: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PARITY / f"{task}.json").read_text(encoding="utf-8"))
    return found


def views() -> list[tuple[str, str]]:
    """The FT-Dojo tasks; `test_ft_bench_parity.py` reads the files of the others."""
    return [(path.stem, view) for path in FILES for view in recorded(path.stem).get("views", ())]


def marked_views() -> list[Any]:
    """The views; those whose rows run programs are slow."""
    marks = {"tablebench_visualization": [pytest.mark.slow]}
    return [pytest.param(task, view, marks=marks.get(task, [])) for task, view in views()]


@pytest.fixture(autouse=True)
def as_released(request: pytest.FixtureRequest) -> None:
    """The official values of molecule optimisation were recorded without PyTDC."""
    task = request.node.callspec.params["task"]
    if task in NEEDS_PYTDC_ABSENT and any(oracle(v).source.startswith("PyTDC") for v in ("qed",)):
        pytest.skip("PyTDC is installed here; the values were recorded without it")


@cache
def judged(task: str, view: str) -> list[Judged]:
    scorer = scorer_for(task)
    cases = recorded(task)["views"][view]["cases"]
    return [
        judge_row(scorer, Row(f"{i}", case["doc"], case["prediction"], view))
        for i, case in enumerate(cases)
    ]


@pytest.mark.parametrize(("task", "view"), marked_views())
def test_a_view_scores_as_the_official_evaluator_scored_it(task: str, view: str) -> None:
    found = recorded(task)["views"][view]["together"]
    metrics = scorer_for(task).reduce(judged(task, view))
    assert found
    for name, value in found.items():
        assert metrics[name] == pytest.approx(value, abs=1e-9), name


@pytest.mark.parametrize(("task", "view"), marked_views())
def test_each_answer_scores_as_the_official_evaluator_scored_it(task: str, view: str) -> None:
    cases = recorded(task)["views"][view]["cases"]
    for case, row in zip(cases, judged(task, view), strict=True):
        metrics = scorer_for(task).reduce([row])
        for name, value in case["metrics"].items():
            where = f"{name} of {case['prediction']!r:.120}"
            assert metrics[name] == pytest.approx(value, abs=1e-9), where


@pytest.mark.parametrize("task", [path.stem for path in FILES])
def test_the_recorded_values_name_their_source(task: str) -> None:
    source = recorded(task)["source"]
    assert len(source["commit"]) == 40
    assert source["file"].endswith(".py")
