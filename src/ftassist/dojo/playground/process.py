"""The playground's process, as whoever asks has it: started when asked, ended when told to.

Its memory is bounded twice: by what it loads, and by a watch that ends it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from ftassist.dojo.evaluator.process import scrubbed, tail
from ftassist.dojo.playground.question import MOST_SECONDS, Job
from ftassist.errors import FtassistError, LockedError
from ftassist.isolation.ending import end_group
from ftassist.isolation.limits import MIB, Limits
from ftassist.isolation.watch import ProcessWatch

MODULE = "ftassist.dojo.playground"
SHARE = 0.6
"""Share of the memory that is free when it starts, that loaded models may take."""
OWN_MB = 2000.0
"""What libraries and one answer take beside models, in MiB."""
_GRACE = 15.0
"""Seconds to end a question by itself, before the process is ended."""


class Playground:
    """The process that answers by hand; every method may be called from any thread.

    Example:
        >>> with Playground() as playground:  # doctest: +SKIP
        ...     for told in playground.ask(job):
        ...         print(told)
    """

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._ending = threading.RLock()
        self._leaving = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: ProcessWatch | None = None
        self._log: Path | None = None
        self._gpu = True
        self._limit = 0.0

    def __enter__(self) -> Playground:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def busy(self) -> bool:
        """Whether a question is being answered that nobody has cancelled."""
        return self._asking.locked() and not self._leaving.is_set()

    def ask(self, job: Job, *, gpu: bool = True) -> Iterator[dict[str, Any]]:
        """What the models of a job answer, as it comes.

        Yields `{prompt, tokens}`, then for each model `{model, phase, ...}` with phase loading,
        answering (with the text so far), done or failed. Leaving the loop cancels the question.

        Args:
            job: What is asked.
            gpu: Whether a GPU may be used.

        Raises:
            LockedError: Another question is being answered.
            FtassistError: Nobody could be asked, or the process ended.
        """
        # A cancelled question is over in a moment: whoever asks next waits for that.
        patience = 2 * _GRACE if self._leaving.is_set() else 0.0
        if not self._asking.acquire(timeout=patience):
            raise busy()
        self._leaving.clear()
        try:
            yield from self._asked(job, gpu)
        finally:
            self._asking.release()

    def cancel(self) -> None:
        """Ends the question that is being answered; does nothing where there is none."""
        self._leaving.set()
        self._send({"cancel": True})

    def stop(self) -> None:
        """Ends the process; does nothing if it does not run."""
        with self._ending:
            process, self._process = self._process, None
            watch, self._watch = self._watch, None
        if watch is not None:
            watch.__exit__()
        if process is None:
            return
        end_group(process.pid)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        if self._log is not None:
            self._log.unlink(missing_ok=True)

    def _asked(self, job: Job, gpu: bool) -> Iterator[dict[str, Any]]:
        process = self._started(gpu)
        self._send({"ask": job.to_dict()})
        late = threading.Timer(MOST_SECONDS + _GRACE, end_group, (process.pid,))
        late.daemon = True
        late.start()
        over = False
        try:
            for line in process.stdout or ():
                told = json.loads(line)
                over = bool(told.get("over"))
                if over and (error := told.get("error")):
                    raise FtassistError.told(error)
                if over:
                    return
                yield told
            raise self._death(process)
        finally:
            late.cancel()
            if not over:
                self._give_up(process)

    def _give_up(self, process: subprocess.Popen[bytes]) -> None:
        """Nobody waits any more: what is left of the answer is read away, or the process ends."""
        self.cancel()
        late = threading.Timer(_GRACE, end_group, (process.pid,))
        late.daemon = True
        late.start()
        for line in process.stdout or ():
            if json.loads(line).get("over"):
                break
        late.cancel()
        if process.poll() is not None:
            self.stop()

    def _started(self, gpu: bool) -> subprocess.Popen[bytes]:
        """The process, started where it does not run or holds a device that it must not."""
        if self._process is not None and (self._process.poll() is not None or self._gpu != gpu):
            self.stop()
        if self._process is not None:
            return self._process
        handle, name = tempfile.mkstemp(prefix="ftassist-playground-", suffix=".log")
        self._log, self._gpu = Path(name), gpu
        memory = SHARE * psutil.virtual_memory().available
        self._limit = memory / MIB + OWN_MB
        hidden = {} if gpu else {"CUDA_VISIBLE_DEVICES": ""}
        with os.fdopen(handle, "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", MODULE, str(memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd="/",
                env=scrubbed(os.environ) | hidden,
                start_new_session=True,
            )
        limits = Limits(memory_mb=self._limit, processes=0, disk_mb=0, free_disk_mb=0)
        self._process, self._watch = process, ProcessWatch(process.pid, limits)
        self._watch.__enter__()
        return process

    def _send(self, document: dict[str, Any]) -> None:
        with self._ending:
            if self._process is None or self._process.stdin is None:
                return
            with suppress(BrokenPipeError):  # that it is gone is told by its output
                self._process.stdin.write(json.dumps(document).encode() + b"\n")
                self._process.stdin.flush()

    def _death(self, process: subprocess.Popen[bytes]) -> FtassistError:
        """Why there is no answer: a bound, or what the log ends with."""
        status = process.wait()
        breach = self._watch.breach if self._watch is not None else None
        if breach is not None:
            return FtassistError(
                f"the playground took {breach.message}",
                fix="free memory on this machine, or ask a smaller model",
            )
        said = tail(self._log) if self._log is not None else ""
        return FtassistError(
            f"the playground ended with status {status}\n{said}".rstrip(), fix="ask again"
        )


def busy() -> LockedError:
    """The refusal of a second question."""
    return LockedError(
        "the playground is answering another question", fix="wait for its answer, or cancel it"
    )
