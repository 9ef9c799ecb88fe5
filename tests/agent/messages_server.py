"""A small server on loopback that speaks the Messages API, or chat completions, as a test scripts.

Every POST to /v1/messages takes the next reply of the script; a reply may also be computed from
the request. It streams server-sent events as the real service does, and misbehaves on demand:
errors, slowness, a stream that is cut off, JSON that is none, an answer without end. What it says
is made up by the test and stands for nobody's quality.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class Reply:
    """One answer.

    Attributes:
        tool: The input of the tool call it makes; None for none.
        calls: Calls of other tools that it makes before that: (name, input).
        text: Text before that.
        thinking: Thinking before that.
        raw: Sent as the tool's input in place of `tool`, whether it is JSON or not.
        status: The HTTP status; anything but 200 is an error.
        headers: More headers.
        message: The text of an error.
        wait: Seconds before the first event.
        pause: Seconds between deltas.
        cut: End the connection after so many deltas.
        stop: The stop reason.
        cached: Tokens it says it read from the cache.
        error_event: Sent as an error event in the middle of the stream.
        error_first: Sent as an error event in place of the stream.
    """

    tool: Mapping[str, Any] | None = None
    text: str = ""
    thinking: str = ""
    raw: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "scripted"
    wait: float = 0.0
    pause: float = 0.0
    cut: int | None = None
    stop: str = "tool_use"
    cached: int = 0
    error_event: str = ""
    error_first: str = ""
    calls: Sequence[tuple[str, Mapping[str, Any]]] = ()


Scripted = Reply | Callable[[dict[str, Any]], Reply]


@dataclass
class MessagesServer:
    """The running server.

    Attributes:
        url: Where it listens.
        script: Replies still to give; when it is empty, `otherwise` is given.
        otherwise: The reply after the script; None answers 500.
        requests: The bodies of all calls to /v1/messages.
        headers: The headers of the same calls.
        counted: The bodies of all calls that count tokens.
        counts: Whether it can count tokens; False answers 404.
        count_status: The status of an answer to a call that counts.
        most_at_once: The most calls to /v1/messages that were being answered at the same time.
        tokens: What it says a request has; None counts characters.
        manner: How it speaks chat completions: as "vllm", "ollama" or "llama.cpp" do.
        pings: Whether it says that it is there (GET of its models).
    """

    url: str = ""
    script: list[Scripted] = field(default_factory=list)
    otherwise: Scripted | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    counted: list[dict[str, Any]] = field(default_factory=list)
    counts: bool = True
    count_status: int = 200
    tokens: int | None = None
    most_at_once: int = 0
    manner: str = "vllm"
    pings: bool = False
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, *replies: Scripted) -> None:
        """Adds replies to the script."""
        self.script += replies

    def next_reply(self, body: dict[str, Any]) -> Reply:
        """The reply to a call."""
        scripted = self.script.pop(0) if self.script else self.otherwise
        if scripted is None:
            return Reply(status=500, message="the script is over")
        return scripted(body) if callable(scripted) else scripted

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Notes how many calls are answered at once."""
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    def count(self, body: Mapping[str, Any]) -> int:
        """Tokens of a request."""
        if self.tokens is not None:
            return self.tokens
        texts = {key: body[key] for key in ("system", "messages", "tools") if key in body}
        return len(json.dumps(texts)) // CHARACTERS_A_TOKEN


def error(status: int, **more: Any) -> Reply:
    """An error reply."""
    return Reply(status=status, **more)


@contextmanager
def serving(*script: Scripted, otherwise: Scripted | None = None) -> Iterator[MessagesServer]:
    """Serves on a free port of loopback until the block ends."""
    server = MessagesServer(script=list(script), otherwise=otherwise)

    class Handler(_Handler):
        state = server

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    state: MessagesServer

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Lists its models, where it answers at all."""
        self._json(200 if self.state.pings else 503, {"data": []}, {})

    def do_POST(self) -> None:
        """Answers a call."""
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        if self.path.split("?")[0].endswith("/count_tokens"):
            self._count(body)
            return
        self.state.requests.append(body)
        self.state.headers.append({k.lower(): v for k, v in self.headers.items()})
        with self.state.answering():
            reply = self.state.next_reply(body)
            time.sleep(reply.wait)
            # Who waits no longer has closed the connection: that is the client's right.
            with suppress(BrokenPipeError, ConnectionResetError):
                if reply.status != 200:
                    self._error(reply)
                elif self.path.endswith("/chat/completions"):
                    self._chat(body, reply)
                else:
                    self._stream(body, reply)

    def _count(self, body: dict[str, Any]) -> None:
        self.state.counted.append(body)
        if not self.state.counts:
            self._error(Reply(status=404, message="no such endpoint"))
            return
        if self.state.count_status != 200:
            self._error(Reply(status=self.state.count_status))
            return
        self._json(200, {"input_tokens": self.state.count(body)}, {})

    def _error(self, reply: Reply) -> None:
        kinds = {429: "rate_limit_error", 529: "overloaded_error", 401: "authentication_error"}
        detail = {"type": kinds.get(reply.status, "api_error"), "message": reply.message}
        self._json(reply.status, {"type": "error", "error": detail}, reply.headers)

    def _json(self, status: int, document: Mapping[str, Any], more: Mapping[str, str]) -> None:
        raw = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **more}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _begin(self) -> None:
        """The head of a streamed answer."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("request-id", f"req_{len(self.state.requests):03d}")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def _chat(self, body: dict[str, Any], reply: Reply) -> None:
        self._begin()
        told = chunks(body, reply, self.state.manner, self.state.count(body))
        for number, chunk in enumerate(told):
            if reply.cut is not None and number >= reply.cut:
                return
            time.sleep(reply.pause)
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()
        self.wfile.write(b"data: [DONE]\n\n")

    def _stream(self, body: dict[str, Any], reply: Reply) -> None:
        self._begin()
        sent = 0
        for event in events(body, reply, self.state.count(body)):
            if event["type"] == "content_block_delta":
                if reply.cut is not None and sent >= reply.cut:
                    return
                sent += 1
                time.sleep(reply.pause)
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()


def events(body: Mapping[str, Any], reply: Reply, tokens: int) -> Iterator[dict[str, Any]]:
    """The events of a streamed answer, as the Messages API documents them."""
    if reply.error_first:
        yield {"type": "error", "error": {"type": reply.error_first, "message": "scripted"}}
        return
    usage = {"input_tokens": tokens - reply.cached, "output_tokens": 1}
    usage |= {"cache_read_input_tokens": reply.cached, "cache_creation_input_tokens": 0}
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    yield {"type": "message_start", "message": message}
    yield {"type": "ping"}
    written = 0
    for index, (start, deltas) in enumerate(_blocks(body, reply)):
        yield {"type": "content_block_start", "index": index, "content_block": start}
        for delta in deltas:
            written += len(json.dumps(delta))
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
        if reply.error_event:
            detail = {"type": reply.error_event, "message": "scripted"}
            yield {"type": "error", "error": detail}
            return
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": reply.stop, "stop_sequence": None},
        "usage": {"output_tokens": max(1, written // CHARACTERS_A_TOKEN)},
    }
    yield {"type": "message_stop"}


def _blocks(
    body: Mapping[str, Any], reply: Reply
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    if reply.thinking:
        parts = [{"type": "thinking_delta", "thinking": part} for part in _parts(reply.thinking)]
        signed: dict[str, Any] = {"type": "signature_delta", "signature": "c2ln"}
        yield {"type": "thinking", "thinking": "", "signature": ""}, [*parts, signed]
    if reply.text:
        parts = [{"type": "text_delta", "text": part} for part in _parts(reply.text)]
        yield {"type": "text", "text": ""}, parts
    for number, (name, given) in enumerate(reply.calls):
        text = json.dumps(given)
        parts = [{"type": "input_json_delta", "partial_json": part} for part in _parts(text)]
        call = {"type": "tool_use", "id": f"toolu_look{number}", "name": name, "input": {}}
        yield call, parts
    raw = reply.raw if reply.raw is not None else None
    if raw is None and reply.tool is not None:
        raw = json.dumps(reply.tool)
    if raw is not None:
        parts = [{"type": "input_json_delta", "partial_json": part} for part in _parts(raw)]
        name = body["tools"][0]["name"] if body.get("tools") else "answer"
        yield {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}, parts


def chunks(
    body: Mapping[str, Any], reply: Reply, manner: str, tokens: int
) -> Iterator[dict[str, Any]]:
    """The chunks of a streamed chat completion, in the manner of a server.

    vLLM streams a call in pieces and its usage last; Ollama sends a call whole, says "stop" after
    it and tells no tokens; llama.cpp names its calls nothing and thinks in `reasoning_content`.
    """

    def chunk(delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {"choices": [{"index": 0, "delta": dict(delta), "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    for part in _parts(reply.thinking) if reply.thinking else ():
        yield chunk({"reasoning" if manner == "ollama" else "reasoning_content": part})
    for part in _parts(reply.text) if reply.text else ():
        yield chunk({"content": part})
    own = body["tools"][0]["function"]["name"] if body.get("tools") else ""
    calls = [(name, json.dumps(given)) for name, given in reply.calls]
    if reply.raw is not None or reply.tool is not None:
        calls.append((own, reply.raw if reply.raw is not None else json.dumps(reply.tool)))
    for number, (name, text) in enumerate(calls):
        pieces = [text] if manner == "ollama" else _parts(text)
        for place, piece in enumerate(pieces):
            call: dict[str, Any] = {"index": number, "function": {"arguments": piece}}
            if place == 0:
                call["function"]["name"] = name
                call |= {} if manner == "llama.cpp" else {"id": f"call-{number}"}
            yield chunk({"tool_calls": [call]})
    ended = {"tool_use": "tool_calls", "max_tokens": "length"}.get(reply.stop, "stop")
    yield chunk({}, "stop" if manner == "ollama" and ended == "tool_calls" else ended)
    if manner != "ollama":
        usage = {"prompt_tokens": tokens, "completion_tokens": 40}
        yield {
            "choices": [],
            "usage": usage | {"prompt_tokens_details": {"cached_tokens": min(600, tokens)}},
        }


def _parts(text: str, pieces: int = 6) -> Sequence[str]:
    size = max(1, -(-len(text) // pieces))
    return [text[start : start + size] for start in range(0, len(text), size)] or [""]
