"""Documents as static HTML for widgets: every text escaped, no script, no style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ftassist.documents import words
from ftassist.ui.proposal_view import diff_html

_CHIP = (
    "display:inline-block;border:1px solid rgba(128,128,128,.4);border-radius:1em;"
    "padding:0 .6em;margin:0 .35em .35em 0;font-size:.9em"
)
_CELL = "text-align:left;vertical-align:top;padding:.15em .8em .15em 0"


def card_html(card: Mapping[str, Any]) -> str:
    """A card: what is proposed, why, what differs, and what has become of it."""
    return "".join((_head(card), _reasons(card), _diffs(card), live_html(card)))


def live_html(card: Mapping[str, Any]) -> str:
    """What has become of a proposal so far."""
    live = card["live"]
    lines = [live["progress"]["text"] if live["progress"] else live["outcome"]]
    if live["score"]:
        lines.insert(0, f"score {live['score']['text']}")
        lines.append(live["prediction"]["sentence"])
    if live["analysis"]:
        lines.append(words.clean(live["analysis"].get("text", "")))
    if live["failure"]:
        lines.append(live["failure"]["sentence"])
    shown = "".join(f"<div>{escape(line)}</div>" for line in lines)
    return f'<div role="status" style="margin:.5em 0">{shown}</div>{_wrong(live["wrong"])}'


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


def _head(card: Mapping[str, Any]) -> str:
    start = f"{card['parent']['trial']} ({words.number(card['parent']['score'])})"
    chips = (
        f"changes: {' and '.join(card['changes']) or 'nothing'}",
        f"from: {start}" if card["parent"]["trial"] else "from: nothing",
        f"predicted: {words.predicted(card['predicted'])}",
        words.estimate(card["estimate"]),
    )
    shown = "".join(f'<span style="{_CHIP}">{escape(chip)}</span>' for chip in chips)
    live = card["live"]
    by = f" by {words.clean(card['backend'])}" if card["backend"] else ""
    title = f"{live['mark']} {card['trial']} · {live['word']}{by}"
    return (
        f'<div style="opacity:.8">{escape(title)}</div>'
        f'<div style="font-weight:600;margin:.2em 0 .5em">'
        f"{escape(words.one_line(card['statement'], 300))}</div>{shown}"
    )


def _reasons(card: Mapping[str, Any]) -> str:
    claims = (
        f"{words.clean(item['trial'])} {words.one_line(item['claim'])}"
        for item in card["evidence"]
    )
    lines = [f"because: {' · '.join(claims) or '-'}"]
    if card["refuted_if"]:
        lines.append(f"would be refuted by: {words.one_line(card['refuted_if'])}")
    if card["why_parent"]:
        lines.append(f"why {card['parent']['trial']}: {words.one_line(card['why_parent'])}")
    return "".join(f"<div>{escape(line)}</div>" for line in lines)


def _diffs(card: Mapping[str, Any]) -> str:
    parts = []
    for cell in card["diff"]:
        count = f"+{cell['added']} −{cell['removed']}" if cell["diff"] else "unchanged"
        by = card["edited"].get(cell["stage"], "")
        edited = f" · edited by {words.who(by)}" if by else ""
        head = f"<summary><code>{escape(cell['stage'])}</code> {escape(count + edited)}</summary>"
        body = diff_html(cell["diff"]) if cell["diff"] else ""
        parts.append(f"<details{' open' if cell['diff'] else ''}>{head}{body}</details>")
    return "".join(parts)


def _wrong(items: Sequence[Mapping[str, Any]]) -> str:
    if not items:
        return ""
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="{_CELL}">{escape(words.one_line(item.get(name, ""), 300))}</td>'
            for name in ("prompt", "gold", "output")
        )
        + "</tr>"
        for item in items
    )
    head = "".join(
        f'<th scope="col" style="{_CELL}">{name}</th>' for name in ("asked", "right", "answered")
    )
    summary = f"<summary>wrong answers ({len(items)} shown)</summary>"
    return f"<details>{summary}<table><tr>{head}</tr>{rows}</table></details>"


def _row(node: Mapping[str, Any]) -> str:
    interval = words.interval(node)
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
