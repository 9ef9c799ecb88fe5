"""The majority class of a published task: one answer a view, the most frequent in the raw sets.

What a model has to beat before it can be said to have learned anything. Judged by the task's own
scorer on the task's own items, like a model's answers. Trains nothing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ftassist.dojo.repository import DataRepository
from ftassist.dojo.scorers import scorer_for
from ftassist.dojo.scorers.score import Row, Scores, judge_row, summed_up
from ftassist.dojo.task import Split, Task


@dataclass(frozen=True)
class Constant:
    """Constant answers on one split.

    Attributes:
        scores: All metrics with their intervals.
        items: The score of each item by id.
    """

    scores: Scores
    items: dict[str, float]


def answers_of(task: Task) -> dict[str, str]:
    """The most frequent response of the raw sets by view, ties to the first in the alphabet.

    Views without rows of their own get the most frequent response of all rows.
    """
    repository = DataRepository(task.repository_folder)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name in repository.names():
        card = repository.card(name)
        for row in repository.rows(name):
            counts[str(row.get("view", ""))][card.turns(row)[1]] += 1
    whole = sum(counts.values(), Counter[str]())
    return {view: _commonest(counts.get(view) or whole) for view in task.card.views}


def score_constant(task: Task, split: Split, answers: Mapping[str, str]) -> Constant:
    """Constant answers, judged on a split.

    Raises:
        DataError: An item's record does not fit the task.
    """
    return score_answers(task, (({**item}, answers[item["view"]]) for item in task.items(split)))


def score_answers(task: Task, answered: Iterable[tuple[Mapping[str, Any], str]]) -> Constant:
    """Items with an answer each, judged by the task's scorer."""
    scorer = scorer_for(task.card.scorer)
    judged = {
        str(item["id"]): judge_row(
            scorer,
            Row(str(item["id"]), json.loads(item["record"]), answer, str(item["view"])),
        )
        for item, answer in answered
    }
    scores = summed_up(task.card.scorer, scorer, list(judged.values()))
    return Constant(scores, {name: row.item for name, row in judged.items()})


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda answer: (-counts[answer], answer))
