"""One call of the Messages API over the official SDK: streamed, retried, bounded, cancellable.

A refusal that comes before the first event (overload, rate limit, a lost connection) is tried
again with back-off; what breaks off in the middle has cost money and is handed back as such. The
texts of all errors are scrubbed of the key. Knows nothing of prompts, schemas or budgets.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ftassist.agent.backends.anthropic.pricing import Tokens
from ftassist.agent.key import read_key, scrub
from ftassist.errors import FtassistError

if TYPE_CHECKING:
    import anthropic

T = TypeVar("T")
TRIES = 4
FIRST_WAIT = 1.0
"""Seconds before the second try; doubled before each next one, with some chance in it."""
LONGEST_WAIT = 60.0
WHOLE = 5.0
"""A call may take so many times its timeout in all, however lively it is."""
LARGEST = 600_000
"""Most characters of an answer."""
_TAIL = 240
_TRIED_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504, 529})


class CallError(FtassistError):
    """A call that brought no answer.

    Attributes:
        tokens: What it has cost all the same.
        started: Whether the answer had begun.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        fix: str = "",
        tokens: Tokens | None = None,
        started: bool = False,
    ) -> None:
        super().__init__(what, where=where, fix=fix)
        self.tokens = tokens or Tokens()
        self.started = started


class CallCancelledError(CallError):
    """A person ended the call."""


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        raw: The input of the tool call as it was written; "" when none was made.
        text: Text beside it.
        stop: Why the model stopped.
        tokens: What was used.
        request: The server's name for the call.
        tries: How often it was sent.
    """

    raw: str
    text: str = ""
    stop: str = ""
    tokens: Tokens = field(default_factory=Tokens)
    request: str = ""
    tries: int = 1


@dataclass(frozen=True)
class Watch:
    """Who is told of a call's progress, and who may end it."""

    progress: Callable[[str, int, str], None] = lambda *_: None
    cancelled: Callable[[], bool] = lambda: False


class Messages(Protocol):
    """What makes calls: the client below, or a record of earlier ones."""

    def count(self, body: Mapping[str, Any]) -> int | None:
        """Tokens of a request; None where the server cannot count."""
        ...

    def send(self, body: Mapping[str, Any], watch: Watch) -> Answer:
        """One call."""
        ...


class MessagesClient:
    """Calls a server.

    Args:
        base_url: The server; "" for the official one.
        timeout: Seconds without a sign of life after which a call is given up.
        sleep: Waits; tests pass one that does not.

    Raises:
        FtassistError: There is no key.
    """

    def __init__(
        self,
        base_url: str = "",
        *,
        timeout: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        import anthropic

        self._timeout = timeout
        self._sleep = sleep
        self._where = base_url or "the official server"
        self._client = anthropic.Anthropic(
            api_key=read_key(),
            base_url=base_url or "https://api.anthropic.com",
            max_retries=0,
            timeout=anthropic.Timeout(timeout, connect=min(timeout, 10.0)),
        )

    def count(self, body: Mapping[str, Any]) -> int | None:
        """Tokens of a request, as the server counts them; None where it cannot.

        Raises:
            CallError: The server refuses or cannot be reached.
        """
        import anthropic

        counted = ("model", "system", "messages", "tools", "tool_choice", "thinking")
        asked = {key: body[key] for key in counted if key in body}

        def once() -> int | None:
            try:
                return int(self._client.messages.count_tokens(**asked).input_tokens)
            except (anthropic.NotFoundError, anthropic.HTTPNotImplementedError):
                return None

        return self._tried(once, Watch())[0]

    def send(self, body: Mapping[str, Any], watch: Watch) -> Answer:
        """One call, streamed to its end.

        Raises:
            CallCancelledError: `watch` says that it is no longer wanted.
            CallError: No whole answer came.
        """
        answer, tries = self._tried(lambda: self._stream(body, watch), watch)
        return Answer(answer.raw, answer.text, answer.stop, answer.tokens, answer.request, tries)

    def _tried(self, once: Callable[[], T], watch: Watch) -> tuple[T, int]:
        """Does it, and again after refusals that pass; returns how often, too."""
        import anthropic

        number = 1
        while True:
            try:
                return once(), number
            except anthropic.APIStatusError as error:
                if number >= TRIES or error.status_code not in _TRIED_AGAIN:
                    raise self._refused(error, number) from None
                wait = _retry_after(error) or _back_off(number)
            except anthropic.APIConnectionError as error:
                if number >= TRIES:
                    raise self._unreachable(error, number) from None
                wait = _back_off(number)
            except (anthropic.AnthropicError, TypeError, ValueError) as error:
                raise self._broken(error) from None
            watch.progress("resting", 0, "")
            self._rest(wait, watch)
            number += 1

    def _stream(self, body: Mapping[str, Any], watch: Watch) -> Answer:
        import anthropic
        import httpx2

        heard = _Heard()
        deadline = time.monotonic() + WHOLE * self._timeout
        watch.progress("waiting", 0, "")
        try:
            with self._client.messages.create(**body, stream=True) as stream:
                heard.request = str(stream.response.headers.get("request-id", ""))
                for event in stream:
                    heard.hear(event)
                    watch.progress(heard.phase, heard.characters, heard.tail)
                    if watch.cancelled():
                        raise CallCancelledError(
                            "the call was cancelled", tokens=heard.tokens, started=heard.begun
                        )
                    _check_size(heard, deadline)
        except (anthropic.APIError, httpx2.HTTPError, ValueError, RuntimeError) as error:
            if not heard.begun and isinstance(
                error, anthropic.APIStatusError | anthropic.APIConnectionError
            ):
                raise
            raise _cut_off(error, heard) from None
        if not heard.ended:
            raise _cut_off(None, heard)
        return Answer(scrub(heard.raw), scrub(heard.text), heard.stop, heard.tokens, heard.request)

    def _rest(self, seconds: float, watch: Watch) -> None:
        """Waits, and looks each half second whether it is still wanted."""
        left = min(seconds, LONGEST_WAIT)
        while left > 0:
            if watch.cancelled():
                raise CallCancelledError("the call was cancelled before it was sent again")
            self._sleep(min(0.5, left))
            left -= 0.5

    def _refused(self, error: anthropic.APIStatusError, tries: int) -> CallError:
        code = error.status_code
        said = scrub(str(error.message))[:300]
        fixes = {
            401: "check the key (`ftassist agent-server-check`)",
            403: "this key may not use this model: check the account, or name another model",
            404: "the server knows no such model or endpoint: check FTASSIST_MODEL and base_url",
            413: "the request is too large for this server",
            429: "wait, or raise the account's limit",
            529: "the service is overloaded: ask again later",
        }
        return CallError(
            f"the model service refused the call with {code} after {_times(tries)}: {said}",
            where=self._where,
            fix=fixes.get(code, "ask again later; `ftassist agent-server-check` tries it"),
        )

    def _unreachable(self, error: Exception, tries: int) -> CallError:
        said = scrub(str(error))[:200]
        return CallError(
            f"the model service cannot be reached after {_times(tries)}: {said}",
            where=self._where,
            fix="check the network and base_url (`ftassist agent-server-check`)",
        )

    def _broken(self, error: Exception) -> CallError:
        return CallError(
            f"the call could not be made: {type(error).__name__}: {scrub(str(error))[:300]}",
            where=self._where,
            fix="`ftassist agent-server-check` tells what the server can do",
        )


@dataclass
class _Heard:
    """What was heard of an answer so far."""

    raw: str = ""
    text: str = ""
    thought: int = 0
    tail: str = ""
    stop: str = ""
    request: str = ""
    phase: str = "waiting"
    tokens: Tokens = field(default_factory=Tokens)
    begun: bool = False
    ended: bool = False

    @property
    def characters(self) -> int:
        """Characters received."""
        return len(self.raw) + len(self.text) + self.thought

    def hear(self, event: Any) -> None:
        """Takes in an event of the stream."""
        if event.type == "message_start":
            self.begun = True
            self.tokens = _tokens(event.message.usage, 0)
        elif event.type == "content_block_delta":
            self._delta(event.delta)
        elif event.type == "message_delta":
            self.stop = str(event.delta.stop_reason or "")
            self.tokens = Tokens(
                self.tokens.input,
                self.tokens.cached,
                self.tokens.written,
                int(event.usage.output_tokens or 0),
            )
        elif event.type == "message_stop":
            self.ended = True

    def _delta(self, delta: Any) -> None:
        if delta.type == "input_json_delta":
            self.phase, piece = "writing", str(delta.partial_json)
            self.raw += piece
        elif delta.type == "text_delta":
            self.phase, piece = "writing", str(delta.text)
            self.text += piece
        elif delta.type == "thinking_delta":
            self.phase, piece = "thinking", str(delta.thinking)
            self.thought += len(piece)
        else:
            return
        self.tail = scrub((self.tail + piece)[-_TAIL:])


def _tokens(usage: Any, output: int) -> Tokens:
    return Tokens(
        input=int(usage.input_tokens or 0),
        cached=int(usage.cache_read_input_tokens or 0),
        written=int(usage.cache_creation_input_tokens or 0),
        output=output or int(usage.output_tokens or 0),
    )


def _check_size(heard: _Heard, deadline: float) -> None:
    if heard.characters > LARGEST:
        raise CallError(
            f"the answer is longer than {LARGEST:,} characters and was given up",
            tokens=_so_far(heard),
            started=True,
        )
    if time.monotonic() > deadline:
        raise CallError(
            "the answer took too long and was given up",
            fix="raise the agent's timeout",
            tokens=_so_far(heard),
            started=True,
        )


def _cut_off(error: Exception | None, heard: _Heard) -> CallError:
    why = f": {type(error).__name__}" if error else ""
    return CallError(
        f"the answer broke off after {heard.characters:,} characters{why}",
        fix="ask again; the connection or the service failed in the middle",
        tokens=_so_far(heard),
        started=heard.begun,
    )


def _so_far(heard: _Heard) -> Tokens:
    """Tokens of an answer that has not told its own; about three characters make one."""
    written = max(heard.tokens.output, heard.characters // 3)
    return Tokens(heard.tokens.input, heard.tokens.cached, heard.tokens.written, written)


def _retry_after(error: anthropic.APIStatusError) -> float:
    text = error.response.headers.get("retry-after", "")
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


def _back_off(number: int) -> float:
    return float(FIRST_WAIT * 2 ** (number - 1) * random.uniform(0.8, 1.2))


def _times(tries: int) -> str:
    return "one try" if tries == 1 else f"{tries} tries"
