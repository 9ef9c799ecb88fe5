"""A scorer as a harness task's `process_results`, for items that carry their record as JSON text.

The harness stores one number a metric and item. So that an answer is judged only once, the number
carries what was found with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ftassist.dojo.scorers.lookup import scorer_for
from ftassist.dojo.scorers.score import Row, judge_row
from ftassist.dojo.scorers.scorer import Judged

Scoring = TypeVar("Scoring", bound=Callable[..., Any])


def as_written(process_results: Scoring) -> Scoring:
    """Marks a scoring that gets an answer as it was written, thinking and all: it has a rule."""
    process_results.as_written = True  # type: ignore[attr-defined]
    return process_results


class JudgedScore(float):
    """An item's score that remembers its statistics."""

    judged: Judged

    @classmethod
    def of(cls, judged: Judged) -> JudgedScore:
        """The item score of a judged answer."""
        score = cls(judged.item)
        score.judged = judged
        return score


def process_results_of(
    key: str,
) -> Callable[[Mapping[str, Any], Sequence[str]], dict[str, float]]:
    """The `process_results` of a task with a scorer."""
    scorer = scorer_for(key)

    @as_written
    def process_results(item: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
        """Judges one generated answer."""
        doc = json.loads(item["record"])
        judged = judge_row(scorer, Row(item["id"], doc, results[0], item["view"]))
        return {"score": JudgedScore.of(judged), "parsed": float(judged.parsed)}

    return process_results
