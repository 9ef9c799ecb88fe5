"""One call of the Messages API over the official SDK: streamed, retried, bounded, cancellable.

A refusal that comes before the first event (overload, rate limit, a lost connection) is tried
again with back-off; what breaks off in the middle has cost money and is handed back as such. A
person can end a call at any moment, also while nothing has come yet. The texts of all errors are
scrubbed of the key. Knows nothing of prompts, schemas or budgets.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ftassist.agent.backends.anthropic.manners import AUTO, messages_body, refused_of, way_of
from ftassist.agent.backends.anthropic.prices import Tokens
from ftassist.agent.backends.anthropic.silence import PATIENCE, Silence, answers, is_own
from ftassist.agent.backends.anthropic.stream import (
    CallCancelledError,
    CallError,
    Heard,
    cancelled,
    check_bounds,
    cut_off,
)
from ftassist.agent.backends.anthropic.thread import handed_out
from ftassist.agent.backends.anthropic.wire import Block, Body
from ftassist.agent.key import read_key, scrub

if TYPE_CHECKING:
    import anthropic

T = TypeVar("T")
_REFUSED: dict[tuple[str, str], set[str]] = {}
"""What a server refused of requests to a model, in the words of `manners`: by address and model,
because each question may have a client of its own. Remembered as long as the process lives."""
TRIES = 4
FIRST_WAIT = 1.0
"""Seconds before the second try; doubled before each next one, with some chance in it."""
LONGEST_WAIT = 60.0
WHOLE = 5.0
"""A call may take so many times its timeout in all, however lively it is."""
_TRIED_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_PASSING = frozenset({"overloaded_error", "rate_limit_error", "api_error", "timeout_error"})
"""Names of the same refusals where they come as the first event of a stream, under status 200."""


@dataclass(frozen=True)
class ModelAnswer:
    """What came back.

    Attributes:
        raw: The input of the tool call as it was written; "" when none was made.
        text: Text beside it.
        stop: Why the model stopped.
        tokens: What was used.
        request: The server's name for the call.
        tries: How often it was sent.
        blocks: Its parts as they came: thinking, text, calls of tools ({"type": "tool_use", "id",
            "name", "raw"}). `raw` is the input of the first call of the answer's own tool.
    """

    raw: str
    text: str = ""
    stop: str = ""
    tokens: Tokens = field(default_factory=Tokens)
    request: str = ""
    tries: int = 1
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Watch:
    """Who is told of a call's progress, and who may end it."""

    progress: Callable[[str, int, str], None] = lambda *_: None
    cancelled: Callable[[], bool] = lambda: False


class Messages(Protocol):
    """What makes calls: the client below, or a record of earlier ones."""

    def count(self, body: Body, watch: Watch) -> int | None:
        """Tokens of a request; None where the server cannot count."""
        ...

    def send(self, body: Body, watch: Watch) -> ModelAnswer:
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
        self._bounds(base_url)
        self._ping = f"{base_url.rstrip('/')}/v1/models"
        self._client = anthropic.Anthropic(
            api_key=read_key(),
            base_url=base_url or "https://api.anthropic.com",
            max_retries=0,
            timeout=anthropic.Timeout(timeout, connect=min(timeout, 10.0)),
        )

    def _bounds(self, base_url: str) -> None:
        """How long a call may take: one's own server may be silent as long as it is there."""
        self._own = is_own(base_url)
        self._whole = WHOLE * self._timeout * (PATIENCE if self._own else 1.0)
        self._silent = self._whole if self._own else self._timeout

    def takes_tools(self, model: str) -> bool:
        """Whether the server has not refused tools for a model, however they were asked for."""
        return bool(way_of({"type": AUTO}, self._not_taken(model)))

    def count(self, body: Body, watch: Watch) -> int | None:
        """Tokens of a request, as the server counts them; None where it cannot.

        Raises:
            CallCancelledError: `watch` says that the call is no longer wanted.
            CallError: The server refuses or cannot be reached.
        """
        import anthropic

        counted = ("model", "system", "messages", "tools", "tool_choice", "thinking")
        asked = {key: body[key] for key in counted if key in body}

        def count(sent: Body) -> int:
            return int(self._client.messages.count_tokens(**sent).input_tokens)

        def once() -> int | None:
            try:
                return self._as_taken(asked, count)
            except (anthropic.NotFoundError, anthropic.HTTPNotImplementedError):
                return None

        def hand_out(give: Callable[[tuple[int | None]], None]) -> None:
            give((once(),))

        def watched() -> int | None:
            found: list[int | None] = []
            for one in handed_out(hand_out):
                found += one or ()
                watch.progress("counting", 0, "")
                if watch.cancelled():
                    raise CallCancelledError("the call was cancelled before it was sent")
            return found[0]

        return self._tried(watched, watch)[0]

    def send(self, body: Body, watch: Watch) -> ModelAnswer:
        """One call, streamed to its end.

        Raises:
            CallCancelledError: `watch` says that it is no longer wanted.
            CallError: No whole answer came.
        """
        answer, tries = self._tried(lambda: self._stream(body, watch), watch)
        return replace(answer, tries=tries)

    def _tried(self, once: Callable[[], T], watch: Watch) -> tuple[T, int]:
        """Does it, and again after refusals that pass; returns how often, too."""
        import anthropic

        number = 1
        while True:
            try:
                return once(), number
            except anthropic.APIStatusError as error:
                if number >= TRIES or not _passes(error):
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

    def _stream(self, body: Body, watch: Watch) -> ModelAnswer:
        import anthropic
        import httpx2

        heard = Heard()
        deadline = time.monotonic() + self._whole
        silence = Silence(self._timeout, lambda: answers(self._ping))
        watch.progress("waiting", 0, "")
        try:
            for event in handed_out(lambda give: self._receive(body, heard, give)):
                if event is not None:
                    heard.hear(event)
                watch.progress(heard.phase, heard.characters, heard.tail)
                if watch.cancelled():
                    raise cancelled(heard)
                if self._own and silence.too_long(event is not None):
                    raise anthropic.APITimeoutError(httpx2.Request("POST", self._where))
                check_bounds(heard, deadline)
        except (anthropic.APIError, httpx2.HTTPError, ValueError, RuntimeError) as error:
            if not heard.begun and isinstance(
                error, anthropic.APIStatusError | anthropic.APIConnectionError
            ):
                raise
            raise cut_off(error, heard) from None
        if not heard.ended:
            raise cut_off(None, heard)
        blocks = tuple(
            {key: scrub(text) for key, text in heard.blocks[place].items()}
            for place in sorted(heard.blocks)
        )
        tools = [tool["name"] for tool in body.get("tools", ())]
        return ModelAnswer(
            raw=own_input(blocks, tools),
            text=scrub(heard.text),
            stop=heard.stop,
            tokens=heard.tokens,
            request=heard.request,
            blocks=blocks,
        )

    def _receive(self, body: Body, heard: Heard, give: Callable[[Any], None]) -> None:
        """Hands out the events of an answer as they come."""
        import anthropic

        timeout = anthropic.Timeout(self._silent, connect=min(self._timeout, 10.0))

        def ask(sent: Body) -> None:
            with self._client.messages.create(**sent, stream=True, timeout=timeout) as stream:
                heard.request = str(stream.response.headers.get("request-id", ""))
                for event in stream:
                    give(event)

        self._as_taken(body, ask)

    def _as_taken(self, body: Body, ask: Callable[[Body], T]) -> T:
        """Asks in a way that the server takes; what it refuses of a request is not sent again.

        Raises:
            anthropic.APIStatusError: It refuses something else, or it is the official server,
                whose models have tools.
        """
        import anthropic

        refused = self._not_taken(str(body["model"]))
        while True:
            sent = self._form(body, refused)
            try:
                return ask(sent)
            except anthropic.APIStatusError as error:
                said = str(error.message)
                more = refused_of(sent, error.status_code, said) if self._own else ""
                if not more:
                    raise
                refused.add(more)

    def _form(self, body: Body, refused: Collection[str]) -> dict[str, Any]:
        """A request as this dialect writes it, without what the server refused."""
        return messages_body(body, refused)

    def _not_taken(self, model: str) -> set[str]:
        """What the server refused of requests to a model, to add to."""
        return _REFUSED.setdefault((self._where, model), set())

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
        shown = code if code >= 400 else _name_of(error) or code
        return CallError(
            f"the model service refused the call with {shown} after {_times(tries)}: {said}",
            where=self._where,
            fix=fixes.get(code, "ask again later; `ftassist agent-server-check` tries it"),
            passing=_passes(error),
        )

    def _unreachable(self, error: Exception, tries: int) -> CallError:
        said = scrub(str(error))[:200]
        return CallError(
            f"the model service cannot be reached after {_times(tries)}: {said}",
            where=self._where,
            fix="check the network and base_url (`ftassist agent-server-check`)",
            passing=True,
        )

    def _broken(self, error: Exception) -> CallError:
        return CallError(
            f"the call could not be made: {type(error).__name__}: {scrub(str(error))[:300]}",
            where=self._where,
            fix="`ftassist agent-server-check` tells what the server can do",
        )


def own_input(blocks: Sequence[Block], tools: Sequence[str]) -> str:
    """The input of the first call of the answer's own tool, which stands first among the tools.

    A call of a name that nobody offered is taken for it: some servers make names up.
    """
    looks = set(tools[1:])
    calls = [block for block in blocks if block["type"] == "tool_use"]
    return next((str(call["raw"]) for call in calls if call["name"] not in looks), "")


def _passes(error: anthropic.APIStatusError) -> bool:
    """Whether a refusal may be gone at another try."""
    return error.status_code in _TRIED_AGAIN or _name_of(error) in _PASSING


def _name_of(error: anthropic.APIStatusError) -> str:
    """What the service calls an error, such as "overloaded_error"; "" where it does not say."""
    detail = error.body.get("error") if isinstance(error.body, Mapping) else None
    return str(detail.get("type", "")) if isinstance(detail, Mapping) else ""


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
