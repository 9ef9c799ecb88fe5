"""The messages of the evaluator: JSON lines with a length cap, and refusals with a class.

Two channels speak it: the control channel (stdin and stdout of the evaluator process, held by its
owner) and the trial's Unix socket. Knows the form of messages, not what they ask for.

A request is `{"verb": ..., ...}`; an answer is `{"ok": true, ...}` or
`{"ok": false, "error": {"kind", "what", "where", "fix"}}`.
"""

from __future__ import annotations

import json
from typing import Any, Literal, Protocol

from ftassist.errors import EvaluatorError, FtassistError

MAX_BYTES = 4 * 1024 * 1024
"""Longest message on a trial's socket, in bytes."""

MAX_CONTROL_BYTES = 64 * 1024 * 1024
"""Longest message on the control channel, in bytes."""

SOCKET_VARIABLE = "FTASSIST_EVALUATOR"
TOKEN_VARIABLE = "FTASSIST_TOKEN"
TASK_VARIABLE = "FTASSIST_TASK"
BASE_VARIABLE = "FTASSIST_BASE"
SHOWN_VARIABLE = "FTASSIST_SHOWN_SEED"

Message = dict[str, Any]
"""A line of a channel, as JSON: whoever sent it may have sent anything."""

Kind = Literal["INVALID", "CONFIG", "DATA", "OOM", "ENV", "TIMEOUT", "KILLED", "BUDGET"]


class RefusedError(EvaluatorError):
    """The evaluator refused or failed, with its failure class.

    INVALID means cheating or leakage; CONFIG and DATA mean a mistake; ENV and KILLED that the
    evaluator itself failed; BUDGET that this trial has used up its evaluations.
    """

    def __init__(self, what: str, *, kind: Kind, where: str = "", fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.kind: Kind = kind


class LineReader(Protocol):
    """The reading side of a channel."""

    def readline(self, size: int = -1, /) -> bytes:
        """Reads to the end of the line, or at most `size` bytes."""
        ...


def encode(message: Message) -> bytes:
    """One message as a line."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_message(stream: LineReader, limit: int = MAX_BYTES) -> Message | None:
    """The next message, or None at the end of the channel.

    Raises:
        RefusedError: The line is longer than `limit` bytes, cut off, or no JSON object.
    """
    line = stream.readline(limit + 1)
    if not line:
        return None
    if len(line) > limit:
        raise RefusedError(
            f"a message of more than {limit} bytes is refused",
            kind="DATA",
            fix="send fewer rows in one message",
        )
    try:
        message = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(f"a message is not valid JSON: {error}", kind="DATA") from error
    if not isinstance(message, dict):
        raise RefusedError("a message must be a JSON object", kind="DATA")
    return message


def error_answer(error: FtassistError) -> Message:
    """The answer that carries an error."""
    kind = error.kind if isinstance(error, RefusedError) else "CONFIG"
    document = {"kind": kind, "what": error.what, "where": error.where, "fix": error.fix}
    return {"ok": False, "error": document}


def raise_error(answer: Message) -> Message:
    """Returns a good answer and raises the error of a bad one.

    Raises:
        RefusedError: The answer carries an error.
    """
    if answer.get("ok"):
        return answer
    error = answer["error"]
    raise RefusedError(error["what"], kind=error["kind"], where=error["where"], fix=error["fix"])


def field_of(message: Message, name: str) -> str:
    """A text field of a request.

    Raises:
        RefusedError: It is missing or no text.
    """
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError(
            f"the request {message.get('verb')!r} needs a text field {name!r}", kind="CONFIG"
        )
    return value
