"""The evaluator process: the control channel on stdin and stdout, and the trials' Unix socket.

The main thread does all the work, one thing at a time, in the order it was asked for; threads only
read the channels. The end of stdin ends the process, so it never outlives its owner. The owner's
verbs are here, the trials' in `trial_requests`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from ftassist.dojo.evaluator.enrolment import Enrolment
from ftassist.dojo.evaluator.far_requests import FarRequests
from ftassist.dojo.evaluator.protocol import (
    MAX_CONTROL_BYTES,
    Message,
    RefusedError,
    encode,
    field_of,
    read_message,
)
from ftassist.dojo.evaluator.registry import Registration, Registry
from ftassist.dojo.evaluator.snapshot import snapshot
from ftassist.dojo.evaluator.trial_requests import (
    TrialRequests,
    Work,
    failed_answer,
    texts_of,
)
from ftassist.dojo.feedback import Feedback
from ftassist.dojo.task import Split

DRAIN_SECONDS = 5.0
"""How long the rest of an oversized message is read away, so that the refusal can be read."""

IDLE_SECONDS = 60.0
"""How long a connection may say nothing, or take to read an answer, before it is closed."""

MAX_CONNECTIONS = 16
"""Connections of trials that are served at once; further ones wait to be accepted."""

Result = TypeVar("Result")

_logger = logging.getLogger(__name__)


class Server:
    """Serves one control channel and one socket.

    Args:
        socket_path: Where trials connect.
        work: What is done for those who ask.
        control_in: The owner's requests.
        control_out: Answers to the owner.
        on_lost_owner: Called when the owner's channel ends; the process's own end by default.
    """

    def __init__(
        self,
        socket_path: Path,
        work: Work,
        control_in: BinaryIO,
        control_out: BinaryIO,
        on_lost_owner: Callable[[], Any] = lambda: os._exit(0),
    ) -> None:
        self._socket_path = socket_path
        self._work = work
        self._in = control_in
        self._out = control_out
        self._on_lost_owner = on_lost_owner
        self._out_lock = threading.Lock()
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(MAX_CONNECTIONS)
        self._registry = Registry()
        self._trials = TrialRequests(self._registry, work, self._in_turn)
        far = FarRequests(self._registry, work, self._in_turn, self._trials.refuse)
        self._verbs: dict[str, Callable[[Message], Message]] = {
            "register": self._register,
            "evaluate": self._evaluate,
            "leaks": self._leaks,
            "baselines": self._baselines,
            "panel": self._panel,
            "close": self._close,
            "open": self._let_in,
            "questions": far.questions,
            "answers": far.answers,
            "refused": far.refused,
        }
        self._open = threading.Event()

    def serve(self, first: Callable[[], None] = lambda: None) -> None:
        """Runs until the owner says stop.

        Trials that connect wait until the owner says open: a server that was started again knows
        no token before, and would take an honest trial's for a forged one.

        Args:
            first: Done before the first request, while the channels are open already.
        """
        listener = _listen(self._socket_path)
        _thread(self._accept, listener)
        _thread(self._read_control)
        self._send({"ready": os.getpid()})
        first()
        while (job := self._jobs.get()) is not None:
            job()
        listener.close()
        self._socket_path.unlink(missing_ok=True)

    def _in_turn(self, work: Callable[[], Result]) -> Result:
        """Has the serving thread do `work`, after what was asked for before."""
        future: Future[Result] = Future()

        def job() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
                future.set_exception(error)

        self._jobs.put(job)
        return future.result()

    def _read_control(self) -> None:
        """Reads the owner's requests; each is answered from a thread of its own."""
        while (message := read_message(self._in, MAX_CONTROL_BYTES)) is not None:
            if message.get("verb") == "stop":
                self._send({"id": message.get("id"), "ok": True})
                self._jobs.put(None)
                return
            _thread(self._answer, message)
        _logger.info("the owner is gone")
        self._on_lost_owner()

    def _answer(self, message: Message) -> None:
        """Answers one request of the owner."""
        try:
            verb = field_of(message, "verb")
            if verb not in self._verbs:
                raise RefusedError(f"there is no verb {verb!r}", kind="CONFIG")
            answer = {**self._verbs[verb](message), "ok": True}
        except Exception as error:  # noqa: BLE001 - told to the owner, and logged if it is a bug
            answer = failed_answer(error)
        self._send({**answer, "id": message.get("id")})

    def _send(self, answer: Message) -> None:
        """Writes one line to the owner."""
        with self._out_lock:
            self._out.write(encode(answer))
            self._out.flush()

    def _register(self, message: Message) -> Message:
        """Registers a trial and gives its token."""
        for name in ("trial", "folder", "scores", "task", "base"):
            field_of(message, name)
        wish = Enrolment.of(message)
        self._work.note_task(wish.task)
        return {"token": self._registry.add(wish).token}

    def _evaluate(self, message: Message) -> Message:
        """Scores the base (no model named) or a trial's model, on any split."""
        registration = self._registry.of_trial(field_of(message, "trial"))
        split = _split_of(message)
        feedback = self._of_model(
            registration, message, lambda model: self._work.evaluate(registration, split, model)
        )
        if split == "validation":
            self._registry.keep(registration.token, feedback)
        return {"feedback": feedback.to_dict()}

    def _panel(self, message: Message) -> Message:
        """Scores the base (no model named) or a trial's model on the general panel."""
        registration = self._registry.of_trial(field_of(message, "trial"))
        seconds = message.get("seconds")
        feedback = self._of_model(
            registration, message, lambda model: self._work.panel(registration, model, seconds)
        )
        return {"feedback": feedback.to_dict()}

    def _of_model(
        self,
        registration: Registration,
        message: Message,
        score: Callable[[Path | None], Feedback],
    ) -> Feedback:
        """Has a copy of the model that is named scored in its turn, or the base (None)."""
        folder = registration.inside(message["model"]) if message.get("model") else None

        def work() -> Feedback:
            if folder is None:
                return score(None)
            with snapshot(registration.folder, folder, registration.scores) as copy:
                return score(copy)

        return self._in_turn(work)

    def _close(self, message: Message) -> Message:
        """Voids the token of a trial that is over."""
        self._registry.close(field_of(message, "trial"))
        return {}

    def _let_in(self, message: Message) -> Message:
        """Serves trials from now on."""
        self._open.set()
        return {}

    def _leaks(self, message: Message) -> Message:
        """Looks for leaked rows on behalf of the owner."""
        task, rows = field_of(message, "task"), texts_of(message.get("rows"))
        found = self._in_turn(lambda: self._work.leaks(task, rows))
        return {"leaks": [asdict(leak) for leak in found]}

    def _baselines(self, message: Message) -> Message:
        """Scores the task's classical baselines."""
        registration = self._registry.of_trial(field_of(message, "trial"))
        rows, seed = int(message["rows"]), int(message["seed"])
        split = _split_of(message)
        found = self._in_turn(lambda: self._work.baselines(registration, rows, seed, split))
        return {"baselines": [baseline.to_dict() for baseline in found]}

    def _accept(self, listener: socket.socket) -> None:
        """Takes connections until the listener closes."""
        self._open.wait()
        while True:
            self._room.acquire()
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            _thread(self._serve_trial, connection)

    def _serve_trial(self, connection: socket.socket) -> None:
        """Answers a trial's requests until it hangs up, idles or sends what is no message."""
        try:
            self._converse(connection)
        finally:
            self._room.release()

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(IDLE_SECONDS)
        with connection, connection.makefile("rb") as stream:
            try:
                while (message := read_message(stream)) is not None:
                    connection.sendall(encode(self._trials.answer(message)))
            except RefusedError as error:
                connection.sendall(encode(self._trials.refuse(None, error)))
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(DRAIN_SECONDS)
                _drain(stream)
            except OSError as error:
                _logger.info("a trial hung up: %s", error)


def _drain(stream: BinaryIO) -> None:
    """Reads away what a trial still sends, for a while."""
    with contextlib.suppress(OSError):
        while stream.read(1 << 16):
            pass


def _thread(target: Callable[..., None], *arguments: object) -> None:
    """Starts a thread that does not keep the process alive."""
    threading.Thread(target=target, args=arguments, daemon=True).start()


def _listen(path: Path) -> socket.socket:
    """A listening Unix socket that only this user can reach."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(mask)
    listener.listen(16)
    return listener


def own_stdout() -> BinaryIO:
    """Takes the real stdout for answers; prints of libraries go to stderr from now on."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _split_of(message: Message) -> Split:
    """The split a request names.

    Raises:
        RefusedError: CONFIG: there is no such split.
    """
    split = field_of(message, "split")
    if split not in {"validation", "test"}:
        raise RefusedError(f"there is no split {split!r}", kind="CONFIG")
    return cast("Split", split)
