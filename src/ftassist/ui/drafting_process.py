"""Drafting a task for a server that must stay light: a process that does one act.

    python -m ftassist.ui.drafting_process

reads one line of JSON from its standard input, a `TaskDrafting` of `openapi.yaml` with the draft's
folder and the seconds it may take, and writes one: the draft's document, `{"made": FOLDER}` or
`{"error": {...}}`. What takes too long ends in order, with nothing left behind.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ftassist.documents.task_draft import draft_document
from ftassist.dojo import own_draft
from ftassist.errors import FtassistError
from ftassist.ui import drafting

_CHANGES = ("metric", "prompt", "answer", "title", "about", "max_new_tokens")
_MARKS = ("right", "wrong", "drop")


def main() -> None:
    """Reads what is asked, and says what came of it."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print goes to the log
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        _limit(float(asked["seconds"]))
        document = _ACTS[asked["act"]](asked, Path(asked["folder"]))
    except FtassistError as error:
        document = {"error": error.to_dict()}
    out.write(json.dumps(document))
    out.flush()


def _draft(asked: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    made = drafting.draft(
        Path(asked["file"]),
        asked["wish"],
        folder,
        licence=asked.get("licence") or "not stated",
        usd=asked.get("usd", 1.0),
        options=_options(asked),
    )
    return _told(made.draft) | {"said": made.sentence}


def _look(_: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    return _told(own_draft.load(folder))


def _correct(asked: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    known = own_draft.load(folder)
    if words := asked.get("words"):
        usd = asked.get("usd", 1.0)
        known = drafting.again(known, words, usd=usd, options=_options(asked))
    given: dict[str, Any] = {name: asked[name] for name in _CHANGES if name in asked}
    given |= {name: tuple(asked[name]) for name in _MARKS if name in asked}
    return draft_document(*drafting.correct(known, drafting.Changes(**given)))


def _seal(_: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    return {"made": str(own_draft.seal(own_draft.load(folder)))}


_ACTS: Mapping[str, Callable[[Mapping[str, Any], Path], dict[str, Any]]] = {
    "draft": _draft,
    "look": _look,
    "correct": _correct,
    "seal": _seal,
}


def _told(draft: own_draft.Draft) -> dict[str, Any]:
    return draft_document(draft, own_draft.look(draft))


def _options(asked: Mapping[str, Any]) -> dict[str, Any]:
    names = {"model": "agent_model", "base_url": "base_url", "dialect": "dialect"}
    return {name: asked.get(given) or None for name, given in names.items()}


def _limit(seconds: float) -> None:
    """Ends what is done after so long, as a wrong file would."""

    def over(*_: object) -> None:
        raise FtassistError(
            f"it took longer than {seconds:g} s",
            fix="use `ftassist task draft`, which waits as long as it takes",
        )

    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
