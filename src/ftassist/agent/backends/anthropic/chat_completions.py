"""Chat completions (the dialect of vLLM, Ollama, llama.cpp and others), behind the same seam.

A request is made and kept in the Messages API's form; here it is translated into a chat completion
with tools, and what streams back into the Messages API's events, so that retries, bounds, progress
and cancelling are those of `MessagesClient`, and prompts are written once. Thinking goes back
under the name that the server gave it; what a server refuses is asked for in another way
(`manners.py`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from ftassist.agent.backends.anthropic.client import MessagesClient, Watch
from ftassist.agent.backends.anthropic.manners import (
    NAMED,
    THOUGHT_FIELDS,
    THOUGHTS,
    in_text,
    way_of,
)
from ftassist.agent.backends.anthropic.stream import Heard
from ftassist.agent.backends.anthropic.wire import Block, Body, Turn
from ftassist.agent.key import CHAT_VARIABLE, find_key, scrub

CHARACTERS_A_TOKEN = 3
_ENDS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}
_TEXT, _THOUGHT, _CALLS = 0, 1, 10
"""Places of the parts of an answer; calls follow from the last on."""


class ChatCompletionsClient(MessagesClient):
    """Calls a server that speaks chat completions.

    Args:
        base_url: The server, up to and with its version: "http://localhost:8000/v1".
        timeout: Seconds without a sign of life after which a call is given up.
        sleep: Waits; tests pass one that does not.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        import httpx2

        self._timeout = timeout
        self._sleep = sleep
        self._where = base_url
        self._bounds(base_url)
        self._url = f"{base_url.rstrip('/').removesuffix('/chat/completions')}/chat/completions"
        key = find_key(CHAT_VARIABLE)
        self._http = httpx2.Client(
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=httpx2.Timeout(self._silent, connect=min(timeout, 10.0)),
        )
        self._ping = f"{self._url.removesuffix('/chat/completions')}/models"

    def count(self, body: Body, watch: Watch) -> int | None:
        """Nothing: this dialect cannot count."""
        return None

    def _receive(self, body: Body, heard: Heard, give: Callable[[Any], None]) -> None:
        """Hands out the events of an answer as they come.

        Raises:
            anthropic.APIStatusError: The server refuses.
            anthropic.APIConnectionError: It cannot be reached.
        """
        import anthropic
        import httpx2

        def ask(sent: Body) -> None:
            request = self._http.build_request("POST", self._url, json=sent)
            try:
                response = self._http.send(request, stream=True)
            except httpx2.TimeoutException as error:
                raise anthropic.APITimeoutError(request) from error
            except httpx2.TransportError as error:
                raise anthropic.APIConnectionError(message=str(error), request=request) from error
            with closing(response):
                if response.status_code >= 400:
                    response.read()
                    said = _error_of(response.text)["message"]
                    raise anthropic.APIStatusError(said, response=response, body=None)
                heard.request = str(response.headers.get("x-request-id", ""))
                for event in events(response.iter_lines(), len(json.dumps(body))):
                    give(event)

        self._as_taken(body, ask)

    def _form(self, body: Body, refused: Collection[str]) -> Body:
        """A request as this dialect writes it, without what the server refused."""
        return chat_body(body, refused)


def chat_body(body: Body, refused: Collection[str] = ()) -> Body:
    """A request of the Messages API as a chat completion.

    Args:
        body: The request.
        refused: What the server does not take.
    """
    system = "\n\n".join(part["text"] for part in body.get("system", ()))
    messages: list[Turn] = [{"role": "system", "content": system}] if system else []
    for turn in body["messages"]:
        messages += _turn(turn, THOUGHTS not in refused)
    way = way_of(body["tool_choice"], refused)
    return {
        "model": body["model"],
        "messages": messages,
        "max_tokens": body["max_tokens"],
        "stream": True,
        "stream_options": {"include_usage": True},
        **(_tools(body, way) if way else in_text(messages, body["tools"][0], refused)),
    }


def _tools(body: Body, way: str) -> Body:
    named = {"type": "function", "function": {"name": body["tools"][0]["name"]}}
    return {
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": tool["name"],
                    "description": tool["description"],
                    "parameters": tool["input_schema"],
                },
            }
            for tool in body["tools"]
        ],
        "tool_choice": named if way == NAMED else way,
    }


def _turn(turn: Turn, with_thoughts: bool) -> Iterator[Turn]:
    """A turn as messages: results of tools are messages of their own."""
    content = turn["content"]
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    text = "\n\n".join(part["text"] for part in parts if part["type"] == "text")
    for part in parts:
        if part["type"] == "tool_result":
            told = {"role": "tool", "tool_call_id": part["tool_use_id"]}
            yield {**told, "content": part["content"]}
    calls = [
        {
            "id": part["id"],
            "type": "function",
            "function": {"name": part["name"], "arguments": json.dumps(part["input"])},
        }
        for part in parts
        if part["type"] == "tool_use"
    ]
    if calls:
        thought = _thought(parts) if with_thoughts else {}
        yield {"role": turn["role"], "content": text or None, "tool_calls": calls, **thought}
    elif text:
        yield {"role": turn["role"], "content": text}


def _thought(parts: list[Block]) -> dict[str, str]:
    """What was thought, under the name that the server gave it."""
    return {
        str(part["signature"]): str(part["thinking"])
        for part in parts
        if part["type"] == "thinking" and part.get("signature") in THOUGHT_FIELDS
    }


@dataclass
class _Answer:
    """An answer while it streams in."""

    sent: int
    begun: set[int] = field(default_factory=set)
    written: int = 0
    stop: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)

    def part(self, place: int, block: Block, delta: Block) -> Iterator[Any]:
        """The events of a piece of a part."""
        if place not in self.begun:
            self.begun.add(place)
            yield _event("content_block_start", index=place, content_block=_plain(block))
        self.written += len(str(next(value for key, value in delta.items() if key != "type")))
        yield _event("content_block_delta", index=place, delta=_plain(delta))

    def end(self) -> Iterator[Any]:
        """The last events: tokens as they were told, or as they are estimated."""
        prompt = int(self.usage.get("prompt_tokens") or self.sent // CHARACTERS_A_TOKEN)
        details = self.usage.get("prompt_tokens_details") or {}
        cached = min(prompt, int(details.get("cached_tokens") or 0))
        output = int(self.usage.get("completion_tokens") or self.written // CHARACTERS_A_TOKEN)
        yield _start(prompt - cached, cached)
        yield _event(
            "message_delta",
            delta=SimpleNamespace(stop_reason=_ENDS.get(self.stop, self.stop)),
            usage=SimpleNamespace(output_tokens=output),
        )
        yield _event("message_stop")


def events(lines: Iterator[str], sent: int) -> Iterator[Any]:
    """The lines of a stream as events of the Messages API.

    Args:
        lines: What the server sends.
        sent: Characters of the request, for a server that does not tell its tokens.

    Raises:
        ValueError: A line is no JSON, or tells of an error.
    """
    answer = _Answer(sent)
    begun = False
    for line in lines:
        if line.startswith(":"):
            yield _event("ping")
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            break
        chunk = json.loads(data)
        if "error" in chunk:
            raise ValueError(scrub(_error_of(data)["message"])[:300])
        if not begun:
            begun = True
            yield _start(sent // CHARACTERS_A_TOKEN, 0)
        answer.usage = chunk.get("usage") or answer.usage
        for choice in chunk.get("choices") or ():
            yield from _pieces(choice.get("delta") or {}, answer)
            answer.stop = str(choice.get("finish_reason") or answer.stop)
    if answer.stop:
        yield from answer.end()


def _pieces(delta: Block, answer: _Answer) -> Iterator[Any]:
    """The pieces of a chunk."""
    for name in THOUGHT_FIELDS:
        if thought := delta.get(name):
            new = _THOUGHT not in answer.begun
            piece = {"type": "thinking_delta", "thinking": str(thought)}
            yield from answer.part(_THOUGHT, {"type": "thinking"}, piece)
            if new:
                signed = _plain({"type": "signature_delta", "signature": name})
                yield _event("content_block_delta", index=_THOUGHT, delta=signed)
            break
    if delta.get("content"):
        piece = {"type": "text_delta", "text": str(delta["content"])}
        yield from answer.part(_TEXT, {"type": "text"}, piece)
    for number, call in enumerate(delta.get("tool_calls") or ()):
        place = _CALLS + int(call.get("index", number))
        function = call.get("function") or {}
        block = {
            "type": "tool_use",
            "id": str(call.get("id") or f"call_{place}"),
            "name": str(function.get("name") or ""),
        }
        given = function.get("arguments")
        text = given if isinstance(given, str) else json.dumps(given) if given else ""
        yield from answer.part(place, block, {"type": "input_json_delta", "partial_json": text})


def _start(prompt: int, cached: int) -> Any:
    usage = SimpleNamespace(
        input_tokens=prompt,
        cache_read_input_tokens=cached,
        cache_creation_input_tokens=0,
        output_tokens=0,
    )
    return _event("message_start", message=SimpleNamespace(usage=usage))


def _event(kind: str, **fields: Any) -> Any:
    return SimpleNamespace(type=kind, **fields)


def _plain(value: Block) -> Any:
    return SimpleNamespace(**value)


def _error_of(text: str) -> dict[str, str]:
    """What a server says of an error, however it says it."""
    try:
        found = json.loads(text)
    except ValueError:
        return {"message": text[:300] or "no reason was given", "type": ""}
    detail = found.get("error", found) if isinstance(found, dict) else found
    if not isinstance(detail, dict):
        return {"message": str(detail)[:300], "type": ""}
    return {"message": str(detail.get("message", detail))[:300], "type": str(detail.get("type"))}
