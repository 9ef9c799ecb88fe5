"""The official reading agrees with what the benchmarks' own code gave for own-written cases.

`tests/dojo/parity/<task>.json` holds cases, the values upstream's code gave for each and for all
of a view together, and the commit it was taken from.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.scorers import Row, score_rows
from ftassist.files import read_json

PARITY = Path(__file__).parents[1] / "parity"
TASKS = ("aci_bench", "cs_bench", "gta", "lawbench", "omebench", "openfindata", "tomg_bench")
TOLERANCE = {"aci_bench": 1e-4}


@pytest.fixture(params=TASKS)
def recorded(request: pytest.FixtureRequest) -> dict[str, Any]:
    document: dict[str, Any] = read_json(PARITY / f"{request.param}.json")
    return document


def test_each_case_scores_as_upstream(recorded: dict[str, Any]) -> None:
    task = recorded["task"]
    for case in recorded["cases"]:
        if not case["metrics"]:
            continue
        row = Row("1", case["doc"], case["prediction"], case["view"])
        found = score_rows(task, [row]).metrics
        for name, value in case["metrics"].items():
            place = (case["view"], case["prediction"][:200], name)
            assert found[name] == pytest.approx(value, abs=TOLERANCE.get(task, 1e-9)), place


def test_all_cases_of_a_view_score_as_upstream_together(recorded: dict[str, Any]) -> None:
    task = recorded["task"]
    for together in recorded["together"]:
        rows = [
            Row(f"{number}", case["doc"], case["prediction"], case["view"])
            for number, case in enumerate(recorded["cases"])
            if case["view"] == together["view"]
        ]
        found = score_rows(task, rows).metrics
        for name, value in together["metrics"].items():
            tolerance = TOLERANCE.get(task, 1e-9)
            assert found[name] == pytest.approx(value, abs=tolerance), (together["view"], name)


def test_the_record_names_its_source_and_commit(recorded: dict[str, Any]) -> None:
    assert len(recorded["commit"]) == 40
    assert "/" in recorded["source"]


def test_molecules_are_read_as_upstream() -> None:
    from ftassist.dojo.catalog.tomg_bench.scorer import read_molecule

    for case in read_json(PARITY / "tomg_bench.json")["cases"]:
        upstream = "" if case["molecule"] == "None" else case["molecule"]
        written, _ = read_molecule(case["prediction"])
        assert ("" if written == "None" else written) == upstream, case["prediction"]


def test_assertions_are_scored_although_upstream_scores_none_of_them() -> None:
    cases = [
        case
        for case in read_json(PARITY / "cs_bench.json")["cases"]
        if case["view"] == "Assertion"
    ]
    assert {case["upstream"] for case in cases} == {0}
    row = Row("1", cases[0]["doc"], "true", "Assertion")
    assert score_rows("cs_bench", [row]).metrics["Assertion.accuracy"] == 1.0
