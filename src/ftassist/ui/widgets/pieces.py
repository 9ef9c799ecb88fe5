"""Documents as static HTML for widgets: every text escaped, no script, no style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ftassist.documents import words

_CELL = "text-align:left;vertical-align:top;padding:.15em .8em .15em 0"


def table_html(nodes: Sequence[Mapping[str, Any]], head: Mapping[str, Any]) -> str:
    """A campaign as a table of trials, for viewers without a kernel."""
    names = ("trial", "from", "changes", "score", "what came of it")
    columns = "".join(f'<th scope="col" style="{_CELL}">{name}</th>' for name in names)
    rows = "".join(_row(node) for node in nodes)
    caption = escape(f"{head['name']}: {head['summary']}")
    return (
        f"<table><caption>{caption}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def message_html(text: str, *, alert: bool = False) -> str:
    """A message to the person; an alert is read out at once."""
    role = "alert" if alert else "status"
    return f'<div role="{role}" style="white-space:pre-wrap">{escape(text)}</div>' if text else ""


def _row(node: Mapping[str, Any]) -> str:
    interval = words.interval(node["low"], node["high"])
    score = f"{words.number(node['score'])} {interval}".strip()
    cells = (
        f"{node['mark']} {node['trial']}",
        node["parent"] or "-",
        f"{' and '.join(node['changes'])} {node['title']}".strip(),
        score,
        node["word"],
    )
    shown = "".join(f'<td style="{_CELL}">{escape(words.clean(cell))}</td>' for cell in cells)
    return f"<tr>{shown}</tr>"
