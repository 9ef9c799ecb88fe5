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
from ftassist.documents.start import data_place
from ftassist.dojo.task import TaskCard


def task_document(card: TaskCard) -> dict[str, Any]:
    """A task card as JSON."""
    return {"schema": "ftassist/task/1", **asdict(card)}


def task_list(cards: Sequence[TaskCard]) -> Table:
    """All tasks, one a line: what is too long for the terminal is cut from the titles."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("task", "domain", "metric", "data here"):
        table.add_column(name, no_wrap=True, min_width=_widest(name, cards))
    table.add_column("title", no_wrap=True, overflow="ellipsis")
    for card in cards:
        table.add_row(*map(Text, (*_cells(card).values(), card.title)))
    return table


def _cells(card: TaskCard) -> dict[str, str]:
    """What a line of the list says before the title."""
    return {
        "task": card.key,
        "domain": card.domain,
        "metric": _metrics(card),
        "data here": data_place(card),
    }


def _widest(column: str, cards: Sequence[TaskCard]) -> int:
    return max((len(_cells(card)[column]) for card in cards), default=0)


def matching(cards: Sequence[TaskCard], words_wanted: str) -> list[TaskCard]:
    """The tasks whose card has all words of a search in its key, texts, domain or metrics."""
    wanted = words_wanted.casefold().split()

    def text(card: TaskCard) -> str:
        metrics = [metric.name for metric in card.headlines]
        parts = (card.key, card.title, card.domain, card.paper, card.description, *metrics)
        return " ".join(parts).casefold()

    return [card for card in cards if all(word in text(card) for word in wanted)]


def _metrics(card: TaskCard) -> str:
    """The headline metrics with their direction."""
    return ", ".join(f"{m.name} {'↑' if m.higher_is_better else '↓'}" for m in card.headlines)


def _data_lines(card: TaskCard) -> list[Text]:
    """Where a published task's data is from, its licence, and how to get it."""
    if card.data is None:
        return []
    from ftassist.dojo.known_sources import sources_of
    from ftassist.dojo.location import how_to_get

    lines = [f"paper: {card.paper} · headline: {card.headline}", f"left out: {card.left_out}"]
    sources = [("evaluation", card.data), *(("training", t.source) for t in card.training)]
    for kind, source in sources:
        flag = "" if source.commercial else " · NOT FOR COMMERCIAL USE"
        gate = " · gated" if source.gated else ""
        place = f"{source.host} {source.id} @{source.revision[:12]}"
        lines.append(f"{kind}: {place} · {source.licence}{flag}{gate}")
    lines += [f"beware: {known.told(card.key)}" for known in sources_of(card)]
    place = data_place(card)
    needed = place == "needs data"
    lines.append(f"data: {how_to_get(card.data) if needed else f'found ({place})'}")
    return [Text(line) for line in lines]


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
        Text(f"metric: {card.metric.name}, {direction}, {_reduction(card)}"),
        Text(f"budget: {budget}\n"),
        *_data_lines(card),
        views,
        *([reference] if card.baselines else []),
        Text(f"limits: {card.limits.strip()}"),
        Text(f"licence: {card.licence} · sources: {'; '.join(card.sources)}", style="dim"),
        Text(f"\nnext: ftassist init --task {card.key}"),
    )


def _reduction(card: TaskCard) -> str:
    """How the headline comes from items, in words."""
    return card.headline if card.reduction == "scorer" else f"mean over {card.reduction}"
