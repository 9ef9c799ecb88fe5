"""A process that makes one campaign, and fetches its model before where that was agreed to.

Started by a server, which so stays light: reading a model and a task's data takes large
libraries. It reads one line of JSON from its standard input and writes lines of JSON: how far a
fetch has come, then what was made or why nothing was. It ends, with all it started, when that
input ends.

    {"wish": {"task": "mini_math", "folder": ..., ...}, "fetch": true, "actor": "person:ada"}
    {"doing": "downloading ...", "done": 1000, "total": 93000000}
    {"made": "/home/ada/work/campaigns/mini_math-1"}   or
    {"error": {"error": "ModelError", "what": "...", "where": "...", "fix": "..."}}
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from ftassist.campaign.creating import CampaignWish, create
from ftassist.errors import FtassistError
from ftassist.models import offering

Tell = Callable[..., None]
"""Says what is done, in words, and how far that is, by name."""
MODULE = "ftassist.campaign.creating_process"
MAKING = "making the campaign"
"""What is done once the model is here."""
_TELL_SECONDS = 0.2
"""How often the bytes of a download are told of."""


def main() -> None:
    """Makes the campaign that is asked for."""
    serve(lambda asked, tell: str(_made(asked, tell)))


def serve(make: Callable[[Mapping[str, Any], Tell], Any]) -> None:
    """Reads what is asked, has it made, and says what became of it.

    Args:
        make: Makes what is asked for, and tells what it does.
    """
    out = _only_ours()

    def say(document: Mapping[str, Any]) -> None:
        out.write(json.dumps(document) + "\n")
        out.flush()

    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        say({"made": make(asked, lambda doing, **more: say({"doing": doing, **more}))})
    except FtassistError as error:
        say({"error": error.to_dict()})


def _made(asked: Mapping[str, Any], tell: Tell) -> Path:
    """The folder of the campaign that was asked for."""
    raw = asked["wish"]
    folder = Path(raw["folder"])
    wish = CampaignWish(**{**raw, "folder": folder})
    progress = _Progress(tell)
    offering.offer(wish.model, lambda _: bool(asked["fetch"]), lambda: nullcontext(progress))
    progress(MAKING, 0, 0)
    return create(folder.parent, wish, actor=asked["actor"]).folder


class _Progress:
    """Tells how far it has come: each new thing at once, bytes of the same now and then."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._doing = ""
        self._told = 0.0

    def __call__(self, doing: str, done: int, total: int) -> None:
        now = time.monotonic()
        if doing != self._doing or now - self._told >= _TELL_SECONDS:
            self._doing, self._told = doing, now
            self._tell(doing, done=done, total=total)


def _only_ours() -> IO[str]:
    """Standard output for our lines alone: what libraries print goes to the log."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return out


def _end_with_parent() -> None:
    """Waits for the end of the input, then ends this process and those it started."""
    while os.read(0, 1):
        pass
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
