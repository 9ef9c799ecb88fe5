"""Figures of a campaign's numbers: parallel coordinates, and what each number seems worth.

Plain `go.Figure`s, as in `ftassist.ui.figures`. Reads the numbers from the cells of the trials.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ftassist.campaign.numbers import SPACE, numbers_of_cell
from ftassist.documents.snapshot import Snapshot
from ftassist.errors import DataError
from ftassist.search.policy import TreeNode

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

GREY, BLUE = "#8a8f98", "#0072B2"


def parallel(snapshot: Snapshot) -> Figure:
    """A line a scored trial through its numbers to its score; rates by orders of magnitude.

    Raises:
        DataError: Fewer than two scored trials have numbers.
    """
    import plotly.graph_objects as go

    nodes = _numbered(snapshot, 2)
    axes = []
    for knob in SPACE:
        values = [dict(node.knobs)[knob.name] for node in nodes]
        if len(set(values)) < 2:
            continue
        shown = [math.log10(value) for value in values] if knob.log else values
        ticks = sorted(set(values))
        places = [math.log10(tick) for tick in ticks] if knob.log else ticks
        axes.append(
            {
                "label": knob.name.replace("_", " "),
                "values": shown,
                "tickvals": places,
                "ticktext": [f"{tick:g}" for tick in ticks],
            }
        )
    scores = [_score(snapshot, node) for node in nodes]
    axes.append({"label": str(snapshot.metric.get("name", "score")), "values": scores})
    line = {"color": scores, "colorscale": "Cividis", "showscale": False}
    figure = go.Figure(go.Parcoords(line=line, dimensions=axes))
    figure.update_layout(title=f"Numbers of {len(nodes)} scored trials", height=380)
    return figure


def lines(snapshot: Snapshot) -> str:
    """The same as text, a scored trial a line."""
    found = []
    for node in _numbered(snapshot, 2):
        numbers = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in node.knobs)
        found.append(f"{node.id}  {_score(snapshot, node):.3f}  {numbers}")
    return "\n".join(found)


def importance(snapshot: Snapshot) -> tuple[Figure, str]:
    """What each number seems worth, with the range over resampled trials; the same as text.

    Raises:
        DataError: Too few scored trials have numbers, or no number varied.
        FtassistError: Optuna is not installed.
    """
    import plotly.graph_objects as go

    from ftassist.search.numbers import ENOUGH, importance_ranges

    nodes = _numbered(snapshot, ENOUGH)
    found = importance_ranges(nodes, SPACE)
    if not found:
        raise DataError("no number varied between the trials", where=snapshot.name)
    names = [one.knob.replace("_", " ") for one in found]
    figure = go.Figure(
        go.Bar(
            x=[one.share for one in found],
            y=names,
            orientation="h",
            marker_color=BLUE,
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [max(0.0, one.high - one.share) for one in found],
                "arrayminus": [max(0.0, one.share - one.low) for one in found],
                "color": GREY,
            },
        )
    )
    title = f"What each number seems worth ({len(nodes)} trials, PED-ANOVA)"
    figure.update_layout(title=title, height=120 + 40 * len(found))
    figure.update_xaxes(title="share of what the numbers explain", range=[0, 1])
    told = (f"{name} {one.share:.0%} ({one.low:.0%} to {one.high:.0%})"
            for name, one in zip(names, found, strict=True))  # fmt: skip
    return figure, "what each number seems worth: " + ", ".join(told)


def _numbered(snapshot: Snapshot, least: int) -> list[TreeNode]:
    """The scored trials with numbers, scores oriented.

    Raises:
        DataError: They are fewer than `least`.
    """
    sign = 1.0 if snapshot.metric.get("higher_is_better", True) else -1.0
    nodes = [
        TreeNode(t.id, t.parent, "scored", sign * t.score, knobs=numbers)
        for t in snapshot.state.trials.values()
        if t.role == "trial"
        and t.score is not None
        and (numbers := numbers_of_cell(t.cells.get("train", "")))
    ]
    if len(nodes) < least:
        raise DataError(
            f"{len(nodes)} scored trials have numbers to compare; {least} are needed",
            where=snapshot.name,
            fix="run more supervised trainings",
        )
    return nodes


def _score(snapshot: Snapshot, node: TreeNode) -> float:
    score = node.score or 0.0
    return score if snapshot.metric.get("higher_is_better", True) else -score
