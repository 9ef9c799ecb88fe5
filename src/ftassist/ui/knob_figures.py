"""Figures of a campaign's numbers: parallel coordinates, and what each number seems worth.

Plain `go.Figure`s, as in `ftassist.ui.figures`, of `ftassist.documents.knobs`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ftassist.documents.knobs import knobs_document
from ftassist.documents.snapshot import Snapshot
from ftassist.errors import DataError
from ftassist.records.what_if import KnobAxis, Knobs

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

GREY, BLUE = "#8a8f98", "#0072B2"


def parallel(snapshot: Snapshot) -> Figure:
    """A line a scored trial through its numbers to its score; rates by orders of magnitude.

    Raises:
        DataError: Fewer than two scored trials have numbers.
    """
    import plotly.graph_objects as go

    found = _compared(snapshot)
    axes = [_axis(axis) for axis in found["axes"] if len(set(axis["values"])) > 1]
    scores = found["scores"]
    axes.append({"label": str(snapshot.metric.get("name", "score")), "values": scores})
    line = {"color": scores, "colorscale": "Cividis", "showscale": False}
    figure = go.Figure(go.Parcoords(line=line, dimensions=axes))
    figure.update_layout(title=f"Numbers of {len(scores)} scored trials", height=380)
    return figure


def lines(snapshot: Snapshot) -> str:
    """The same as text, a scored trial a line."""
    known = _compared(snapshot)
    found = []
    for place, (trial, score) in enumerate(zip(known["trials"], known["scores"], strict=True)):
        numbers = ", ".join(f"{_name(a['name'])} {a['values'][place]:g}" for a in known["axes"])
        found.append(f"{trial}  {score:.3f}  {numbers}")
    return "\n".join(found)


def importance(snapshot: Snapshot) -> tuple[Figure, str]:
    """What each number seems worth, with the range over resampled trials; the same as text.

    Raises:
        DataError: It cannot be told; says why.
    """
    import plotly.graph_objects as go

    known = knobs_document(snapshot)
    found = known["worths"]
    if not found:
        raise DataError(known["why_not"], where=snapshot.name)
    names = [_name(one["name"]) for one in found]
    figure = go.Figure(
        go.Bar(
            x=[one["share"] for one in found],
            y=names,
            orientation="h",
            marker_color=BLUE,
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [max(0.0, one["high"] - one["share"]) for one in found],
                "arrayminus": [max(0.0, one["share"] - one["low"]) for one in found],
                "color": GREY,
            },
        )
    )
    title = f"What each number seems worth ({len(known['trials'])} trials, PED-ANOVA)"
    figure.update_layout(title=title, height=120 + 40 * len(found))
    figure.update_xaxes(title="share of what the numbers explain", range=[0, 1])
    told = (
        f"{name} {one['share']:.0%} ({one['low']:.0%} to {one['high']:.0%})"
        for name, one in zip(names, found, strict=True)
    )
    return figure, "what each number seems worth: " + ", ".join(told)


def _axis(axis: KnobAxis) -> dict[str, object]:
    """A number as plotly draws it."""
    place = math.log10 if axis["log"] else float
    ticks = sorted(set(axis["values"]))
    return {
        "label": _name(axis["name"]),
        "values": [place(value) for value in axis["values"]],
        "tickvals": [place(tick) for tick in ticks],
        "ticktext": [f"{tick:g}" for tick in ticks],
    }


def _compared(snapshot: Snapshot) -> Knobs:
    """The numbers of the scored trials.

    Raises:
        DataError: They are fewer than two.
    """
    found = knobs_document(snapshot, worths=False)
    if len(found["trials"]) < 2:
        raise DataError(
            f"{len(found['trials'])} scored trials have numbers to compare; 2 are needed",
            where=snapshot.name,
            fix="run more supervised trainings",
        )
    return found


def _name(knob: str) -> str:
    return knob.replace("_", " ")
