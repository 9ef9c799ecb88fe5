"""The task's own scoring, applied to training rows that a trial sends: for rewards.

It runs `process_results` on what was sent, exactly as on an item; it reads no evaluation item,
and what it gives is never a trial's score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.dojo.evaluator.definition import read_definition
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.task import Task

Pair = tuple[Mapping[str, Any], str]
"""A training row as the scorer sees an item, and an answer to it."""


def judge(task: Task, pairs: Sequence[Pair]) -> list[float]:
    """The reward of each answer: greater is better, whatever the metric.

    Raises:
        RefusedError: The task has no scoring for single answers, or a row is none it can judge.
    """
    process = read_definition(task.folder / "harness.yaml").get("process_results")
    if not callable(process):
        raise RefusedError(
            f"the task {task.key!r} has no scorer for single answers",
            kind="CONFIG",
            where="scorer",
            fix="use supervised training for it",
        )
    metric = task.card.metric
    sign = 1.0 if metric.higher_is_better else -1.0
    rewards: list[float] = []
    for document, answer in pairs:
        try:
            found = process(dict(document), [answer])
        except Exception as error:  # whatever a scorer makes of rows that are not its own
            raise RefusedError(
                f"the scorer of {task.key!r} cannot judge this row: {error!r}",
                kind="DATA",
                where=str(document.get("id", "")),
                fix="leave its set out",
            ) from error
        rewards.append(sign * float(found.get("score", found.get(metric.name, 0.0))))
    return rewards
