"""What the magics display: proposals, results and tables, as documents, HTML and text.

Everything survives papermill, GitHub and VS Code: no script, no style sheet, no widget. All text
is escaped. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from ftassist import documents
from ftassist.documents import words
from ftassist.documents.card_html import CODE, FRAME
from ftassist.documents.prediction import prediction_sentence
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import Trial
from ftassist.ui import terminal


@dataclass(frozen=True)
class Bundle:
    """Something to display: data by MIME type."""

    data: Mapping[str, Any]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """What IPython sends to the front end."""
        return dict(self.data)


def proposal_bundle(snapshot: Snapshot, trial: Trial) -> Bundle:
    """A proposal as document, HTML and text."""
    return Bundle(documents.card_output(snapshot, trial))


def result_bundle(snapshot: Snapshot, trial: Trial, command: str = "%ftagent") -> Bundle:
    """What came of a trial: score, verdict, predicted against observed, and how to go on."""
    lines = [f"{words.mark(trial)} {trial.id} · {words.word(trial)}", words.outcome(trial)]
    if trial.score is not None:
        lines.insert(1, f"score {words.score(trial)}")
    if trial.prediction:
        lines.append(prediction_sentence(trial))
    if trial.analysis.text:
        lines.append(words.clean(trial.analysis.text))
    best = " · best so far" if trial.id == snapshot.best else ""
    lines.append(f"{trial.id}{best} · next: {command} propose, or {command} show {trial.id}")
    head, *rest = (escape(line) for line in lines)
    body = "".join(f"<div>{line}</div>" for line in rest)
    frame = FRAME.format(line="solid")
    html = f'<div style="{frame}"><strong>{head}</strong>{body}</div>'
    return Bundle({"text/html": html, "text/plain": "\n".join(lines)})


def text_bundle(renderable: Any) -> Bundle:
    """A rich renderable as text, and as preformatted HTML that does not wrap."""
    text = terminal.to_text(renderable)
    html = f'<pre style="{CODE}">{escape(text)}</pre>'
    return Bundle({"text/html": html, "text/plain": text})
