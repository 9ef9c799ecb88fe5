"""Rules of the FT-Dojo scorers that no recorded value shows: views, readings, limits."""

from __future__ import annotations

import sys
import threading
from types import ModuleType
from typing import Any

import pytest

from ftassist.dojo.catalog.aime.scorer import is_equal
from ftassist.dojo.catalog.chemcotbench.chemcotbench_mol_opt.oracles import oracle
from ftassist.dojo.catalog.tablebench.tablebench_data_analysis.rouge_l import rouge_l
from ftassist.dojo.catalog.tablebench.tablebench_visualization.chart_program import plotted
from ftassist.dojo.scorers import Row, Scores, score_rows
from ftassist.dojo.scorers.extraction import stated, text_of

TABLE = {"columns": ["year", "cars"], "data": [["2001", 12], ["2002", 15.5]]}
ANALYSIS = {"table": TABLE, "question": "?", "qtype": "DataAnalysis"}
CORRELATION = {**ANALYSIS, "qsubtype": "CorrelationAnalysis", "answer": "0.5"}
CAUSE = {**ANALYSIS, "qsubtype": "CausalAnalysis", "answer": "cars rise"}


def analysed(*rows: tuple[dict[str, Any], str, str | None]) -> Scores:
    return score_rows(
        "tablebench_data_analysis",
        [Row(f"{n}", doc, answer, view) for n, (doc, answer, view) in enumerate(rows)],
    )


def test_other_takes_in_the_records_of_the_views_with_a_rule() -> None:
    scores = analysed((CORRELATION, "Final Answer: 0.5", None), (CAUSE, "Final Answer: x", None))
    assert scores.metrics["CorrelationAnalysis.accuracy"] == 1.0
    assert scores.metrics["other.rouge_l"] == pytest.approx(0.5, abs=1e-6)
    assert scores.metrics["accuracy"] == pytest.approx(0.75, abs=1e-6)


def test_each_metric_tells_how_many_rows_it_is_taken_over() -> None:
    scores = analysed((CORRELATION, "Final Answer: 0.5", None), (CAUSE, "Final Answer: x", None))
    assert scores.rows == {"accuracy": 2, "CorrelationAnalysis.accuracy": 1, "other.rouge_l": 2}
    repeated = analysed(
        (CORRELATION, "Final Answer: 0.5", "CorrelationAnalysis"),
        (CORRELATION, "Final Answer: 7", "other"),
    )
    assert repeated.rows["other.rouge_l"] == 1


def test_other_is_its_own_rows_alone_where_they_repeat_the_records() -> None:
    scores = analysed(
        (CORRELATION, "Final Answer: 0.5", "CorrelationAnalysis"),
        (CORRELATION, "Final Answer: 7", "other"),
        (CAUSE, "Final Answer: cars rise", "other"),
    )
    assert scores.metrics["other.rouge_l"] == pytest.approx(0.5, abs=1e-6)


def test_rouge_l_of_a_text_too_long_for_the_packages_recursion_is_zero() -> None:
    words = " ".join(f"w{n}" for n in range(2000))
    assert rouge_l(words + " cars rise", "cars rise") > 0.0
    assert rouge_l("cars rise " + words, "cars rise") == 0.0


def test_aime_is_scored_outside_the_main_thread_as_in_it() -> None:
    found: list[bool] = []
    worker = threading.Thread(target=lambda: found.extend(is_equal(t, "29") for t in TEXTS))
    worker.start()
    worker.join()
    assert found == [is_equal(text, "29") for text in TEXTS] == [True, False]


TEXTS = (r"\boxed{29}", r"\boxed{30}")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"output": "CCO"}', "CCO"),
        ('so {"output": "CCO"} and again {"output": "CCO"}', "CCO"),
        ('{"output": "CCO"} or {"output": "CCN"}', None),
        ('<think>{"output": "CCN"}</think>{"output": "CCO"}', "CCO"),
        ('"output": "CCO"', None),
        ('{"output": ["CCO"]}', None),
        ('{"answer": "CCO"}', None),
        ("CCO", None),
        ("{" * 5000, None),
        ('{"a":' * 5000, None),
    ],
)
def test_the_strict_answer_is_one_value_under_the_contracts_key(
    text: str, answer: str | None
) -> None:
    assert stated(text, "output", text_of) == answer


def test_a_view_without_its_oracle_counts_zero_officially_and_is_named_not_scored() -> None:
    if oracle("drd").source:
        pytest.skip("PyTDC gives the oracle here")
    docs = {v: {"query": "Source Molecule: CCCC.", "subtask": v} for v in ("drd", "logp")}
    answer = '{"Final Target Molecule": "CCCCCCCC"}'
    rows = [Row(view, doc, answer, view) for view, doc in docs.items()]
    scores = score_rows("chemcotbench_mol_opt", rows)
    assert scores.metrics["sr"] == 0.5
    assert scores.metrics["sr_scored"] == scores.strict["sr"] == 1.0
    assert "drd.success_rate" not in scores.strict
    assert "PyTDC" in (scores.not_scored or {})["drd"]
    assert "logp" not in (scores.not_scored or {})


def test_an_oracle_that_cannot_be_loaded_is_missing_and_not_made_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(name: str) -> None:
        raise OSError(f"no model file for {name}")

    module = ModuleType("tdc")
    module.Oracle = refuse  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tdc", module)
    oracle.cache_clear()
    try:
        assert oracle("gsk").source == ""
        assert "no model file" in oracle("gsk").missing
        assert oracle("qed").source == "RDKit QED"
    finally:
        oracle.cache_clear()


def test_pytdc_is_asked_for_logp_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("tdc")
    module.Oracle = lambda name: lambda smiles: float(len(smiles))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tdc", module)
    oracle.cache_clear()
    try:
        assert oracle("logp").source == "PyTDC logp"
        assert oracle("logp").value("CCC") == 3.0
    finally:
        oracle.cache_clear()


@pytest.mark.parametrize("said", ["9" * 400, '"' + "9" * 400 + '"'])
def test_an_absurd_count_can_still_be_added_up(said: str) -> None:
    row = Row("1", {"query": "", "gt": 1}, f'{{"count": {said}}}', "fg_count")
    scores = score_rows("chemcotbench_mol_und", [row])
    assert scores.metrics["fg_count.mae"] == 1e300
    assert scores.strict["fg_count.mae"] in (1e300, 1.0)


def test_a_large_count_costs_what_it_is_off() -> None:
    row = Row("1", {"query": "", "gt": 1}, '{"count": 12345678901234567890}', "fg_count")
    assert score_rows("chemcotbench_mol_und", [row]).metrics["mae"] == float(12345678901234567889)


def test_strictly_an_unreadable_count_is_never_free() -> None:
    scores = score_rows("chemcotbench_mol_und", [Row("1", {"query": "", "gt": 0}, "", "fg_count")])
    assert scores.metrics["fg_count.mae"] == 0.0
    assert scores.strict["fg_count.mae"] == 1.0


def test_strictly_a_row_without_a_code_is_wrong_and_officially_left_out() -> None:
    doc = {"answer": '{"code": "102"}'}
    rows = [Row("1", doc, '{"code": "102"}'), Row("2", doc, "no idea")]
    scores = score_rows("panorama_noc4pc", rows)
    assert (scores.metrics["accuracy"], scores.strict["accuracy"]) == (1.0, 0.5)


@pytest.mark.slow
def test_a_program_that_does_not_end_is_stopped() -> None:
    found = plotted("while True: pass", TABLE, seconds=3.0)
    assert found.series is None
    assert "longer" in found.error


@pytest.mark.slow
def test_a_program_sees_the_table_and_nothing_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    code = "df = pd.read_csv('table.csv')\nplt.bar(df['year'], df['cars'])\n"
    code += "plt.bar(1, int('ANTHROPIC_API_KEY' in os.environ))"
    assert plotted(code, TABLE, seconds=120.0).series == [[12.0, 15.5], [0]]
