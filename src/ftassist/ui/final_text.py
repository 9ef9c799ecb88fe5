"""The result on the sealed test split, as text and rich renderables."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.documents import words
from ftassist.documents.summary import test_sentence
from ftassist.records.final import OpenedTest


def page(trial: str, found: OpenedTest, *, openings: int) -> RenderableType:
    """Test scores of all runs, the verdict, and how often the split was opened."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("trial", "test score", "95 % interval", "items"):
        table.add_column(name, justify="left" if name == "trial" else "right")
    for name, told in found.scores.items():
        ends = Text(words.interval(told.low, told.high))
        table.add_row(Text(words.clean(name)), words.number(told.score), ends, str(told.n))
    for one in found.baselines:
        ends = Text(words.interval(one.low, one.high))
        named, items = Text(f"{words.clean(one.name)}, {one.rows:,} rows"), str(one.n or "")
        table.add_row(named, words.number(one.score), ends, items, style="dim")
    times = "once" if openings == 1 else f"{openings} times: later looks are not unbiased"
    return Group(
        table,
        Text(test_sentence(trial, found), style="bold"),
        Text(f"the test split was opened {times}", style="dim"),
    )
