"""The host's side of the evaluator: starts the process, asks it, notices its death.

Used by the runner, and by a notebook that is re-run without one. Knows the control channel, not
how models are scored; imports neither torch nor lm_eval.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from ftassist.dojo.evaluator.enrolment import Enrolment
from ftassist.dojo.evaluator.protocol import (
    BASE_VARIABLE,
    MAX_CONTROL_BYTES,
    SOCKET_VARIABLE,
    TASK_VARIABLE,
    TOKEN_VARIABLE,
    Message,
    RefusedError,
    encode,
    raise_error,
    read_message,
)
from ftassist.dojo.feedback import Feedback
from ftassist.dojo.leakage import Leak
from ftassist.dojo.task import Split
from ftassist.dojo.task_loader import load_task
from ftassist.models.clock import DAY_VARIABLE
from ftassist.models.system_turn import SYSTEM_VARIABLE
from ftassist.records.baseline import ScoredBaseline

MODULE = "ftassist.dojo.evaluator"
START_SECONDS = 60.0
STOP_SECONDS = 5.0
LOG_LINES = 20

_PLACES = ("FTASSIST_TASKS", "FTASSIST_DATA", "FTASSIST_MODELS", "FTASSIST_CACHE")
"""Variables that name a folder; the process starts elsewhere."""
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL|COOKIE", re.IGNORECASE)


class EvaluatorProcess:
    """A running evaluator; a context manager.

    Args:
        journal: Where the evaluator appends `trial.scored`; None records nothing.
        log: Its log file; by default beside the socket.
        environment: Variables for the process beside the scrubbed ones of this one, such as
            CUDA_VISIBLE_DEVICES.

    Example:
        >>> with EvaluatorProcess() as evaluator:  # doctest: +SKIP
        ...     evaluator.register("t0000", folder, scores=scores, task="mini_math", base="tiny")
        ...     feedback = evaluator.evaluate("t0000", "validation")
    """

    def __init__(
        self,
        *,
        journal: Path | None = None,
        log: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ftassist-evaluator-"))
        self.socket = self._folder / "socket"
        self.log = (log or self._folder / "log").resolve()
        self._journal = journal.resolve() if journal else None
        self._environment = dict(environment or {})
        self._registered: dict[str, Enrolment] = {}
        self._system_turns: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: dict[int, Future[Message]] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id, which is also its process group, while it runs."""
        return self._process.pid if self._process is not None and self.alive else None

    def start(self) -> None:
        """Starts the process and waits until it answers; does nothing if it runs.

        Trials that were registered before are registered again, with the same tokens.

        Raises:
            RefusedError: ENV: it did not start; with the end of its log.
        """
        if self.alive:
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-P", "-m", MODULE]
        command += ["--socket", str(self.socket)]
        command += ["--journal", str(self._journal)] if self._journal else []
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd="/",
                env=scrubbed(os.environ) | self._environment,
                start_new_session=True,
            )
        ready: Future[Message] = Future()
        self._answers = {0: ready}
        threading.Thread(target=self._read, args=(self._process, ready), daemon=True).start()
        self._wait(ready, START_SECONDS)
        for registration in list(self._registered.values()):
            self._ask("register", registration.to_dict())
        self._ask("open", {})

    restart = start

    def register(
        self,
        trial: str,
        folder: Path,
        *,
        scores: Path,
        task: str,
        base: str = "tiny",
        limit: int = 1,
        day: str = "",
        shown_seed: int | None = None,
        rung: float = 1.0,
    ) -> str:
        """Registers a trial and returns the token its notebook shows.

        Args:
            trial: The trial's id.
            folder: Its folder; models are looked for in it.
            scores: The folder for item scores, outside `folder`.
            task: The task's key or folder.
            base: The base model: "tiny", a folder or a Hub id.
            limit: How many different models of it may be scored.
            day: The day that the base's chat template is told, as 2026-11-28; "" for today.
            shown_seed: Of the draw of validation items that may be shown and do not select; None
                where all do both.
            rung: How far its training goes; below 1 it is scored on a part of the items.
        """
        registration = Enrolment(
            trial=trial,
            folder=str(folder.resolve()),
            scores=str(scores.resolve()),
            task=_absolute(task),
            base=_absolute(base),
            limit=limit,
            day=day,
            shown_seed=shown_seed,
            rung=rung,
        )
        token = str(self._ask("register", registration.to_dict())["token"])
        self._registered[trial] = replace(registration, token=token)
        return token

    def close(self, trial: str) -> None:
        """Voids the token of a trial that is over; does nothing when the process is gone."""
        if self._registered.pop(trial, None) and self.alive:
            with suppress(RefusedError):  # it ended this moment, and its tokens with it
                self._ask("close", {"trial": trial})

    def environment(self, trial: str) -> dict[str, str]:
        """The variables a registered trial's kernel needs to reach the evaluator."""
        registration = self._registered[trial]
        return {
            SOCKET_VARIABLE: str(self.socket),
            TOKEN_VARIABLE: registration.token,
            TASK_VARIABLE: registration.task,
            BASE_VARIABLE: registration.base,
            SYSTEM_VARIABLE: self._system_turn(registration.task),
            **({DAY_VARIABLE: registration.day} if registration.day else {}),
        }

    def _system_turn(self, task: str) -> str:
        """What a task's models are told first; its card is read once."""
        if task not in self._system_turns:
            self._system_turns[task] = load_task(task).card.system_turn
        return self._system_turns[task]

    def evaluate(
        self,
        trial: str,
        split: Split,
        *,
        model: str | None = None,
        timeout: float | None = None,
    ) -> Feedback:
        """Scores a registered trial's model, or the base when no model is named.

        This is the only way to the test split.

        Args:
            trial: A registered trial.
            model: The model's folder, relative to the trial's; None for the untouched base.
            timeout: Seconds to wait; the evaluation itself goes on.

        Raises:
            RefusedError: The model is refused, the process died, or it took too long.
        """
        request = {"trial": trial, "split": split, "model": model}
        return Feedback.of(self._ask("evaluate", request, timeout)["feedback"])

    def leaks(self, task: str, rows: Sequence[str]) -> list[Leak]:
        """The rows that hold an evaluation item of the task."""
        answer = self._ask("leaks", {"task": _absolute(task), "rows": list(rows)})
        return [Leak.from_dict(leak) for leak in answer["leaks"]]

    def baselines(
        self, trial: str, rows: int, seed: int, split: Split = "validation"
    ) -> list[ScoredBaseline]:
        """The classical baselines of a registered trial's task, scored; see `baselines`.

        Args:
            trial: A registered trial.
            rows: A trial's row cap.
            seed: Of the draw of rows.
            split: The split to score on.
        """
        request = {"trial": trial, "rows": rows, "seed": seed, "split": split}
        answer = self._ask("baselines", request)
        return [ScoredBaseline.of(found) for found in answer["baselines"]]

    def panel(
        self, trial: str, *, model: str | None = None, seconds: float | None = None
    ) -> Feedback:
        """Scores a registered trial's model, or the base, on the general panel.

        Args:
            trial: A registered trial.
            model: The model's folder, relative to the trial's; None for the untouched base.
            seconds: As many questions are asked as fit in; None for all.

        Raises:
            RefusedError: The model is refused, or the process died.
            DataError: There is no time for a question.
        """
        answer = self._ask("panel", {"trial": trial, "model": model, "seconds": seconds})
        return Feedback.of(answer["feedback"])

    def far(self, verb: str, trial: str, **request: object) -> Message:
        """Asks about a registered trial whose model answers elsewhere (see `far_requests`).

        Raises:
            RefusedError: The model is refused, or the process died.
        """
        return self._ask(verb, {"trial": trial, **request})

    def stop(self) -> None:
        """Ends the process and all it started; does nothing if it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ask(self, verb: str, request: Message, timeout: float | None = None) -> Message:
        """Sends a request and waits for its answer."""
        future: Future[Message] = Future()
        with self._lock:
            process = self._process
            if process is None or process.stdin is None or not self.alive:
                raise self._death()
            number = next(self._numbers)
            self._answers[number] = future
            try:
                process.stdin.write(encode({**request, "verb": verb, "id": number}))
                process.stdin.flush()
            except OSError as error:
                raise self._death() from error
        return raise_error(self._wait(future, timeout))

    def _wait(self, future: Future[Message], timeout: float | None) -> Message:
        """An answer, or the error that there is none in time."""
        try:
            return future.result(timeout)
        except FutureTimeoutError as error:
            raise RefusedError(
                f"the evaluator did not answer in {timeout:.0f} s",
                kind="TIMEOUT",
                where=str(self.log),
                fix="wait longer, or stop and start the evaluator",
            ) from error

    def _read(self, process: subprocess.Popen[bytes], ready: Future[Message]) -> None:
        """Hands answers to those who wait; at the end of the channel, tells them all."""
        answers = self._answers
        stream = process.stdout
        while stream is not None:
            message = read_message(stream, MAX_CONTROL_BYTES)
            if message is None:
                break
            future = ready if "ready" in message else answers.pop(message["id"], None)
            if future is not None:
                future.set_result(message)
        process.wait()
        for future in list(answers.values()):
            if not future.done():
                future.set_exception(self._death(process.returncode))

    def _death(self, code: int | None = None) -> RefusedError:
        """The error that the process is not there, with the end of its log."""
        status = code if code is not None else (self._process.poll() if self._process else None)
        how = "is not running" if status is None else f"ended with status {status}"
        return RefusedError(
            f"the evaluator {how}\n{tail(self.log)}".rstrip(),
            kind="KILLED" if status is not None and status < 0 else "ENV",
            where=str(self.log),
            fix="start it again; trials that were registered are registered again",
        )


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without keys, tokens and passwords, in which this package is found."""
    kept = {name: value for name, value in environment.items() if not _SECRET.search(name)}
    root = str(Path(__file__).resolve().parents[3])
    paths = [root, *(p for p in kept.get("PYTHONPATH", "").split(os.pathsep) if p)]
    kept["PYTHONPATH"] = os.pathsep.join(str(Path(p).resolve()) for p in paths)
    for name in _PLACES:
        if place := kept.get(name):
            kept[name] = str(Path(place).expanduser().resolve())
    # Threads that wait actively for each other stall on a busy machine: 160 s for a 2 s scoring,
    # measured on 2 cores beside five other jobs.
    kept.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return kept | {"TOKENIZERS_PARALLELISM": "false", "TQDM_DISABLE": "1"}


def tail(log: Path, lines: int = LOG_LINES) -> str:
    """The last lines of a log file."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def _absolute(name: str) -> str:
    """A folder as an absolute path, anything else as it is."""
    path = Path(name).expanduser()
    return str(path.resolve()) if path.is_dir() else name
