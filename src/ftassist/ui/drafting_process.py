"""Drafting a task for a server that must stay light: a process that does one act.

    python -m ftassist.ui.drafting_process

reads one line of JSON from its standard input, a `TaskDrafting` of `openapi.yaml` with the draft's
folder and the seconds it may take, and writes lines: `{"doing": WORDS}` while it works, then
`{"made": {"draft": DOCUMENT}}`, `{"made": {"task": FOLDER}}` or `{"error": {...}}`. Where it takes
too long or is asked to end (SIGTERM), it ends in order, with nothing left behind.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ftassist.agent.backends.link import Progress
from ftassist.documents.task_draft import draft_document
from ftassist.dojo import own_draft
from ftassist.errors import FtassistError
from ftassist.ui import drafting

_CHANGES = (
    "metric", "prompt", "answer", "system", "view", "title", "about", "max_new_tokens",
    "evaluation_rows",
)  # fmt: skip
_MARKS = ("right", "wrong", "drop")
_PHASES = {"thinking": "{model} thinks", "writing": "{model} writes the task"}
_BEFORE = "waiting for {model} to answer"
Said = Callable[[Mapping[str, Any]], None]


class _Steps:
    """Says what is done, and remembers it for the error of an act that takes too long."""

    def __init__(self, say: Said) -> None:
        self._say = say
        self.last = "reading the rows"

    def __call__(self, doing: str) -> None:
        if doing != self.last:
            self.last = doing
            self._say({"doing": doing})

    def hear(self, call: Progress) -> None:
        """Says how far the model's call has come."""
        known = f" (about {call.tokens:,} tokens)" if call.tokens else ""
        self(_PHASES.get(call.phase, _BEFORE).format(model=call.model) + known)


def main() -> None:
    """Reads what is asked, and says what came of it."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print goes to the log

    def say(document: Mapping[str, Any]) -> None:
        out.write(json.dumps(document) + "\n")
        out.flush()

    asked = json.loads(sys.stdin.buffer.readline())
    told = _Steps(say)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        _limit(float(asked["seconds"]), told)
        say({"made": _ACTS[asked["act"]](asked, Path(asked["folder"]), told)})
    except FtassistError as error:
        say({"error": error.to_dict()})


def _draft(asked: Mapping[str, Any], folder: Path, told: _Steps) -> dict[str, Any]:
    made = drafting.draft(
        Path(asked["file"]),
        asked["wish"],
        folder,
        licence=asked.get("licence") or "not stated",
        usd=asked.get("usd", 1.0),
        options=_options(asked),
        progress=told.hear,
    )
    return {"draft": _document(made.draft) | {"said": made.sentence}}


def _look(_: Mapping[str, Any], folder: Path, __: _Steps) -> dict[str, Any]:
    return {"draft": _document(own_draft.load(folder))}


def _correct(asked: Mapping[str, Any], folder: Path, told: _Steps) -> dict[str, Any]:
    known = own_draft.load(folder)
    if words := asked.get("words"):
        usd, options = asked.get("usd", 1.0), _options(asked)
        known = drafting.again(known, words, usd=usd, options=options, progress=told.hear)
    told("trying the scorer on the made-up answers")
    given: dict[str, Any] = {name: asked[name] for name in _CHANGES if name in asked}
    given |= {name: tuple(asked[name]) for name in _MARKS if name in asked}
    return {"draft": _document(drafting.correct(known, drafting.Changes(**given)))}


def _seal(_: Mapping[str, Any], folder: Path, told: _Steps) -> dict[str, Any]:
    told("making the task")
    return {"task": str(own_draft.seal(own_draft.load(folder)))}


_ACTS: Mapping[str, Callable[[Mapping[str, Any], Path, _Steps], dict[str, Any]]] = {
    "draft": _draft,
    "look": _look,
    "correct": _correct,
    "seal": _seal,
}


def _document(draft: own_draft.OwnDraft) -> dict[str, Any]:
    return draft_document(draft, own_draft.look(draft), own_draft.standing(draft))


def _options(asked: Mapping[str, Any]) -> dict[str, Any]:
    names = {"model": "agent_model", "base_url": "base_url", "dialect": "dialect"}
    return {name: asked.get(given) or None for name, given in names.items()}


def _limit(seconds: float, told: _Steps) -> None:
    """Ends what is done after so long, as a wrong file would."""

    def over(*_: object) -> None:
        raise FtassistError(
            f"it was ended after {seconds:g} s, while {told.last}",
            fix="try it again or name a faster model; on the command line `ftassist task` waits "
            "as long as it takes",
        )

    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
