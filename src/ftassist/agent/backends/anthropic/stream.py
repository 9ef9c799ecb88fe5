"""What is heard of a streamed answer: its pieces, its tokens, and how it may end badly.

Knows the events of the Messages API; makes no call.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ftassist.agent.backends.anthropic.prices import Tokens
from ftassist.agent.backends.anthropic.wire import Block
from ftassist.agent.key import scrub
from ftassist.errors import FtassistError

LARGEST = 600_000
"""Most characters of an answer."""
_TAIL = 240


class CallError(FtassistError):
    """A call that brought no answer.

    Attributes:
        tokens: What it has cost all the same; no prompt where the server had not told it yet.
        started: Whether it may have cost something: the answer had begun, or was on its way.
        passing: Whether it is the service that failed, and may be back later.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        fix: str = "",
        tokens: Tokens | None = None,
        started: bool = False,
        passing: bool = False,
    ) -> None:
        super().__init__(what, where=where, fix=fix)
        self.tokens = tokens or Tokens()
        self.started = started
        self.passing = passing


class CallCancelledError(CallError):
    """A person ended the call."""


@dataclass
class Heard:
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
    blocks: dict[int, Block] = field(default_factory=dict)
    """The parts of the answer as they came, by their place; of a tool's call the input is text."""

    @property
    def characters(self) -> int:
        """Characters received."""
        return len(self.raw) + len(self.text) + self.thought

    @property
    def so_far(self) -> Tokens:
        """Tokens of an answer that has not told its own; about three characters make one."""
        written = max(self.tokens.output, self.characters // 3)
        return Tokens(self.tokens.input, self.tokens.cached, self.tokens.written, written)

    def hear(self, event: Any) -> None:
        """Takes in an event of the stream."""
        if event.type == "message_start":
            self.begun = True
            self.tokens = _tokens(event.message.usage, 0)
        elif event.type == "content_block_start":
            self.blocks[event.index] = begun_block(event.content_block)
        elif event.type == "content_block_delta":
            self._delta(event.delta)
            grow_block(self.blocks.get(event.index, {}), event.delta)
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


def begun_block(block: Any) -> Block:
    """A part of an answer as it begins; a tool's input comes as text and grows."""
    kind = str(block.type)
    if kind == "tool_use":
        return {"type": kind, "id": str(block.id), "name": str(block.name), "raw": ""}
    if kind == "thinking":
        return {"type": kind, "thinking": "", "signature": ""}
    if kind == "redacted_thinking":
        return {"type": kind, "data": str(block.data)}
    return {"type": "text", "text": ""}


def grow_block(block: Block, delta: Any) -> None:
    """Adds what came to a part of an answer."""
    pieces = {
        "input_json_delta": ("raw", "partial_json"),
        "text_delta": ("text", "text"),
        "thinking_delta": ("thinking", "thinking"),
        "signature_delta": ("signature", "signature"),
    }
    key, source = pieces.get(str(delta.type), ("", ""))
    if key in block:
        block[key] += str(getattr(delta, source))


def check_bounds(heard: Heard, deadline: float) -> None:
    """Gives up an answer that is too long or takes too long.

    Raises:
        CallError: It does.
    """
    if heard.characters > LARGEST:
        raise CallError(
            f"the answer is longer than {LARGEST:,} characters and was given up",
            tokens=heard.so_far,
            started=True,
        )
    if time.monotonic() > deadline:
        raise CallError(
            "the answer took too long and was given up",
            fix="raise the agent's timeout",
            tokens=heard.so_far,
            started=True,
        )


def cut_off(error: Exception | None, heard: Heard) -> CallError:
    """An answer that ended before its end."""
    why = f": {type(error).__name__}" if error else ""
    return CallError(
        f"the answer broke off after {heard.characters:,} characters{why}",
        fix="ask again; the connection or the service failed in the middle",
        tokens=heard.so_far,
        started=heard.begun,
        passing=True,
    )


def cancelled(heard: Heard) -> CallCancelledError:
    """An answer that a person does not want any more."""
    return CallCancelledError("the call was cancelled", tokens=heard.so_far, started=True)


def _tokens(usage: Any, output: int) -> Tokens:
    return Tokens(
        input=int(usage.input_tokens or 0),
        cached=int(usage.cache_read_input_tokens or 0),
        written=int(usage.cache_creation_input_tokens or 0),
        output=output or int(usage.output_tokens or 0),
    )
