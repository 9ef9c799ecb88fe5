"""What every scorer promises, tried on own-written records in the benchmark's schema.

A fixture is `fixtures/<task>.jsonl` with records; `view` stands beside the fields where a record
does not tell it.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.scorers import Row, score_rows, scorer_for, scorer_keys
from ftassist.files import read_jsonl

FIXTURES = Path(__file__).parent / "fixtures"
JUNK = ("", "?!", "\x00\ud800", "[[[{{{", "no idea whatsoever \\boxed{", "x" * 20_000)


def records(task: str) -> list[tuple[str, dict[str, Any]]]:
    """The fixture's records with their views."""
    scorer, found = scorer_for(task), []
    for raw in read_jsonl(FIXTURES / f"{task}.jsonl"):
        view = raw.pop("view", None) or scorer.view_of(raw)
        assert view is not None, raw
        found.append((view, raw))
    return found


def rows(task: str, prediction: str | None) -> list[Row]:
    """Rows that answer with the gold answer, or all with one text."""
    made = []
    for number, (view, doc) in enumerate(records(task)):
        text = scorer_for(task).gold(doc, view) if prediction is None else prediction
        if text is not None:
            made.append(Row(f"{number}", doc, text, view))
    return made


@pytest.mark.parametrize("task", scorer_keys())
def test_every_view_has_a_record_in_the_fixture(task: str) -> None:
    assert {view for view, _ in records(task)} == set(scorer_for(task).views)


@pytest.mark.parametrize("task", scorer_keys())
def test_gold_answers_are_parsed_and_score_no_worse_in_any_reading(task: str) -> None:
    gold = score_rows(task, rows(task, None))
    assert gold.parsed == 1.0
    assert gold.strict == pytest.approx(gold.metrics, nan_ok=True)


@pytest.mark.parametrize("task", scorer_keys())
@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_is_scored_without_an_error_and_never_above_gold(task: str, junk: str) -> None:
    scorer = scorer_for(task)
    for view, doc in records(task):
        answer = scorer.gold(doc, view)
        if answer is not None:
            best = scorer.judge(doc, answer, view)
            worst = scorer.judge(doc, junk, view)
            assert not worst.parsed
            assert set(worst.official) == set(best.official) == set(worst.strict)


@pytest.mark.parametrize("task", scorer_keys())
def test_the_order_of_rows_does_not_matter(task: str) -> None:
    made = rows(task, None) + rows(task, "yes")
    shuffled = random.Random(1).sample(made, len(made))
    one, other = score_rows(task, made), score_rows(task, shuffled)
    assert one.metrics == pytest.approx(other.metrics, abs=1e-12, nan_ok=True)
    assert one.strict == pytest.approx(other.strict, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("task", scorer_keys())
def test_every_metric_has_an_interval_around_it(task: str) -> None:
    scores = score_rows(task, rows(task, None) + rows(task, ""))
    assert set(scores.intervals) == set(scores.metrics) == set(scores.strict)
    for name, (low, high) in scores.intervals.items():
        value = scores.metrics[name]
        assert low - 1e-9 <= value <= high + 1e-9 or value != value, name
