"""Tasks on a terminal and as JSON: the list, and one card. Reads cards, no evaluation items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.documents import words
from ftassist.dojo.task import TaskCard


def task_document(card: TaskCard) -> dict[str, Any]:
    """A task card as JSON."""
    return {"schema": "ftassist/task/1", **asdict(card)}


def task_list(cards: Sequence[TaskCard]) -> Table:
    """All tasks, one a line."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("task", "domain", "title", "metric", "baselines (validation)"):
        table.add_column(name)
    for card in cards:
        arrow = "↑" if card.metric.higher_is_better else "↓"
        reference = " · ".join(f"{b.name} {words.number(b.validation)}" for b in card.baselines)
        table.add_row(
            *map(Text, (card.key, card.domain, card.title, f"{card.metric.name} {arrow}")),
            Text(reference),
        )
    return table


def task_page(card: TaskCard) -> RenderableType:
    """One task: what it asks, how answers are read, what is known about it."""
    views = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    views.add_column("view")
    views.add_column("what it asks")
    for name, text in card.views.items():
        views.add_row(Text(name), Text(text))
    reference = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("baseline", "validation", "test", "how"):
        reference.add_column(name)
    for baseline in card.baselines:
        numbers = (words.number(baseline.validation), words.number(baseline.test))
        reference.add_row(*map(Text, (baseline.name, *numbers, baseline.how)))
    direction = "greater is better" if card.metric.higher_is_better else "smaller is better"
    budget = " · ".join(f"{value:g} {name}" for name, value in card.budget.items())
    return Group(
        Text(f"{card.key} · {card.title}", style="bold"),
        Text(card.description.strip()),
        Text(f"\nprompt: {card.prompt.strip()}"),
        Text(f"answer: {card.output_contract.strip()}"),
        Text(f"metric: {card.metric.name}, {direction}, mean over {card.reduction}"),
        Text(f"budget: {budget}\n"),
        views,
        reference,
        Text(f"limits: {card.limits.strip()}"),
        Text(f"licence: {card.licence} · sources: {'; '.join(card.sources)}", style="dim"),
        Text(f"\nnext: ftassist init --task {card.key}"),
    )
