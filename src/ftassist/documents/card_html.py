"""A card as static HTML and as text: what a reader without a server sees in a saved notebook.

Made from the card's document alone. No script, no style sheet, no link; every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ftassist.documents import words
from ftassist.records.proposal import Estimate
from ftassist.records.understanding import Understanding

FRAME = (
    "border:1px {line} rgba(128,128,128,.55);border-radius:6px;padding:.8em 1em;"
    "max-width:60em;font-family:system-ui,sans-serif;line-height:1.45"
)
CODE = (
    "margin:.3em 0 .6em;padding:.5em .7em;border-radius:4px;overflow-x:auto;"
    "background:rgba(128,128,128,.09);font:12px/1.5 ui-monospace,Menlo,Consolas,monospace"
)
_CHIP = (
    "display:inline-block;border:1px solid rgba(128,128,128,.4);border-radius:1em;"
    "padding:0 .6em;margin:0 .35em .35em 0;font-size:.9em"
)
_CELL = "text-align:left;vertical-align:top;padding:.15em .8em .15em 0"
_LINES = {"+": "rgba(26,127,55,.16)", "-": "rgba(207,34,46,.14)", "@": "rgba(9,105,218,.10)"}

Card = Mapping[str, Any]


def card_html(card: Card) -> str:
    """A card: what is proposed, why, what differs, and what has become of it."""
    waits = card["status"] == "proposed"
    parts = (
        _head(card),
        "".join(f"<div>{escape(line)}</div>" for line in _reasons(card)),
        _parameters(card["differences"]),
        "".join(f"<div>{escape(line)}</div>" for line in _findings(card)),
        "".join(_diff(cell, card) for cell in card["diff"]),
        live_html(card),
        f'<pre style="{CODE}">{escape(how_to_decide(card["trial"]))}</pre>' if waits else "",
    )
    frame = FRAME.format(line="dashed" if waits else "solid")
    return f'<div style="{frame}">{"".join(parts)}</div>'


def card_text(card: Card) -> str:
    """The same as plain text."""
    live = card["live"]
    lines = [_title(card), words.one_line(card["statement"], 300), "   ".join(_chips(card))]
    lines += [*_reasons(card), *_changed(card), *_findings(card)]
    for cell in card["diff"]:
        lines += ["", f"{cell['stage']}: {_count(cell)}{_edited(cell, card)}", *cell["diff"]]
    lines += ["", *_outcome(live)]
    if card["status"] == "proposed":
        lines += ["", how_to_decide(card["trial"])]
    return "\n".join(lines)


def how_to_decide(trial: str) -> str:
    """What to type to accept, edit or veto."""
    return (
        f"accept: %ftagent accept {trial}\n"
        f"edit:   %%ftagent edit {trial} train   (the rest of the cell is the new source)\n"
        f'veto:   %ftagent veto {trial} "why not"'
    )


def live_html(card: Card) -> str:
    """What has become of a proposal so far."""
    live = card["live"]
    first, *rest = _outcome(live)
    shown = f'<div style="font-weight:600">{escape(first)}</div>'
    shown += "".join(f"<div>{escape(line)}</div>" for line in rest)
    return f'<div role="status" style="margin:.5em 0">{shown}</div>{_wrong(live["wrong"])}'


def diff_html(lines: Sequence[str]) -> str:
    """Unified diff lines as HTML; the signs stay, colour is added."""
    rows = []
    for line in lines:
        shade = _LINES.get(line[:1])
        style = f"display:block;background:{shade}" if shade else "display:block"
        rows.append(f'<span style="{style}">{escape(line) or " "}</span>')
    return f'<pre style="{CODE}">{"".join(rows)}</pre>'


def _outcome(live: Mapping[str, Any]) -> list[str]:
    """The decision, then what came of it, as far as there is any."""
    lines = [live["progress"]["text"] if live["progress"] else live["outcome"]]
    if live["score"]:
        best = " · best so far" if live["best"] else ""
        lines.insert(0, f"score {live['score']['text']}{best}")
        lines.append(live["prediction"]["sentence"])
    decided = live["decided"] or {}
    if decided.get("kind") == "accept":
        reason = words.one_line(decided.get("reason", ""), 300)
        why = f": “{reason}”" if reason else ""
        lines.append(f"accepted by {words.who(str(decided.get('actor') or '?'))}{why}")
    if read := decided.get("understood"):
        lines.append(f"understood as: {words.understood(Understanding.of(read))}")
    if live["analysis"]:
        lines.append(words.clean(live["analysis"].get("text", "")))
    if live["failure"] and live["failure"]["sentence"] not in lines[0]:
        lines.append(live["failure"]["sentence"])
    return [line for line in lines if line]


def _title(card: Card) -> str:
    live = card["live"]
    return f"{live['mark']} {card['trial']} · {_credit(card)}"


def _credit(card: Card) -> str:
    """How it stands and who proposed it; the base was proposed by nobody."""
    word = str(card["live"]["word"])
    if not card["backend"]:
        return word
    return words.credit(word, str(card["backend"]), str(card["author"]))


def _chips(card: Card) -> tuple[str, ...]:
    parent = card["parent"]
    start = f"{parent['trial']} ({words.number(parent['score'])})" if parent["trial"] else "-"
    return (
        f"changes: {' and '.join(card['changes']) or 'nothing'}",
        f"from: {start}",
        f"predicted: {_predicted(card)}",
        words.estimate(Estimate.of(card["estimate"])),
    )


def _predicted(card: Card) -> str:
    withdrawn = "nothing; the agent's prediction is withdrawn"
    return (
        withdrawn
        if card["prediction_withdrawn"]
        else words.predicted(card["predicted"]["low"], card["predicted"]["high"])
    )


def _head(card: Card) -> str:
    shown = "".join(f'<span style="{_CHIP}">{escape(chip)}</span>' for chip in _chips(card))
    return (
        f'<div style="opacity:.8">{escape(_title(card))}</div>'
        f'<div style="font-size:1.1em;font-weight:600;margin:.2em 0 .5em">'
        f"{escape(words.one_line(card['statement'], 300))}</div>{shown}"
    )


def _reasons(card: Card) -> list[str]:
    claims = [f"{words.clean(item['trial'])} {item['text']}" for item in card["evidence"]]
    lines = [f"because: {' · '.join(claims) or words.one_line(card['cause'], 300) or '-'}"]
    if earlier := card.get("earlier_estimates"):
        lines.append(earlier)
    if wish := card.get("wish"):
        lines.append(f"asked for: {wish}")
    if looked := card.get("looked"):
        lines.append(f"looked before: {words.trail(looked)}")
    if tried := card.get("dry_run"):
        lines.append(tried)
    if card["follows"]:
        lines.insert(0, f"follows: {words.one_line(card['follows'], 400)}")
    if card["refuted_if"]:
        lines.append(f"would be refuted by: {words.one_line(card['refuted_if'])}")
    if card["why_parent"]:
        lines.append(f"why {card['parent']['trial']}: {words.one_line(card['why_parent'])}")
    return lines


def _parameters(differences: Sequence[Mapping[str, Any]]) -> str:
    """What really differs from the parent, as chips."""
    told = (words.one_line(part["text"], 160) for part in differences)
    chips = (f'<span style="{_CHIP}">{escape(text)}</span>' for text in told)
    return f'<div style="margin:.5em 0 0">{"".join(chips)}</div>' if differences else ""


def _changed(card: Card) -> list[str]:
    return [words.one_line(part["text"], 160) for part in card["differences"]]


def _findings(card: Card) -> Iterator[str]:
    for finding in card["findings"]:
        mark = "·" if finding["severity"] == "advice" else "⚠"
        why = f" ({finding['why']})" if finding["why"] else ""
        told = f"{finding['stage']} line {finding['line']}: {finding['message']}{why}"
        yield f"{mark} {words.one_line(told, 240)}"


def _count(cell: Mapping[str, Any]) -> str:
    return f"+{cell['added']} −{cell['removed']}" if cell["diff"] else "unchanged"


def _edited(cell: Mapping[str, Any], card: Card) -> str:
    by = card["edited"].get(cell["stage"], "")
    return f" · edited by {words.who(by)}" if by else ""


def _diff(cell: Mapping[str, Any], card: Card) -> str:
    head = escape(f"{_count(cell)}{_edited(cell, card)}")
    if cell["diff"]:
        body, state = diff_html(cell["diff"]), " open"
    else:
        source = escape(words.clean(card["cells"].get(cell["stage"], "")))
        body, state = f'<pre style="{CODE}">{source}</pre>', ""
    summary = f"<summary><code>{escape(cell['stage'])}</code> {head}</summary>"
    return f"<details{state}>{summary}{body}</details>"


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
