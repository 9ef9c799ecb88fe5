"""Small pictures as SVG text: no script, no font, no colour of their own.

Colours and strokes come from the classes of report.css, so that a picture follows the light or
dark theme and prints. Every text is escaped; every picture has a title for screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Attribute = str | float | int


def tag(name: str, content: str = "", **attributes: Attribute) -> str:
    """An element; `class_` and `stroke_width` stand for "class" and "stroke-width"."""
    pairs = [
        f'{key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    ]
    head = " ".join([name, *pairs])
    return f"<{head}>{content}</{name}>" if content else f"<{head}/>"


def text(x: float, y: float, content: str, class_: str = "", anchor: str = "start") -> str:
    """A line of text with its baseline at y."""
    return tag("text", escape(content), x=x, y=y, class_=class_, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: Sequence[tuple[float, float]], class_: str) -> str:
    """A line through points."""
    steps = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return tag("path", d=f"M{steps}", class_=class_, fill="none")


def picture(width: float, height: float, title: str, parts: Sequence[str], class_: str) -> str:
    """The whole drawing; it scales with its container."""
    head = f"<title>{escape(title)}</title>"
    return (
        f'<svg class="{class_}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg">{head}{"".join(parts)}</svg>'
    )


def shape(word: str, x: float, y: float, size: float, style: str = "") -> str:
    """The mark of a trial: another shape for each word, not only another colour."""
    r = size
    classes = f"mark mark-{word}"
    if word == "base":
        points = f"{x},{y - r} {x + r},{y} {x},{y + r} {x - r},{y}"
        return tag("polygon", points=points, class_=classes, style=style)
    if word == "stopped":
        points = f"{x - r},{y - r} {x + r},{y - r} {x + r},{y + r} {x - r},{y + r}"
        return tag("polygon", points=points, class_=classes)
    if word == "failed":
        cross = f"M{x - r} {y - r} L{x + r} {y + r} M{x - r} {y + r} L{x + r} {y - r}"
        return tag("path", d=cross, class_=classes)
    if word == "invalid":
        points = f"{x},{y - r} {x + r},{y + r} {x - r},{y + r}"
        return tag("polygon", points=points, class_=classes)
    if word in ("running", "queued"):
        points = f"{x - r},{y - r} {x + r},{y} {x - r},{y + r}"
        return tag("polygon", points=points, class_=classes)
    if word == "resting":
        half = f"M{x} {y - r} A{r} {r} 0 0 0 {x} {y + r} Z"
        ring = tag("circle", cx=x, cy=y, r=r, class_=f"{classes} mark-ring")
        return ring + tag("path", d=half, class_=classes)
    circle = tag("circle", cx=x, cy=y, r=r, class_=classes, style=style)
    if word == "vetoed":
        h = r * 0.7
        return circle + line(x - h, y + h, x + h, y - h, classes)
    return circle


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round values between low and high, at most about `wanted` of them."""
    span = high - low
    if span <= 0:
        return [low]
    raw = span / wanted
    power = 10.0 ** _floor_log10(raw)
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)
    first = -(-low // step) * step
    found = []
    value = first
    while value <= high + step * 1e-6:
        found.append(round(value, 10))
        value += step
    return found


def _floor_log10(value: float) -> int:
    power = 0
    while value >= 10:
        value, power = value / 10, power + 1
    while value < 1:
        value, power = value * 10, power - 1
    return power


def _value(value: Attribute) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return escape(str(value), quote=True)
