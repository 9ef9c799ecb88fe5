"""The task's own scorer, applied to training rows: for rewards and for rejecting answers.

It runs the task's `process_results` on a training row's final answer, exactly as the evaluator
does on an item; it reads no evaluation item and its numbers are never a trial's score.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ftassist.errors import CellError, DataError
from ftassist.recipes.answers import final_answer
from ftassist.recipes.chat import prompt_of, response_of

Reward = Callable[[Mapping[str, Any], str], float]


def load_reward(task: str) -> Reward:
    """The reward of an answer to a training row: greater is better, whatever the metric.

    Args:
        task: The task.

    Raises:
        CellError: The task has no scorer that can be applied to rows.
    """
    from ftassist.dojo.evaluator.definition import read_definition
    from ftassist.dojo.task import load_task

    loaded = load_task(task)
    definition = read_definition(loaded.folder / "harness.yaml")
    process = definition.get("process_results")
    if not callable(process):
        raise CellError(
            f"the task {task!r} has no scorer for single answers",
            where="scorer",
            fix="use supervised training for it",
        )
    sign = 1.0 if loaded.card.metric.higher_is_better else -1.0
    name = loaded.card.metric.name

    def reward(row: Mapping[str, Any], answer: str) -> float:
        try:
            found = process(document_of(row), [answer])
        except (KeyError, ValueError, TypeError) as error:
            raise DataError(
                f"the scorer of {task!r} cannot judge this row: {error!r}",
                where=str(row.get("id", "")),
                fix="leave its set out",
            ) from error
        return sign * float(found.get("score", found.get(name, 0.0)))

    return reward


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
