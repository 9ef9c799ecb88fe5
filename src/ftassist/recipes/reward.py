"""The task's own scorer, applied to training rows: for rewards and for rejecting answers.

The scorer lies with the evaluator, out of a trial's sight, and is asked there; it judges a
training row's final answer exactly as it judges an item's. Its numbers are never a trial's score.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ftassist.recipes.answers import final_answer
from ftassist.recipes.chat import prompt_of, response_of

Judged = tuple[Mapping[str, Any], str]
"""A training row and an answer to it."""
Reward = Callable[[Sequence[Judged]], list[float]]


def load_reward(task: str) -> Reward:
    """The rewards of answers to training rows: greater is better, whatever the metric.

    They raise `RefusedError` where the task has no scorer for single answers (CONFIG), or a row
    is none it can judge (DATA).

    Args:
        task: The task; in a campaign it is always the campaign's.
    """
    from ftassist.dojo.evaluator.client import judge_answers

    def rewards(judged: Sequence[Judged]) -> list[float]:
        pairs = [(document_of(row), answer) for row, answer in judged]
        return judge_answers(pairs, task=task)

    return rewards


def document_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A training row as the scorer sees an item: its question, its final answer, its fields."""
    messages = row["messages"]
    fields = row.get("fields", "{}")
    known = json.loads(fields) if isinstance(fields, str) and fields else {}
    return {
        **known,
        "id": row.get("id", ""),
        "prompt": prompt_of(messages),
        "answer": final_answer(response_of(messages)),
    }
