"""Figures for notebooks: search tree, learning curves, scores by view, predictions.

Every function returns a plain `go.Figure`, never a widget: a saved notebook stays small and
shows the figure without a kernel. Colours are from the Okabe-Ito palette and never the only
sign; backgrounds are clear and lines are grey, so both light and dark themes read well.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ftassist.documents import words
from ftassist.documents.prediction import prediction_sentence
from ftassist.documents.snapshot import Curve, Snapshot
from ftassist.documents.tree import TreeRow, rows
from ftassist.errors import DataError
from ftassist.journal.state import Trial

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8a8f98"
TEXT = "#767676"  # 4.5 : 1 on white and on black
_SYMBOLS = {
    "base": "diamond",
    "better": "circle",
    "worse": "circle",
    "scored": "circle",
    "tied": "circle-open",
    "proposal": "circle-open-dot",
    "queued": "triangle-right-open",
    "running": "triangle-right",
    "resting": "hourglass-open",
    "failed": "x",
    "stopped": "square",
    "invalid": "triangle-up",
    "vetoed": "circle-x-open",
}
_SCALE = [[0.0, "#cfe3f1"], [0.5, "#56B4E9"], [1.0, "#005a8f"]]
_ROW_PIXELS = 34
_ROOM = 48
"""Characters of a label that fit beside a mark; the rest is told on hover."""


def tree(snapshot: Snapshot) -> Figure:
    """The search tree: score by colour, shape and text; best path thick; proposals dashed."""
    import plotly.graph_objects as go

    found = rows(snapshot)
    figure = go.Figure()
    for row in found:
        if row.parent_line is not None:
            figure.add_trace(_edge(row, found[row.parent_line]))
    scored = [row for row in found if row.trial.score is not None]
    figure.add_trace(_nodes([r for r in found if r.trial.score is None], None))
    figure.add_trace(_nodes(scored, [float(r.trial.score or 0.0) for r in scored]))
    depth = max((row.depth for row in found), default=0)
    _style(figure, f"Search tree of {snapshot.name}", _ROW_PIXELS * len(found) + 90)
    figure.update_xaxes(visible=False, range=[-0.3, depth + 3.5])
    figure.update_yaxes(visible=False, range=[-len(found) + 0.4, 0.6])
    return figure


def curves(snapshot: Snapshot, trial: Trial) -> Figure:
    """The training loss of a trial, its parent's in grey behind it.

    Raises:
        DataError: The trial has not trained.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    if trial.parent and trial.parent in snapshot.curves:
        _add_curve(figure, snapshot.curves[trial.parent], f"{trial.parent} (parent)", GREY, 1.5)
    if trial.id not in snapshot.curves:
        raise DataError(f"{trial.id} has no learning curve", fix="it has not trained (yet)")
    _add_curve(figure, snapshot.curves[trial.id], trial.id, BLUE, 2.5)
    _style(figure, f"Training loss of {trial.id}", 340)
    figure.update_xaxes(title="step")
    figure.update_yaxes(title="loss", rangemode="tozero")
    return figure


def views(snapshot: Snapshot, trial: Trial) -> Figure:
    """Scores by view with 95 % intervals; the parent's as hollow marks.

    The strongest classical baseline on all items, where there is one, is a dashed line.

    Raises:
        DataError: The trial has no score.
    """
    import plotly.graph_objects as go

    if not trial.feedback:
        raise DataError(f"{trial.id} has no score", fix="choose a scored trial")
    figure = go.Figure()
    parent = snapshot.parent(trial)
    if parent is not None and parent.feedback:
        figure.add_trace(_view_trace(parent, "circle-open", GREY, f"{parent.id} (parent)"))
    figure.add_trace(_view_trace(trial, "circle", BLUE, trial.id))
    _style(figure, f"Scores by view of {trial.id}", 120 + 46 * len(trial.feedback.parts))
    if strongest := snapshot.state.strongest_baseline:
        named = escape(f"{strongest.name} {words.number(strongest.score)}")
        line = {"color": ORANGE, "dash": "dash", "width": 1.5}
        figure.add_vline(strongest.score, line=line, annotation_text=named)
    figure.update_layout(scattermode="group")
    figure.update_xaxes(title="score, 95 % interval")
    figure.update_yaxes(autorange="reversed")
    return figure


def predictions(snapshot: Snapshot) -> Figure:
    """Predicted intervals against what was observed, one line a judged trial.

    Raises:
        DataError: No trial with a prediction has been judged.
    """
    import plotly.graph_objects as go

    judged = [t for t in snapshot.state.trials.values() if t.prediction.observed is not None]
    if not judged:
        raise DataError("no prediction has met its outcome yet", fix="wait for a scored trial")
    figure = go.Figure()
    for trial in judged:
        ends = [trial.prediction.low, trial.prediction.high]
        line = {"color": GREY, "width": 9}
        figure.add_trace(_plain(x=ends, y=[trial.id] * 2, mode="lines", line=line))
    for held, symbol, colour, name in (
        (True, "circle", GREEN, "held"),
        (False, "x", ORANGE, "missed"),
    ):
        some = [t for t in judged if bool(t.prediction.held) is held]
        figure.add_trace(
            go.Scatter(
                x=[t.prediction.observed for t in some],
                y=[t.id for t in some],
                mode="markers",
                name=f"observed, {name}",
                marker={"symbol": symbol, "color": colour, "size": 11},
                text=[prediction_sentence(t) for t in some],
                hoverinfo="text",
            )
        )
    _style(figure, "Predicted change (bar) and observed change (mark)", 130 + 40 * len(judged))
    figure.update_xaxes(title="change against the parent")
    figure.update_yaxes(autorange="reversed", type="category")
    return figure


def mime_bundle(figure: Figure, text: str) -> dict[str, Any]:
    """A figure as notebook output: plotly's JSON, and text for front ends without plotly."""
    import json

    html = f"<pre>{escape(text)}</pre>"
    return {
        "application/vnd.plotly.v1+json": json.loads(figure.to_json()),
        "text/html": html,
        "text/plain": text,
    }


def _edge(row: TreeRow, parent: TreeRow) -> Any:
    thick = row.on_best_path
    line = {
        "color": BLUE if thick else GREY,
        "width": 4 if thick else 1.4,
        "dash": "dot" if row.ghost else "solid",
    }
    x = [parent.depth, parent.depth, row.depth]
    return _plain(x=x, y=[-parent.line, -row.line, -row.line], mode="lines", line=line)


def _nodes(found: Sequence[TreeRow], scores: Sequence[float] | None) -> Any:
    marker: dict[str, Any] = {
        "symbol": [_SYMBOLS.get(row.word, "circle") for row in found],
        "size": [18 if row.best else 14 for row in found],
        "line": {"color": GREY, "width": 1.5},
        "color": GREY,
        "opacity": 1,
    }
    if scores:
        bar = {"title": "score", "thickness": 10, "len": 0.6, "outlinewidth": 0}
        marker |= {"color": list(scores), "colorscale": _SCALE, "colorbar": bar}
    return _plain(
        x=[row.depth for row in found],
        y=[-row.line for row in found],
        mode="markers+text",
        marker=marker,
        text=[_label(row) for row in found],
        textposition="middle right",
        hovertext=[_hover(row) for row in found],
        hoverinfo="text",
    )


def _label(row: TreeRow) -> str:
    trial = row.trial
    score = f" {words.number(trial.score)}" if trial.score is not None else ""
    best = f" {words.BEST}" if row.best else ""
    word = "" if row.word in ("base", "scored") else f" {row.word}"
    return escape(f"  {trial.id} {words.one_line(row.title, _ROOM)}{score}{word}{best}")


def _hover(row: TreeRow) -> str:
    trial = row.trial
    lines = [f"{trial.id} {words.score(trial)}", row.outcome]
    lines.append(words.one_line(trial.hypothesis, 120))
    lines += [f"worth of {text}" for text in row.worths]
    return "<br>".join(escape(line) for line in lines)


def _add_curve(figure: Figure, curve: Curve, name: str, colour: str, width: float) -> None:
    for key, dash, label in (
        ("supervised_loss", "dash", f"{name}, supervised epochs before"),
        ("loss", "solid", name),
        ("eval_loss", "dot", f"{name}, validation"),
    ):
        points = [row for row in curve if row.get(key) is not None]
        if points:
            line = {"color": colour, "width": width, "dash": dash}
            x, y = [row["step"] for row in points], [row[key] for row in points]
            figure.add_scatter(x=x, y=y, name=label, mode="lines", line=line)


def _view_trace(trial: Trial, symbol: str, colour: str, name: str) -> Any:
    import plotly.graph_objects as go

    parts = trial.feedback.parts
    scores = [part.score for part in parts.values()]
    return go.Scatter(
        x=scores,
        y=[escape(words.clean(view)) for view in parts],
        mode="markers",
        name=name,
        marker={"symbol": symbol, "color": colour, "size": 10},
        error_x={
            "array": [p.high - s for p, s in zip(parts.values(), scores, strict=True)],
            "arrayminus": [s - p.low for p, s in zip(parts.values(), scores, strict=True)],
            "color": colour,
        },
    )


def _plain(**arguments: Any) -> Any:
    """A scatter trace without legend and, unless given, without hover."""
    import plotly.graph_objects as go

    return go.Scatter(**{"showlegend": False, "hoverinfo": "skip", **arguments})


def _style(figure: Figure, title: str, height: int) -> None:
    axis = {"gridcolor": "rgba(128,128,128,.25)", "zerolinecolor": "rgba(128,128,128,.5)"}
    figure.update_layout(
        title=escape(title),
        height=height,
        margin={"l": 20, "r": 20, "t": 50, "b": 40},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 12, "color": TEXT},
        legend={"orientation": "h", "y": 1.08, "x": 1, "xanchor": "right"},
        hovermode="closest",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": GREY},
    )
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
