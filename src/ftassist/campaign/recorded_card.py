"""A task's card made up from what was scored, for journals of before cards were kept in them."""

from __future__ import annotations

from ftassist.dojo.task import Metric, TaskCard
from ftassist.journal.state import State


def card_from_scores(state: State) -> TaskCard:
    """What a journal's scores tell of its task: key, metric and views; the rest is empty."""
    scored = [trial.feedback for trial in state.trials.values() if trial.feedback]
    first = scored[0] if scored else {}
    metric = first.get("metric") or {"name": "score"}
    return TaskCard(
        key=str(first.get("task") or state.task),
        title=str(first.get("task") or state.task),
        domain="",
        description="the task's folder is not on this machine",
        prompt="",
        output_contract="",
        views=dict.fromkeys(first.get("views", {}), ""),
        metric=Metric(**metric),
        reduction="items",
        max_new_tokens=0,
        max_length=0,
        budget=state.budget.to_dict(),
        baselines=(),
        licence="",
        sources=(),
        limits="",
    )
