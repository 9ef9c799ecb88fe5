"""The report's pictures: tree with scores, learning curves, scores by view, prediction, data.

Each takes a snapshot or a trial and gives SVG text. What it draws is also in a table of the
report, so nothing is told by a picture alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ftassist.documents import words
from ftassist.documents.prediction import prediction_sentence
from ftassist.documents.rows import rows_part
from ftassist.documents.snapshot import Curve, Snapshot
from ftassist.documents.tree import TreeRow, rows
from ftassist.journal.state import Trial
from ftassist.records.feedback import Measured
from ftassist.ui.report import svg

_WIDTH = 960.0
_ROW = 30.0
_TREE = 560.0
_TOP = 48.0
_INDENT = 26.0
_PLOT = 340.0


def tree(snapshot: Snapshot) -> str:
    """The search tree at the left; at the right each score with its interval on one axis."""
    found = rows(snapshot)
    ends = [r.trial.feedback.high for r in found if r.trial.score is not None]
    lows = [r.trial.feedback.low for r in found if r.trial.score is not None]
    if strongest := snapshot.state.strongest_baseline:
        lows, ends = [*lows, strongest.score], [*ends, strongest.score]
    low, high = _range(lows, ends)
    height = _TOP + _ROW * len(found) + 14
    left, right = _TREE + 30, _WIDTH - 24

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    parts = [
        svg.text(0, 12, "trial", "axis"),
        svg.text(_TREE, 12, "score", "axis", "end"),
        svg.text(left, 12, "with its 95 % interval", "axis"),
    ]
    for value in svg.ticks(low, high):
        parts.append(svg.line(x(value), _TOP - 8, x(value), height - 8, "grid"))
        parts.append(svg.text(x(value), _TOP - 10, words.number(value), "axis", "middle"))
    best = snapshot.state.trials.get(snapshot.best) if snapshot.best else None
    if best is not None and best.score is not None:
        band_low, band_high = x(best.feedback.low), x(best.feedback.high)
        parts.append(
            svg.tag(
                "rect",
                x=band_low,
                y=_TOP - 4,
                width=band_high - band_low,
                height=height - _TOP - 4,
                class_="band",
            )
        )
    parts += _baseline(snapshot, x, height)
    parts += [_edge(row) for row in found if not row.on_best_path]
    parts += [_edge(row) for row in found if row.on_best_path]
    parts += [_tree_row(row, low, high) for row in found]
    parts += [_interval(row, x) for row in found if row.trial.score is not None]
    title = f"Search tree of {snapshot.name} with {len(found)} trials and their scores"
    return svg.picture(_WIDTH, height, title, parts, "tree")


def _baseline(snapshot: Snapshot, x: Callable[[float], float], height: float) -> list[str]:
    """The strongest classical baseline: a dashed line across all trials, with its name."""
    strongest = snapshot.state.strongest_baseline
    if strongest is None:
        return []
    at = x(strongest.score)
    name = f"{words.clean(strongest.name)} {words.number(strongest.score)}"
    anchor = "end" if at > _WIDTH - 130 else "start"
    return [
        svg.line(at, _TOP - 22, at, height - 8, "classical"),
        svg.text(at + (-4 if anchor == "end" else 4), _TOP - 22, name, "axis", anchor),
    ]


def curve(snapshot: Snapshot, trial: Trial) -> str:
    """Training loss of a trial in front of its parent's; "" when it has not trained."""
    own = snapshot.curves.get(trial.id, ())
    if not own:
        return ""
    behind = snapshot.curves.get(trial.parent or "", ())
    drawn_rows = (
        (behind, "loss", "curve-parent"),
        (own, "supervised_loss", "curve-supervised"),
        (own, "eval_loss", "curve-validation"),
        (own, "loss", "curve"),
    )
    points = [point for rows_, key, _ in drawn_rows for point in _points(rows_, key)]
    if not points:
        return ""
    width, height = _PLOT, 212.0
    last = max(step for step, _ in points)
    first = min(step for step, _ in points)
    bottom, top = 0.0, max(value for _, value in points) * 1.05
    left, right, floor, ceiling = 34.0, width - 10, height - 34, 18.0

    def place(point: tuple[float, float]) -> tuple[float, float]:
        step, value = point
        across = (step - first) / max(last - first, 1e-9)
        up = (value - bottom) / max(top - bottom, 1e-9)
        return left + across * (right - left), floor - up * (floor - ceiling)

    parts = []
    for value in svg.ticks(bottom, top, 4):
        _, y = place((first, value))
        parts += [svg.line(left, y, right, y, "grid")]
        parts += [svg.text(left - 6, y + 4, f"{value:g}", "axis", "end")]
    for step in svg.ticks(first, last, 5):
        parts.append(svg.text(place((step, 0))[0], height - 16, f"{step:g}", "axis", "middle"))
    parts.append(svg.text(right, height - 2, "step", "axis", "end"))
    parts.append(svg.text(0, 11, "loss", "axis"))
    for rows_, key, class_ in drawn_rows:
        drawn = [place(point) for point in _thin(_points(rows_, key))]
        if len(drawn) > 1:
            parts.append(svg.path(drawn, class_))
    return svg.picture(width, height, f"Training loss of {trial.id}", parts, "plot")


def views(snapshot: Snapshot, trial: Trial) -> str:
    """Scores by view with intervals; the parent's as hollow marks behind."""
    if not trial.feedback:
        return ""
    parent = snapshot.parent(trial)
    own = trial.feedback.parts
    other = parent.feedback.parts if parent is not None and parent.feedback else {}
    width, row = _PLOT, 32.0
    height = 34 + row * len(own)
    left, right = 96.0, width - 10
    both = [*own.values(), *other.values()]
    low, high = _range([p.low for p in both], [p.high for p in both])

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    parts = []
    for value in svg.ticks(low, high, 4):
        parts.append(svg.line(x(value), 18, x(value), height - 4, "grid"))
        parts.append(svg.text(x(value), 12, words.number(value), "axis", "middle"))
    for place, (name, part) in enumerate(own.items()):
        y = 30 + row * place + 6
        parts.append(svg.text(left - 12, y + 4, words.one_line(name, 14), "label", "end"))
        if name in other:
            parts += _dot(other[name], x, y + 7, "parent")
        parts += _dot(part, x, y, "own")
    return svg.picture(width, height, f"Scores of {trial.id} by view", parts, "plot")


def prediction(trial: Trial) -> str:
    """The predicted interval as a bar and the observed change as a mark, on one axis."""
    made, seen = trial.prediction, trial.prediction.observed
    if made.low is None or made.high is None or seen is None:
        return ""
    seen_low = seen if trial.verdict.low is None else trial.verdict.low
    seen_high = seen if trial.verdict.high is None else trial.verdict.high
    width, height, left, right = _PLOT, 74.0, 16.0, _PLOT - 16
    low = min(made.low, seen_low, 0.0)
    high = max(made.high, seen_high, 0.0)
    pad = (high - low or 1.0) * 0.06
    low, high = low - pad, high + pad

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    parts = []
    for value in svg.ticks(low, high, 4):
        parts.append(svg.line(x(value), 6, x(value), 54, "grid"))
        parts.append(svg.text(x(value), 70, words.signed(value), "axis", "middle"))
    parts.append(svg.line(x(0), 2, x(0), 56, "zero"))
    wide = max(x(made.high) - x(made.low), 2.0)
    parts.append(
        svg.tag("rect", x=x(made.low), y=12, width=wide, height=14, rx=3, class_="predicted")
    )
    parts += _dot(Measured(seen, seen_low, seen_high, 0), x, 42, "own")
    return svg.picture(width, height, prediction_sentence(trial), parts, "plot")


def data_strip(data: Mapping[str, Any]) -> str:
    """Rows from operator to operator: a band that narrows by what each step drops."""
    steps = list(data.get("steps", ()))
    if not steps:
        return ""
    most = max(max(s["rows_in"], s["rows_out"]) for s in steps) or 1
    width, height = 960.0, 132.0
    cell = (width - 20) / len(steps)
    middle, tallest = 66.0, 56.0

    def half(count: int) -> float:
        return max(1.0, tallest * count / most) / 2

    parts = []
    for place, step in enumerate(steps):
        x0, x1 = 10 + cell * place, 10 + cell * (place + 1)
        before, after = half(step["rows_in"]), half(step["rows_out"])
        turn = x0 + (x1 - x0) * 0.45
        band = (
            f"M{x0:.1f} {middle - before:.1f} L{turn - 18:.1f} {middle - before:.1f} "
            f"L{turn:.1f} {middle - after:.1f} L{x1:.1f} {middle - after:.1f} "
            f"L{x1:.1f} {middle + after:.1f} L{turn:.1f} {middle + after:.1f} "
            f"L{turn - 18:.1f} {middle + before:.1f} L{x0:.1f} {middle + before:.1f} Z"
        )
        parts.append(svg.tag("path", d=band, class_="flow"))
        name = words.one_line(step["operator"], max(6, int(cell / 8)))
        parts.append(svg.text(x0 + 4, 22, name, "label strong"))
        lost = step["rows_in"] - step["rows_out"]
        note = f"−{lost:,}" if lost > 0 else f"+{-lost:,}" if lost < 0 else "all kept"
        parts.append(svg.text(x0 + 4, 116, f"{step['rows_out']:,} rows ({note})", "axis"))
    return svg.picture(width, height, "Rows kept by each curation step", parts, "strip")


def lengths(trial: Trial, parent: Trial | None) -> str:
    """How long the answers of the training rows are, the parent's in grey behind; or ""."""
    own = rows_part(trial)["lengths"].get("answer")
    if not own:
        return ""
    behind = rows_part(parent)["lengths"].get("answer") or {"edges": [], "counts": []}
    edges = sorted({*own["edges"][:-1], *behind["edges"][:-1]})
    width, floor, top = _PLOT, 84.0, 8.0
    cell = (width - 20) / len(edges)
    parts = []
    shares = [_shares(histogram) for histogram in (behind, own)]
    most = max(max(found.values(), default=0.0) for found in shares)
    for found, class_, wide in zip(shares, ("bar-parent", "bar"), (0.9, 0.5), strict=True):
        for place, edge in enumerate(edges):
            tall = (floor - top) * found.get(edge, 0.0) / most
            x = 10 + cell * (place + (1 - wide) / 2)
            y, width_ = floor - tall, cell * wide
            parts.append(svg.tag("rect", x=x, y=y, width=width_, height=tall, class_=class_))
    for place in sorted({0, len(edges) // 2, len(edges) - 1}):
        label = f"{edges[place]:,}"
        parts.append(svg.text(10 + cell * (place + 0.5), floor + 16, label, "axis", "middle"))
    return svg.picture(width, 106, f"Length of the answers {trial.id} trained on", parts, "plot")


def _shares(histogram: Mapping[str, Any]) -> dict[int, float]:
    """The share of the rows in each bin, by its lower edge."""
    edges, counts = histogram["edges"], histogram["counts"]
    return {edge: count / sum(counts) for edge, count in zip(edges, counts, strict=False)}


def _tree_row(row: TreeRow, low: float, high: float) -> str:
    trial = row.trial
    x, y = _at(row.depth, row.line)
    word = "repeat" if trial.role == "replicate" else row.word
    style = ""
    if trial.score is not None:
        share = (trial.score - low) / (high - low)
        style = f"--share:{100 * share:.0f}%"
    label = f"{trial.id} {row.title}"
    room = int((_TREE - 150 - x) / 6.8)
    parts = [svg.shape(word, x, y, 8.5 if row.best else 6.5, style)]
    parts.append(svg.text(x + 15, y + 4, words.one_line(label, max(12, room)), "label"))
    verdict = f"{row.word} {words.BEST}" if row.best else row.word
    parts.append(svg.text(_TREE - 46, y + 4, verdict, f"word word-{word}", "end"))
    if trial.score is not None:
        parts.append(svg.text(_TREE, y + 4, words.number(trial.score), "label value", "end"))
    link = svg.tag("a", "".join(parts), href=f"#{trial.id if trial.role == 'trial' else 'table'}")
    return svg.tag("g", link, class_="row best" if row.on_best_path else "row")


def _edge(row: TreeRow) -> str:
    if row.parent_line is None:
        return ""
    x, y = _at(row.depth, row.line)
    px, py = _at(row.depth - 1, row.parent_line)
    kind = "edge best" if row.on_best_path else "edge ghost" if row.ghost else "edge"
    return svg.path([(px, py), (px, y - 6), (px + 6, y), (x, y)], kind)


def _at(depth: int, line: int) -> tuple[float, float]:
    return 12 + _INDENT * depth, _TOP + _ROW * line + 10


def _interval(row: TreeRow, x: Any) -> str:
    y = _TOP + _ROW * row.line + 10
    kind = "repeat" if row.trial.role == "replicate" else row.word
    return "".join(_dot(row.trial.feedback, x, y, "best" if row.best else kind))


def _dot(part: Measured, x: Any, y: float, kind: str) -> list[str]:
    """A mark with its interval as a whisker."""
    return [
        svg.line(x(part.low), y, x(part.high), y, f"whisker w-{kind}"),
        svg.tag("circle", cx=x(part.score), cy=y, r=4.5, class_=f"dot d-{kind}"),
    ]


def _range(lows: Sequence[float], highs: Sequence[float]) -> tuple[float, float]:
    low, high = min(lows, default=0.0), max(highs, default=1.0)
    pad = (high - low or 1.0) * 0.05
    low = 0.0 if 0 <= low < 0.35 else low - pad
    high = 1.0 if 0.7 < high <= 1 else high + pad
    return low, high


def _points(curve_: Curve, key: str) -> list[tuple[float, float]]:
    return [
        (float(row["step"]), float(row[key]))
        for row in curve_
        if isinstance(row.get(key), int | float) and row.get("step") is not None
    ]


def _thin(points: Sequence[tuple[float, float]], most: int = 160) -> list[tuple[float, float]]:
    """At most `most` points: the mean of each bucket, so that no spike is drawn alone."""
    if len(points) <= most:
        return list(points)
    size = -(-len(points) // most)
    buckets = [points[i : i + size] for i in range(0, len(points), size)]
    return [(sum(x for x, _ in b) / len(b), sum(y for _, y in b) / len(b)) for b in buckets]
