"""Scores of a predictions file on a terminal: official, interval, strict."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.dojo.scorers.score import Scores


def score_page(scores: Scores, policy: str | None) -> RenderableType:
    """All metrics, headline metrics first; shares in percent."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("metric")
    for name in ("official", "95 % interval", "strict", "n"):
        table.add_column(name, justify="right")
    ordered = sorted(scores.metrics, key=lambda name: "." in name)
    for name in ordered:
        low, high = scores.intervals[name]
        table.add_row(
            Text(name, style="" if "." in name else "bold"),
            _value(name, scores.metrics[name]),
            f"{_value(name, low)} to {_value(name, high)}",
            _value(name, scores.strict[name]),
            str(scores.rows[name]),
        )
    split = f", test split of {policy!r}" if policy else ""
    lines: list[RenderableType] = [
        Text(
            f"{scores.task}: {scores.n} rows{split}, {scores.parsed:.1%} with one readable answer"
        ),
        table,
    ]
    if judge := scores.judge:
        lines.append(
            Text(
                f"metrics named with_judge: with LLM judge {judge['model']}, who looked again at "
                f"{judge['asked']} answers the rule called wrong and called {judge['overturned']} "
                f"right, for ${judge['usd']:.4f}"
            )
        )
    for view, why in (scores.not_scored or {}).items():
        lines.append(Text(f"not scored: {view} ({why})"))
    if scores.left_out:
        lines.append(Text(f"{len(scores.left_out)} rows were left out"))
    return Group(*lines)


def _value(name: str, value: float) -> str:
    """A share in percent; errors and counts as they are."""
    if name.rpartition(".")[2] in {"mae", "levenshtein", "mean_improvement"}:
        return f"{value:.3f}"
    return f"{100 * value:.1f} %"
