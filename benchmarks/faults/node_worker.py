"""A worker whose trial takes no time: it writes the events and files of one, and asks for a score.

What it is to do besides stands in its train cell, as JSON: `seconds` to train, `link` to leave a
link in its model, `die` to end without a word, `full` to fail as on a disk without room, `keep` to
leave a checkpoint, `model` to leave a copy of that folder as its model. What it finds of an
earlier checkpoint it tells in `data/resumed`.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.protocol import SOCKET_VARIABLE, TOKEN_VARIABLE, encode
from ftassist.files import hash_file, write_json
from ftassist.journal.events import Kind
from ftassist.journal.store import Journal
from ftassist.trial.job import EXIT_CODES, LEFT, TrialJob, stage_source
from ftassist.trial.stage_cache import FolderState, StageCache

KEYS = {"curate": "c" * 32, "train": "a" * 32}


class EndedError(Exception):
    """The trial is asked to end."""


def main() -> int:
    """Runs the trial of the job on standard input; returns a worker's exit code."""
    job = TrialJob.from_line(sys.stdin.readline())
    os.chdir(job.campaign)
    wishes: dict[str, Any] = json.loads(job.spec.cells["train"])
    journal = Journal(Path("journal.db"))

    def say(kind: Kind, payload: dict[str, Any]) -> None:
        journal.append(actor="worker", kind=kind, trial=job.spec.trial, payload=payload)

    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(EndedError(Kind.TRIAL_STOPPED)))
    folder = Path("trials") / job.spec.trial
    folder.mkdir(parents=True, exist_ok=True)
    try:
        say(Kind.TRIAL_STARTED, {"attempt": job.attempt, "isolation": "none", "pid": os.getpid()})
        stages(job, folder, wishes, say)
    except EndedError as end:
        kind = Kind(str(end.args[0]))
        say(kind, {"reason": "asked", "stage": "train"})
        return EXIT_CODES[kind]
    except EOFError:
        return LEFT
    if wishes.get("die"):
        return 1
    if wishes.get("full"):
        failure = {"class": "ENV", "stage": "train", "message": "No space left on device"}
        say(Kind.TRIAL_FAILED, failure)
        return EXIT_CODES[Kind.TRIAL_FAILED]
    names = [p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()]
    files = {p.relative_to(folder).as_posix(): hash_file(p) for p in names}
    result = {"kind": Kind.TRIAL_COMPLETED, "payload": {}}
    write_json(folder / "result.json", result)
    say(Kind.TRIAL_COMPLETED, {"rows": 3, "seconds": {"train": 0.1}, "files": files})
    return 0


def stages(job: TrialJob, folder: Path, wishes: dict[str, Any], say: Any) -> None:
    """Goes through the three stages."""
    notebook = {
        "cells": [
            {
                "cell_type": "code",
                "metadata": {"tags": ["parameters"]},
                "source": f"model = {json.dumps(job.spec.model)}",
            }
        ]
    }
    (folder / "trial.ipynb").write_text(json.dumps(notebook))
    stage(job, folder, "curate", lambda: put(folder / "data" / "train.jsonl", "{}\n"), say)
    stage(job, folder, "train", lambda: train(folder, wishes), say)
    say(Kind.STAGE_STARTED, {"stage": "evaluate"})
    if job.evaluator:
        ask_for_a_score(job.evaluator)
    say(Kind.STAGE_FINISHED, {"stage": "evaluate", "seconds": 0.1, "key": "", "summary": {}})


def ask_for_a_score(evaluator: Any) -> None:
    """Asks the evaluator for a score, through whatever leads to it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(evaluator[SOCKET_VARIABLE])
        question = {"verb": "evaluate", "model": "model", "token": evaluator[TOKEN_VARIABLE]}
        connection.sendall(encode(question))
        assert json.loads(connection.makefile("rb").readline())["ok"]


def stage(job: TrialJob, folder: Path, name: str, work: Any, say: Any) -> None:
    """Takes a stage from the cache, or does its work and keeps what came of it."""
    say(Kind.STAGE_STARTED, {"stage": name})
    cache = StageCache(Path("cache"), stage_source())
    key = KEYS[name][: -len(job.spec.trial)] + job.spec.trial.replace("t", "0")
    found = cache.find(key)
    if found.entry:
        cache.restore(found.entry, folder)
    else:
        before = FolderState.of(folder)
        work()
        cache.store(key, name, job.spec.trial, folder, before, 0.1, {})
    cached = found.entry.trial if found.entry else None
    payload = {"stage": name, "seconds": 0.1, "key": key, "summary": {}, "cached_from": cached}
    say(Kind.STAGE_FINISHED, payload)


def train(folder: Path, wishes: dict[str, Any]) -> None:
    """Waits as long as is wished, hearing wishes to pause and the end of the runner."""
    found = sorted(p.name for p in (folder / "checkpoints").glob("*"))
    put(folder / "data" / "resumed", " ".join(found))
    put(folder / "metrics.jsonl", '{"step": 1, "loss": 0.5}\n')
    if wishes.get("keep"):
        put(folder / "checkpoints" / "checkpoint-3" / "state", "s" * 100)
        put(folder / "checkpoints" / "checkpoint-3" / "complete.json", "{}")
        put(folder / "checkpoints" / "checkpoint-4" / "state", "half")
    until = time.monotonic() + float(wishes.get("seconds", 0.0))
    while time.monotonic() < until:
        if select.select([sys.stdin], [], [], 0.02)[0]:
            line = os.read(0, 100)
            if not line:
                raise EOFError
            put(folder / "checkpoints" / "step", "1")
            raise EndedError(Kind.TRIAL_PAUSED)
    if model := wishes.get("model"):
        shutil.copytree(model, folder / "model")
    else:
        put(folder / "model" / "weights.safetensors", "w" * 1000)
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    if wishes.get("link"):
        (folder / "model" / "config.json").symlink_to("/etc/hostname")


def put(path: Path, text: str) -> None:
    """Writes a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
