"""A task's card made up from what was scored, for journals of before cards were kept in them."""

from __future__ import annotations

from ftassist.dojo.task import TaskCard
from ftassist.journal.state import State
from ftassist.records.feedback import NO_FEEDBACK
from ftassist.records.metric import Metric


def card_from_scores(state: State) -> TaskCard:
    """What a journal's scores tell of its task: key, metric and views; the rest is empty."""
    scored = (trial.feedback for trial in state.trials.values() if trial.feedback)
    first = next(scored, NO_FEEDBACK)
    return TaskCard(
        key=first.task or state.task,
        title=first.task or state.task,
        domain="",
        description="the task's folder is not on this machine",
        prompt="",
        output_contract="",
        views=dict.fromkeys(first.views, ""),
        metric=first.metric or Metric("score"),
        reduction="items",
        max_new_tokens=0,
        max_length=0,
        budget=state.budget.to_dict(),
        baselines=(),
        licence="",
        sources=(),
        limits="",
    )
