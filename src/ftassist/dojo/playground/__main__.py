"""`python -m ftassist.dojo.playground MEMORY`: answers questions until its input ends.

Reads lines of JSON: `{"ask": JOB}` and `{"cancel": true}`, which ends what is being answered.
Writes lines: what `Answerer.answer` tells, and after each question `{"over": true}`, with
`error` where nobody could be asked. Opens no socket: only who started it can ask it.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import IO, Any

from ftassist.errors import FtassistError


def main() -> None:
    """Serves until standard input ends."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what libraries print goes to the log
    jobs: queue.Queue[dict[str, Any]] = queue.Queue()
    cancelled = threading.Event()
    threading.Thread(target=_read, args=(jobs, cancelled), daemon=True).start()

    from ftassist.dojo.playground.answer_stream import Answerer
    from ftassist.dojo.playground.question import Job
    from ftassist.models.quiet import quiet

    quiet()
    answerer = Answerer(float(sys.argv[1]), cancelled.is_set)
    while True:
        raw = jobs.get()
        over: dict[str, Any] = {"over": True}
        try:
            answerer.answer(Job.from_dict(raw), lambda told: _say(out, told))
        except FtassistError as error:
            over["error"] = error.to_dict()
        _say(out, over)


def _read(jobs: queue.Queue[dict[str, Any]], cancelled: threading.Event) -> None:
    """Takes in what is asked; ends the process when whoever asks is gone."""
    for line in sys.stdin.buffer:
        said = json.loads(line)
        if "ask" in said:
            cancelled.clear()
            jobs.put(said["ask"])
        else:
            cancelled.set()
    os._exit(0)


def _say(out: IO[str], document: dict[str, Any]) -> None:
    out.write(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
