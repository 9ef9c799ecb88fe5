"""A campaign on a terminal: status, tree, table and diffs as rich renderables.

Text from data is put into `Text` objects, cleaned of control characters and never read as
markup. Colour is added to shape and word, never instead of them. Writes nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.documents import summary, words
from ftassist.documents.diffs import CellDiff, ParameterChange
from ftassist.documents.looks import looks_sentence
from ftassist.documents.snapshot import Snapshot
from ftassist.documents.tree import TreeRow, rows
from ftassist.documents.what_if import what_if_lines

STYLES = {
    "better": "green",
    "worse": "yellow",
    "tied": "",
    "base": "bold",
    "proposal": "cyan",
    "queued": "blue",
    "running": "bold blue",
    "resting": "blue",
    "failed": "red",
    "stopped": "dim",
    "invalid": "magenta",
    "vetoed": "dim",
}
_BAR = 20


def status(snapshot: Snapshot, believed: Sequence[str] = ()) -> RenderableType:
    """Where a campaign stands: settings, best, budget, tree, what runs, what waits.

    Args:
        believed: What cannot be told apart, and how sure one may be, a sentence each.
    """
    lines = Text()
    lines.append(words.clean(snapshot.name), style="bold")
    lines.append(f"  {summary.settings_line(snapshot)}\n")
    lines.append(f"{summary.phase_line(snapshot)}\n")
    lines.append(best_line(snapshot))
    for meter in summary.meters(snapshot):
        filled = round(meter.share * _BAR)
        bar = "█" * filled + "░" * (_BAR - filled) if meter.limit else ""
        lines.append(f"\n{meter.name:<8} {bar} {meter.text}")
    parts: list[RenderableType] = [lines, Text(""), tree(snapshot), Text("")]
    parts += [Text(moment.text, style="blue") for moment in snapshot.moments]
    parts.append(Text(summary.claim(snapshot), style="bold"))
    parts += map(Text, believed)
    if classical := summary.baselines(snapshot):
        parts.append(Text(classical))
    if looks := looks_sentence(snapshot):
        parts.append(Text(looks))
    if saved := summary.saved(snapshot):
        parts.append(Text(saved))
    if effect := summary.smallest_effect(snapshot):
        parts.append(Text(effect, style="dim"))
    parts += [Text(f"test split {line}") for line in summary.opened_tests(snapshot)]
    if damage := summary.damaged(snapshot):
        parts.append(Text(damage, style="bold red"))
    if still := summary.stalled(snapshot):
        way = f"{still['sentence']}: `run` starts one, and nothing is lost"
        parts.append(Text(way, style="bold yellow"))
    if note := summary.waiting(snapshot):
        parts.append(Text(note, style="cyan"))
    if caution := summary.stand_in(snapshot):
        parts.append(Text(caution, style="dim"))
    return Group(*parts)


def best_line(snapshot: Snapshot) -> Text:
    """One line: "best 0.78 ●t0004   base 0.04"."""
    state, best = snapshot.state, snapshot.best
    base = state.base if "t0000" in state.trials else None
    text = Text()
    if best and best != "t0000":
        trial = state.trials[best]
        text.append(f"best {words.score(trial)} {words.mark(trial)}{best}   ")
    text.append(f"base {words.score(base) if base else '-'}")
    if strongest := state.strongest_baseline:
        text.append(f"   {strongest.name} {words.number(strongest.score)}")
    return text


def tree(snapshot: Snapshot) -> RenderableType:
    """The search tree, one trial a line."""
    found = rows(snapshot)
    if not found:
        return Text("No trials yet.")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, overflow="ellipsis", max_width=64)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for row in found:
        grid.add_row(_node(row), _score(row), _word(row), Text(" · ".join(row.remarks), "dim"))
    return grid


def trials_table(snapshot: Snapshot) -> Table:
    """All trials with score, interval, verdict, prediction and cost."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("trial", no_wrap=True)
    table.add_column("changes", no_wrap=True)
    table.add_column("hypothesis", min_width=20)
    table.add_column("score", no_wrap=True)
    table.add_column("outcome", min_width=24)
    table.add_column("time", justify="right", no_wrap=True)
    for row in rows(snapshot):
        trial = row.trial
        table.add_row(
            Text(f"{row.mark} {trial.id}{' ' + words.BEST if row.best else ''}", _style(row)),
            Text(words.changes(trial) if trial.role == "trial" else "-"),
            Text(words.one_line(trial.hypothesis if trial.role == "trial" else row.title)),
            Text(words.score(trial)),
            Text(row.outcome if trial.role != "replicate" or row.still else row.word),
            Text(words.duration(trial.seconds) if trial.finished and trial.started else "-"),
        )
    return table


def what_if(document: Mapping[str, Any]) -> RenderableType:
    """What the policy would do next, and what is believed of each trial."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    heads = ("trial", "posterior mean", "95 % interval", "chance to be best", "visits")
    for name in heads:
        table.add_column(name, justify="left" if name == "trial" else "right")
    for belief in document["beliefs"]:
        span = f"{belief['low']:.3f} to {belief['high']:.3f}"
        chance = words.percent(belief["chance"])
        mean, visits = f"{belief['mean']:.3f}", str(belief["visits"])
        cells = (belief["trial"], mean, span, chance, visits)
        table.add_row(*map(Text, cells))
    return Group(*map(Text, what_if_lines(document)), table)


def plan(document: Mapping[str, Any]) -> RenderableType:
    """What a campaign is expected to cost from here to its end."""
    head = Text("what is still to be done, and what it is expected to take", style="bold")
    return Group(head, *(Text(f"  {line}") for line in document["lines"]))


def diff(cells: Sequence[CellDiff], changes: Sequence[ParameterChange]) -> RenderableType:
    """Cells as unified diffs, then the parameters that changed."""
    parts: list[RenderableType] = []
    for cell in cells:
        parts.append(Text(f"{cell.stage}  {cell.summary}", style="bold"))
        parts += [Text("  " + line, style=_line_style(line)) for line in cell.lines]
    if changes:
        parts += [Text(""), parameters(changes)]
    return Group(*parts)


def parameters(changes: Sequence[ParameterChange]) -> Table:
    """Only the parameters that differ."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("stage", "parameter", "before", "after"):
        table.add_column(name)
    for change in changes:
        before, after = (
            v if v is not None else "not given" for v in (change.before, change.after)
        )
        table.add_row(*map(Text, (change.stage, change.name, before, after)))
    return table


def to_text(renderable: Any, width: int = 110) -> str:
    """A renderable as plain text without colours, for logs and saved notebooks."""
    console = Console(
        width=width,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,  # in a kernel it would display an output of its own
        highlight=False,
    )
    with console.capture() as capture:
        console.print(renderable)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def _node(row: TreeRow) -> Text:
    text = Text(row.branch, style="dim")
    text.append(f"{row.mark} {row.trial.id}", style=_style(row))
    text.append(f" {row.title}", style="italic" if row.ghost else "")
    return text


def _score(row: TreeRow) -> Text:
    style = "bold" if row.on_best_path else ""
    return Text("" if row.trial.score is None else words.score(row.trial), style)


def _word(row: TreeRow) -> Text:
    return Text(f"{row.word}{' ' + words.BEST if row.best else ''}", style=_style(row))


def _style(row: TreeRow) -> str:
    style = STYLES.get(row.word, "")
    return f"bold {style}".strip() if row.on_best_path else style


def _line_style(line: str) -> str:
    if line.startswith("@@"):
        return "cyan"
    return {"+": "green", "-": "red"}.get(line[:1], "dim")
