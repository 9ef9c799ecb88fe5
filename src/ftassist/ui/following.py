"""Following a campaign live on stdout: a growing tree on a terminal, plain lines elsewhere.

A follower is told each state and shows what is new. It waits for nothing and decides nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ftassist.documents import progress, summary, words
from ftassist.documents.snapshot import take
from ftassist.journal.state import State
from ftassist.ui import terminal

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ftassist.campaign import Campaign

Show = Callable[[State], None]
_REDRAW_SECONDS = 0.25
_LINE_SECONDS = 5.0
_QUARTERS = 4


@contextmanager
def on_terminal(campaign: Campaign) -> Iterator[Show]:
    """The tree, what runs now and the budget, redrawn in place."""
    from rich.console import Console
    from rich.live import Live

    drawn = -1.0
    with Live(console=Console(highlight=False), refresh_per_second=4, transient=True) as live:

        def show(state: State) -> None:
            nonlocal drawn
            if time.monotonic() - drawn < _REDRAW_SECONDS:
                return
            live.update(picture(campaign, state))
            drawn = time.monotonic()

        yield show


@contextmanager
def in_lines(campaign: Campaign) -> Iterator[Show]:
    """A line for each thing that happens, and now and then one about training."""
    news = progress.News()
    told: dict[str, tuple[float, int]] = {}
    said = ""

    def write(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def show(state: State) -> None:
        nonlocal said
        for line in news.lines(state):
            write(line)
        for moment in progress.moments(campaign, state):
            if moment.steps and _due(moment, told):
                write(f"  {moment.text}")
        if not state.with_status("running"):
            line = progress.now_line(campaign, state)
            if line != said:
                write(f"  {line}")
                said = line

    yield show


@contextmanager
def in_notebook(campaign: Campaign, shell: Any) -> Iterator[Show]:
    """The same picture in an output that is updated in place; lines where that cannot be."""
    if getattr(shell, "kernel", None) is None:
        with in_lines(campaign) as show:
            yield show
        return
    from ftassist.ui.notebook_status import status_line

    with status_line(shell) as tell:
        drawn = -1.0

        def show(state: State) -> None:
            nonlocal drawn
            if time.monotonic() - drawn >= _REDRAW_SECONDS:
                tell(terminal.to_text(picture(campaign, state)))
                drawn = time.monotonic()

        yield show


def picture(campaign: Campaign, state: State) -> RenderableType:
    """What the live view shows of a campaign."""
    from rich.console import Group
    from rich.text import Text

    snapshot = take(campaign)
    budget = " · ".join(meter.text for meter in summary.meters(snapshot))
    head = Text(f"{snapshot.name} ", style="bold")
    head.append(f"{words.clean(summary.settings_line(snapshot))} · {budget}", style="dim")
    running = [Text(m.text, style="blue") for m in progress.moments(campaign, state)]
    now = running or [Text(progress.now_line(campaign, state), style="blue")]
    hint = Text("an interrupt detaches; the runner goes on", style="dim")
    return Group(head, Text(""), terminal.tree(snapshot), Text(""), *now, hint)


def _due(moment: progress.Moment, told: dict[str, tuple[float, int]]) -> bool:
    """Whether a training line is due: another quarter is done, or some seconds have passed."""
    now = time.monotonic()
    at, before = told.get(moment.trial, (-_LINE_SECONDS, -1))
    if moment.step == before:
        return False
    same_quarter = moment.step * _QUARTERS // moment.steps == before * _QUARTERS // moment.steps
    if same_quarter and now - at < _LINE_SECONDS:
        return False
    told[moment.trial] = (now, moment.step)
    return True
