"""The result on the sealed test split, as text and rich renderables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.documents import words
from ftassist.documents.summary import verdict_of
from ftassist.journal.state import BASE


def sentence(trial: str, found: Mapping[str, Any]) -> str:
    """What the test split says about a trial, in one sentence."""
    verdict = verdict_of(found)
    if verdict.against in ("", BASE):
        verdict = replace(verdict, against="the base model")
    return f"on the sealed test split, {trial} is {words.verdict_sentence(verdict)}"


def page(trial: str, found: Mapping[str, Any], *, openings: int) -> RenderableType:
    """Test scores of all runs, the verdict, and how often the split was opened."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("trial", "test score", "95 % interval", "items"):
        table.add_column(name, justify="left" if name == "trial" else "right")
    for name, feedback in found.get("scores", {}).items():
        score = words.number(feedback.get("score"))
        items = str(feedback.get("n", ""))
        table.add_row(
            Text(words.clean(name)),
            score,
            Text(words.interval(feedback.get("low"), feedback.get("high"))),
            items,
        )
    for one in found.get("baselines", ()):
        name = f"{words.clean(one['name'])}, {one['rows']:,} rows"
        score, items = words.number(one["score"]), str(one.get("n", ""))
        table.add_row(
            Text(name),
            score,
            Text(words.interval(one.get("low"), one.get("high"))),
            items,
            style="dim",
        )
    times = "once" if openings == 1 else f"{openings} times: later looks are not unbiased"
    return Group(
        table,
        Text(sentence(trial, found), style="bold"),
        Text(f"the test split was opened {times}", style="dim"),
    )
