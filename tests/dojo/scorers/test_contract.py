"""What every scorer promises, tried on own-written records in the benchmark's schema.

A fixture is `fixtures/<task>.jsonl` with records; `view` stands beside the fields where a record
does not tell it, and `gold` where no best answer can be told from the record.
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


def records(task: str) -> list[tuple[str, dict[str, Any], str]]:
    """The fixture's records with their views and best answers, where they are scored."""
    scorer, found = scorer_for(task), []
    for raw in read_jsonl(FIXTURES / f"{task}.jsonl"):
        view = raw.pop("view", None) or scorer.view_of(raw)
        assert view is not None, raw
        if not scorer.not_scored(view):
            gold = raw.pop("gold", None) or scorer.gold(raw, view)
            assert gold is not None, f"{task} {view} has no gold answer"
            found.append((view, raw, gold))
    return found


def rows(task: str, prediction: str | None) -> list[Row]:
    """Rows that answer with the gold answer, or all with one text."""
    return [
        Row(f"{number}", doc, gold if prediction is None else prediction, view)
        for number, (view, doc, gold) in enumerate(records(task))
    ]


@pytest.mark.parametrize("task", scorer_keys())
def test_every_view_has_a_record_in_the_fixture(task: str) -> None:
    scorer = scorer_for(task)
    assert {view for view, _, _ in records(task)} == {
        view for view in scorer.views if not scorer.not_scored(view)
    }


@pytest.mark.parametrize("task", scorer_keys())
def test_gold_answers_are_parsed_and_score_no_worse_in_any_reading(task: str) -> None:
    gold = score_rows(task, rows(task, None))
    assert gold.parsed == 1.0
    common = {name: gold.metrics[name] for name in gold.strict}
    assert gold.strict == pytest.approx(common, nan_ok=True)


@pytest.mark.parametrize("task", scorer_keys())
@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_is_scored_without_an_error(task: str, junk: str) -> None:
    scorer = scorer_for(task)
    for view, doc, answer in records(task):
        best, worst = scorer.judge(doc, answer, view), scorer.judge(doc, junk, view)
        assert set(worst.official) == set(best.official) == set(worst.strict)


@pytest.mark.parametrize("task", scorer_keys())
def test_the_headline_tells_gold_answers_from_no_answers(task: str) -> None:
    gold, empty = score_rows(task, rows(task, None)), score_rows(task, rows(task, ""))
    headlines = [name for name in gold.metrics if "." not in name]
    assert headlines
    for name in headlines:
        assert gold.metrics[name] == pytest.approx(round(gold.metrics[name])), name
        assert abs(gold.metrics[name] - empty.metrics[name]) > 0.5, name


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
    assert set(scores.intervals) == set(scores.metrics)
    assert set(scores.strict) <= set(scores.metrics)
    for name, (low, high) in scores.intervals.items():
        value = scores.metrics[name]
        assert low - 1e-9 <= value <= high + 1e-9 or value != value, name
