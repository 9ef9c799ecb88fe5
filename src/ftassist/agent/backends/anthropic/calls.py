"""Typed questions to a model: counted, paid from a cap, checked against a schema, written down.

Before a call its tokens are counted and its dearest outcome is compared with what is left of the
campaign's cap; after it, tokens, money and time go to the journal. An answer that does not fit is
sent back once with what is wrong with it. Knows nothing of what the questions are about.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ftassist.agent.backends.anthropic.client import Messages, ModelAnswer, Watch
from ftassist.agent.backends.anthropic.look_loop import Looking
from ftassist.agent.backends.anthropic.prices import Price, Tokens, price_table
from ftassist.agent.backends.anthropic.settings import AgentSettings, Role
from ftassist.agent.backends.anthropic.stream import CallCancelledError, CallError
from ftassist.agent.backends.anthropic.wire import Block, Body, Schema, Turn
from ftassist.agent.backends.link import Link, Progress
from ftassist.agent.eyes.look import LookTool
from ftassist.agent.key import scrub
from ftassist.agent.schema import misfit
from ftassist.errors import BudgetError, DataError, FtassistError
from ftassist.files import hash_text
from ftassist.journal.events import Kind

T = TypeVar("T")
Document = Mapping[str, Any]
CALLS_A_PROPOSAL = 3
THINKING_ROOM = 16_000
"""Tokens kept free for thinking where the model decides how much it thinks."""
CHARACTERS_A_TOKEN = 3
"""About; where the server does not count."""
_KEPT = 200_000
"""Most characters of a reply that are written to the journal."""
_SENT_BACK = 6_000
_TOLD = 1_000
_CUT = 4
"""A prompt is cut where so many times the tokens that were read are fewer than were sent.

No text has twelve characters a token over its length.
"""


@dataclass(frozen=True)
class Tool:
    """The form of an answer: a JSON schema under a name."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Ask:
    """A question.

    Attributes:
        purpose: What it is for, such as "propose"; stands in the journal.
        role: Whose model answers.
        system: Who the model is and which rules hold.
        stable: What stays the same over a campaign; cached by the server.
        turn: What is new.
        tool: The form of the answer.
        nonce: A random word in the texts, without which they may be those of an earlier process.
        remembered: Whether the campaign remembers it: it is never put twice in the same words,
            and answers to it that are refused are told in later prompts.
    """

    purpose: str
    role: Role
    system: str
    stable: str
    turn: str
    tool: Tool
    nonce: str = ""
    remembered: bool = False


@dataclass
class Allowance:
    """How many calls one proposal may still cost."""

    left: int = CALLS_A_PROPOSAL
    why: str = ""

    def take(self) -> None:
        """Uses one.

        Raises:
            CallError: None is left; tells what went wrong last.
        """
        if self.left <= 0:
            raise CallError(
                f"the calls for one answer are used up: {self.why or 'none was left'}",
                fix="ask again, or name another model",
            )
        self.left -= 1


class Caller:
    """Asks models.

    Attributes:
        settings: Which models, where.

    Args:
        settings: Which models, where.
        client: Makes the calls; made at the first one if it is None.
        price: The price of a model; by default from the table.
    """

    def __init__(
        self,
        link: Link,
        settings: AgentSettings,
        client: Messages | None = None,
        price: Callable[[str], Price] | None = None,
    ) -> None:
        self._link = link
        self.settings = settings
        self._client = client
        self._price = price
        self._lock = threading.Lock()
        self._sent: Counter[str] = Counter()
        self._cut = ""

    def ask(
        self,
        ask: Ask,
        read: Callable[[Document], T],
        allowance: Allowance | None = None,
        looking: Looking | None = None,
    ) -> T:
        """Asks, and reads the answer; a wrong one is sent back once.

        Args:
            ask: The question.
            read: Makes something of an answer that fits the schema; raises DataError for one
                that is wrong all the same.
            allowance: Calls that may be made; by default the first and one more.
            looking: What the model may look at before it answers; such calls are not counted
                in the allowance, which has bounds of its own.

        Raises:
            BudgetError: The cap does not allow the call, or the model has no price.
            CallError: No answer came.
            DataError: The answer was wrong twice.
        """
        allowance = allowance or Allowance(2)
        earlier: list[Turn] = []
        refused = False
        while True:
            allowance.take()
            try:
                answer = self._call(ask, earlier, looking)
            except CallCancelledError:
                raise
            except CallError as error:
                allowance.why = error.what
                if not error.started or allowance.left <= 0:
                    raise
                continue
            if looking is not None and (asked := looking.asked(answer)):
                allowance.left += 1
                earlier += looking.turns(answer, asked)
                continue
            try:
                return read(parse_answer(answer, ask.tool.schema))
            except DataError as error:
                allowance.why = error.what
                self._refused(ask, error)
                if refused or allowance.left <= 0:
                    raise DataError(
                        f"the answer of {self.settings.model(ask.role)} cannot be used: "
                        f"{error.what}",
                        where=error.where or ask.purpose,
                        fix=self._cut or error.fix or "ask again, or name another model",
                    ) from error
                refused = True
                earlier += _sent_back(answer, error)

    def times_sent(self, ask: Ask) -> int:
        """How often this very question was put to a model in this campaign."""
        digest = _digest(ask, self.body(ask))
        return max(self._sent[digest], self._link.sent(digest))

    def _refused(self, ask: Ask, error: FtassistError) -> None:
        """Writes down that an answer was refused, for later prompts."""
        if ask.remembered:
            payload = {"purpose": ask.purpose, "message": scrub(error.what)[:_TOLD]}
            self._link.say(Kind.ANSWER_REFUSED, {**payload, "where": scrub(error.where)[:120]})

    def body(
        self,
        ask: Ask,
        earlier: list[Turn] | None = None,
        looking: Looking | None = None,
    ) -> Body:
        """The request as it is sent."""
        cached = {"type": "ephemeral"}
        thinking = self.settings.thinking
        tool: Schema = {
            "name": ask.tool.name,
            "description": ask.tool.description,
            "input_schema": dict(ask.tool.schema),
        }
        if self.settings.strict:
            tool |= {"input_schema": strict_schema(ask.tool.schema), "strict": True}
        first: list[Block] = [
            {"type": "text", "text": ask.stable, "cache_control": cached},
            {"type": "text", "text": ask.turn},
        ]
        body: Body = {
            "model": self.settings.model(ask.role),
            "max_tokens": self.settings.max_tokens,
            "system": [{"type": "text", "text": ask.system, "cache_control": cached}],
            "messages": [
                {"role": "user", "content": [part for part in first if part["text"]]},
                *_cached_to_here(earlier or []),
            ],
            "tools": [tool, *(_look_tool(each) for each in (looking.tools if looking else ()))],
            "tool_choice": {"type": "tool", "name": ask.tool.name},
        }
        if looking is not None and looking.open:
            body["tool_choice"] = {"type": "any"}
        if thinking != "off" and ask.role != "cheap":
            # With thinking a tool cannot be forced; the prompt asks for it.
            body["tool_choice"] = {"type": "auto"}
            room = THINKING_ROOM if thinking == "adaptive" else int(thinking)
            body["max_tokens"] += room
            body["thinking"] = (
                {"type": "adaptive", "display": "summarized"}
                if thinking == "adaptive"
                else {"type": "enabled", "budget_tokens": room}
            )
        return body

    def _call(self, ask: Ask, earlier: list[Turn], looking: Looking | None) -> ModelAnswer:
        body = self.body(ask, earlier, looking)
        digest = _digest(ask, body)
        if ask.remembered and (times := max(self._sent[digest], self._link.sent(digest))):
            _say_again(body, times)
        price = self._price_of(body["model"])
        begun = time.monotonic()
        sent = [0]

        def costs(written: int) -> float:
            return price.of(Tokens(input=sent[0], output=written))

        watch = self._watch(ask, body["model"], begun, costs)
        client = self._made_client()
        watch.progress("counting", 0, "")
        counted = client.count(body, watch)
        prompt = counted if counted is not None else len(json.dumps(body)) // CHARACTERS_A_TOKEN
        sent[0] = prompt
        facts: dict[str, Any] = {
            "backend": "anthropic",
            "purpose": ask.purpose,
            "role": ask.role,
            "model": body["model"],
            "counted": prompt,
            "counted_by": "server" if counted is not None else "characters / 3",
        }
        if ask.remembered:
            facts["prompt"] = digest
        with self._paid(price, prompt, int(body["max_tokens"])):
            self._sent[digest] += 1
            try:
                answer = client.send(body, watch)
            except CallError as error:
                if error.started:
                    # A server that had not told its prompt yet may have read all of it.
                    used = error.tokens
                    used = used if used.prompt else replace(used, input=prompt)
                    self._record(facts, price, used, begun, error=error.what)
                raise
            more = {"request": answer.request, "tries": answer.tries, "stop": answer.stop}
            more |= {"looks": asked} if looking and (asked := _looks(looking, answer)) else {}
            self._cut = cut_words(answer.tokens, 0 if counted is not None else prompt)
            more |= {"warning": self._cut} if self._cut else {}
            reply = (answer.raw or answer.text)[:_KEPT]
            self._record({**facts, **more}, price, answer.tokens, begun, reply=reply)
        return answer

    def _record(
        self, facts: Document, price: Price, tokens: Tokens, begun: float, **more: Any
    ) -> None:
        payload = {
            **facts,
            "tokens": tokens.to_dict(),
            "cost": round(price.of(tokens), 6),
            "seconds": round(time.monotonic() - begun, 3),
            **more,
        }
        self._link.say(Kind.CALL_MADE, payload)

    @contextmanager
    def _paid(self, price: Price, prompt: int, output: int) -> Iterator[None]:
        """Keeps the call's dearest outcome back from the cap while it is made."""
        most = price.at_most(prompt, output)
        held = self._link.held
        with held.lock:
            left = self._link.cap - self._link.spent() - held.dollars
            if most > left + 1e-12:
                raise BudgetError(
                    f"the call could cost ${most:.4f} ({prompt:,} tokens in, up to {output:,} "
                    f"out); ${max(left, 0.0):.4f} is left of the campaign's ${self._link.cap:.2f}",
                    where="budget.usd",
                    fix="raise the cap (`ftassist budget --usd 10`), or name a cheaper model",
                )
            held.dollars += most
        try:
            yield
        finally:
            with held.lock:
                held.dollars -= most

    def _price_of(self, model: str) -> Price:
        if self._price:
            return self._price(model)
        return price_table().price(model, self.settings.price)

    def _made_client(self) -> Messages:
        with self._lock:
            if self._client is None:
                from ftassist.agent.backends.anthropic.dialects import client_of

                self._client = client_of(self.settings)
            return self._client

    def _watch(self, ask: Ask, model: str, begun: float, costs: Callable[[int], float]) -> Watch:
        def progress(phase: str, characters: int, tail: str) -> None:
            seconds = round(time.monotonic() - begun, 1)
            written = characters // CHARACTERS_A_TOKEN
            cost = round(costs(written), 6)
            self._link.progress(
                Progress(ask.purpose, model, phase, characters, tail, seconds, written, cost)
            )

        return Watch(progress, self._link.cancelled)


def cut_words(read: Tokens, about: int) -> str:
    """That a server read only a part of what it was sent, and what to do; "" where it did not.

    Args:
        read: What it says that it read; a server that says nothing is believed.
        about: Tokens that it was sent, estimated from characters; 0 where it counted itself.
    """
    if not 0 < read.prompt * _CUT < about:
        return ""
    return (
        f"the server read {read.prompt:,} tokens of about {about:,} and left the rest out: give "
        "it a longer context (Ollama: num_ctx; llama.cpp: --ctx-size; vLLM: --max-model-len)"
    )


def parse_answer(answer: ModelAnswer, schema: Document) -> dict[str, Any]:
    """The document of an answer.

    Raises:
        DataError: There is none, it is no JSON, or it does not fit the schema (says where).
    """
    if answer.stop == "refusal":
        raise DataError("the model declined to answer", fix="look at what the prompt quotes")
    raw = answer.raw.strip() or _fenced(answer.text)
    if answer.stop == "max_tokens":
        raise DataError("the answer was cut off at the limit of tokens", fix="answer more briefly")
    if not raw:
        raise DataError("the answer does not use the tool", fix="answer by calling the tool")
    try:
        document = json.loads(raw)
    except json.JSONDecodeError as error:
        raise DataError(
            f"not valid JSON: {error.msg} at character {error.pos}", fix="send valid JSON"
        ) from error
    document = without_unsaid(document, schema)
    check_schema(document, schema)
    return dict(document)


def without_unsaid(document: Any, schema: Document) -> Any:
    """A document without fields that may be left out and were filled with nothing.

    Models that are held to no schema write "" or null for what they have nothing to say to.
    """
    if isinstance(document, list):
        inner = schema.get("items", {})
        return [without_unsaid(one, inner) for one in document]
    if not isinstance(document, dict):
        return document
    known, needed = schema.get("properties", {}), schema.get("required", ())
    return {
        name: without_unsaid(value, known.get(name, {}))
        for name, value in document.items()
        if name in needed or value not in ("", None) or misfit(value, known.get(name, {})) is None
    }


def check_schema(document: Any, schema: Document) -> None:
    """Checks a document.

    Raises:
        DataError: It does not fit; names the place.
    """
    if wrong := misfit(document, schema):
        raise DataError(
            f"the answer does not fit its schema: {wrong.message[:300]}",
            where=wrong.place or "the document",
            fix="send the whole document again, in the schema's form",
        )


def strict_schema(schema: Document) -> Schema:
    """The part of a schema that the server can hold an answer to; the rest becomes description.

    Fields that may be left out stay so; lengths, patterns and ranges are checked here instead.
    """
    from anthropic import transform_schema

    return dict(transform_schema(_plain(schema)))


def _plain(schema: Any) -> Any:
    """A schema without lists of types, which become alternatives."""
    if isinstance(schema, Mapping):
        plain = {key: _plain(value) for key, value in schema.items() if key != "$id"}
        if isinstance(plain.get("type"), list):
            kinds = plain.pop("type")
            return {"anyOf": [{"type": kind} for kind in kinds], **plain}
        return plain
    return [_plain(value) for value in schema] if isinstance(schema, list | tuple) else schema


def _fenced(text: str) -> str:
    """A JSON object in plain text, for servers that have no tools."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else ""


def _look_tool(tool: LookTool) -> Schema:
    return {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}


def _looks(looking: Looking, answer: ModelAnswer) -> list[dict[str, str]]:
    """The looks an answer calls for, as they are kept in the journal."""
    return [
        {key: str(call[key])[:_TOLD] for key in ("id", "name", "raw")}
        for call in looking.asked(answer)
    ]


def _cached_to_here(turns: list[Turn]) -> list[Turn]:
    """The turns of a conversation, the last of results marked for the cache: it only grows."""
    if not turns or isinstance(turns[-1]["content"], str) or not turns[-1]["content"]:
        return turns
    *before, last = turns[-1]["content"]
    marked = [*before, {**last, "cache_control": {"type": "ephemeral"}}]
    return [*turns[:-1], {**turns[-1], "content": marked}]


def _digest(ask: Ask, body: Document) -> str:
    """What tells a question from others: all that the model reads, but for the random word."""
    read = json.dumps([body[key] for key in ("model", "system", "messages", "tools")])
    return hash_text(read.replace(ask.nonce, "") if ask.nonce else read)[:16]


def _say_again(body: Body, times: int) -> None:
    """Tells, at the end of a question, that it was put before and came to nothing."""
    often = "once" if times == 1 else f"{times} times"
    text = (
        f"This was put to you {often} before, word for word, and nothing came of it: the answer "
        "broke off, was cancelled or could not be used. Answer otherwise, and more briefly."
    )
    last = body["messages"][-1]
    content = last["content"]
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    body["messages"][-1] = {**last, "content": [*parts, {"type": "text", "text": text}]}


def _sent_back(answer: ModelAnswer, error: FtassistError) -> list[Turn]:
    """The turns that send a wrong answer back."""
    said = (answer.raw or answer.text)[:_SENT_BACK] or "(nothing)"
    where = f" At: {error.where}." if error.where else ""
    fix = f" {error.fix}." if error.fix else ""
    text = (
        f"Your answer was refused: {error.what}.{where}{fix} "
        "Send the whole answer again through the tool; this is the last chance to mend it."
    )
    return [{"role": "assistant", "content": said}, {"role": "user", "content": text}]
