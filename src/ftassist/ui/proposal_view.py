"""A proposal in a notebook: one JSON document with HTML and text beside it.

A front end that knows the document's MIME type draws a card; every other one shows the HTML or
the text, which survive papermill, GitHub and VS Code: no script, no style sheet, no widget. All
text is escaped. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ftassist import documents
from ftassist.documents import words
from ftassist.documents.diffs import CellDiff, cell_diffs, parent_cells
from ftassist.documents.findings import cell_findings
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import Trial
from ftassist.trial.static_check import Finding
from ftassist.ui import terminal, trial_text

_FRAME = (
    "border:1px {line} rgba(128,128,128,.55);border-radius:6px;padding:.8em 1em;"
    "max-width:60em;font-family:system-ui,sans-serif;line-height:1.45"
)
_CODE = (
    "margin:.3em 0 .6em;padding:.5em .7em;border-radius:4px;overflow-x:auto;"
    "background:rgba(128,128,128,.09);font:12px/1.5 ui-monospace,Menlo,Consolas,monospace"
)
_CHIP = (
    "display:inline-block;border:1px solid rgba(128,128,128,.4);border-radius:1em;"
    "padding:0 .6em;margin:0 .35em .35em 0;font-size:.9em"
)
_LINES = {"+": "rgba(26,127,55,.16)", "-": "rgba(207,34,46,.14)", "@": "rgba(9,105,218,.10)"}


@dataclass(frozen=True)
class Bundle:
    """Something to display: data by MIME type."""

    data: Mapping[str, Any]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """What IPython sends to the front end."""
        return dict(self.data)


def proposal_bundle(snapshot: Snapshot, trial: Trial) -> Bundle:
    """A proposal as document, HTML and text."""
    text = terminal.to_text(trial_text.proposal(snapshot, trial))
    waits = trial.status == "proposed"
    return Bundle(
        {
            documents.PROPOSAL_MIME: documents.proposal_document(snapshot, trial),
            "text/html": proposal_html(snapshot, trial),
            "text/plain": f"{text}\n\n{how_to_decide(trial.id)}" if waits else text,
        }
    )


def result_bundle(snapshot: Snapshot, trial: Trial) -> Bundle:
    """What came of a trial: score, verdict, predicted against observed."""
    lines = [f"{words.mark(trial)} {trial.id} · {words.word(trial)}", words.outcome(trial)]
    if trial.score is not None:
        lines.insert(1, f"score {words.score(trial)}")
    if trial.prediction:
        lines.append(words.prediction_sentence(trial.prediction))
    if trial.analysis.get("text"):
        lines.append(words.clean(trial.analysis["text"]))
    best = " · best so far" if trial.id == snapshot.best else ""
    lines.append(f"{trial.id}{best} · next: %ftagent propose, or %ftagent show {trial.id}")
    head, *rest = (escape(line) for line in lines)
    body = "".join(f"<div>{line}</div>" for line in rest)
    frame = _FRAME.format(line="solid")
    html = f'<div style="{frame}"><strong>{head}</strong>{body}</div>'
    return Bundle({"text/html": html, "text/plain": "\n".join(lines)})


def text_bundle(renderable: Any) -> Bundle:
    """A rich renderable as text, and as preformatted HTML that does not wrap."""
    text = terminal.to_text(renderable)
    html = f'<pre style="{_CODE}">{escape(text)}</pre>'
    return Bundle({"text/html": html, "text/plain": text})


def how_to_decide(trial: str) -> str:
    """What to type to accept, edit or veto."""
    return (
        f"accept: %ftagent accept {trial}\n"
        f"edit:   %%ftagent edit {trial} train   (the rest of the cell is the new source)\n"
        f'veto:   %ftagent veto {trial} "why not"'
    )


def proposal_html(snapshot: Snapshot, trial: Trial) -> str:
    """A proposal as static HTML."""
    raw = trial.proposal
    hypothesis = raw.get("hypothesis", {})
    parent = snapshot.parent(trial)
    start = f"{trial.parent} ({words.number(parent.score)})" if parent else "-"
    chips = (
        f"changes: {words.changes(trial)}",
        f"from: {start}",
        f"predicted: {words.predicted(hypothesis)}",
        words.estimate(raw.get("estimate", {})),
    )
    cells = cell_diffs(parent_cells(parent), trial.cells)
    waits = trial.status == "proposed"
    parts = [
        f'<div style="{_FRAME.format(line="dashed" if waits else "solid")}">',
        f'<div style="opacity:.75">{words.mark(trial)} {escape(trial.id)} · '
        f"{escape(words.origin(trial))}</div>",
        f'<div style="font-size:1.1em;font-weight:600;margin:.2em 0 .5em">'
        f"{escape(words.one_line(trial.hypothesis, 300))}</div>",
        "".join(f'<span style="{_CHIP}">{escape(chip)}</span>' for chip in chips),
        _because(hypothesis),
        *(_finding_html(finding) for finding in cell_findings(trial)),
        *(_cell_html(cell, trial) for cell in cells),
        f'<pre style="{_CODE}">{escape(how_to_decide(trial.id))}</pre>' if waits else "",
        "</div>",
    ]
    return "".join(parts)


def diff_html(lines: Sequence[str]) -> str:
    """Unified diff lines as HTML; the signs stay, colour is added."""
    rows = []
    for line in lines:
        shade = _LINES.get(line[:1])
        style = f"display:block;background:{shade}" if shade else "display:block"
        rows.append(f'<span style="{style}">{escape(line) or " "}</span>')
    return f'<pre style="{_CODE}">{"".join(rows)}</pre>'


def _because(hypothesis: Mapping[str, Any]) -> str:
    because = escape(trial_text.evidence(hypothesis)) or "-"
    refuted = escape(words.one_line(hypothesis.get("refuted_if", "-")))
    return (
        f'<div style="font-size:.95em;margin:.2em 0 .5em">because: {because}<br>'
        f"would be refuted by: {refuted}</div>"
    )


def _finding_html(finding: Finding) -> str:
    mark = "·" if finding.severity == "advice" else "⚠"
    return f'<div style="font-size:.95em">{mark} {escape(words.one_line(finding, 200))}</div>'


def _cell_html(cell: CellDiff, trial: Trial) -> str:
    by = words.who(trial.edited[cell.stage]) if cell.stage in trial.edited else ""
    edited = f" · edited by {escape(by)}" if by else ""
    if cell.lines:
        body, state = diff_html(cell.lines), " open"
    else:
        source = escape(words.clean(trial.cells.get(cell.stage, "")))
        body, state = f'<pre style="{_CODE}">{source}</pre>', ""
    head = f"<summary><code>{cell.stage}</code> {escape(cell.summary)}{edited}</summary>"
    return f"<details{state}>{head}{body}</details>"
