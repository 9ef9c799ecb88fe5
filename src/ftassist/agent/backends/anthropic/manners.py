"""What a server refuses of a request, and what it is sent in its place, in both dialects.

Servers differ in how a tool may be asked for, and models without tools are refused outright by
some. What was refused once is not sent again: in the end stands one question in text, whose answer
is a JSON object in text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from ftassist.agent.backends.anthropic.wire import Body, Schema, Turn

NAMED, REQUIRED, AUTO = "named", "required", "auto"
"""Ways to ask for a tool: this one, any, or none if none is wanted."""
TOOLS, FORM, THOUGHTS = "tools", "form", "thoughts"
"""Tools at all; the form of an answer in text; thinking that is sent back."""
STATUSES = frozenset({400, 404, 422, 500, 501})
"""Under which a server says what it does not know; llama.cpp says 500."""
THOUGHT_FIELDS = ("reasoning_content", "reasoning")
_WAYS = {"tool": NAMED, "function": NAMED, "any": REQUIRED, "auto": AUTO}
"""The same as the dialects write them."""
_TOO_LONG = re.compile(r"context (?:length|size|window)|maximum context|too (?:many tokens|long)")
_CHOICE = re.compile(r"tool[_ ]choice")
_TOOLS = re.compile(r"\btools?\b|\bfunction|--jinja")
_FORM = re.compile(r"response_format|json_schema|\bschema\b|grammar|guided|structured")
_ONE_SHOT = (
    "You have no tools here: where this asks you to call one, answer with the JSON object that it "
    "would be given, and with nothing else. It must fit this JSON schema:\n"
)


def way_of(choice: Schema, refused: Collection[str]) -> str:
    """How a tool is asked for; "" where it cannot be."""
    wanted = _WAYS[str(choice["type"])]
    if TOOLS in refused:
        return ""
    return next((way for way in (wanted, REQUIRED, AUTO) if way not in refused), "")


def refused_of(sent: Body, status: int, said: str) -> str:
    """What of a request a server refuses; "" where it is something else."""
    text = said.lower()
    if status not in STATUSES or _TOO_LONG.search(text):
        return ""
    thoughts = any(name in turn for turn in sent["messages"] for name in THOUGHT_FIELDS)
    if thoughts and "reasoning" in text:
        return THOUGHTS
    if "tools" in sent and _CHOICE.search(text):
        choice = sent["tool_choice"]
        return choice if isinstance(choice, str) else _WAYS[str(choice["type"])]
    if "tools" in sent and _TOOLS.search(text):
        return TOOLS
    return FORM if "response_format" in sent and _FORM.search(text) else ""


def messages_body(body: Body, refused: Collection[str]) -> Body:
    """A request of the Messages API, as a server takes it that has refused some of it."""
    way = way_of(body["tool_choice"], refused)
    if way == _WAYS[str(body["tool_choice"]["type"])]:
        return dict(body)
    if way:
        return {**body, "tool_choice": {"type": "any" if way == REQUIRED else "auto"}}
    *before, last = body["messages"]
    said = last["content"]
    parts = [{"type": "text", "text": said}] if isinstance(said, str) else said
    asked = {"type": "text", "text": _asked(body["tools"][0])}
    plain = {key: value for key, value in body.items() if key not in ("tools", "tool_choice")}
    return {**plain, "messages": [*before, {**last, "content": [*parts, asked]}]}


def in_text(messages: list[Turn], tool: Schema, refused: Collection[str]) -> Body:
    """The parts of a request that ask for a tool's input as text."""
    last = {**messages[-1], "content": f"{messages[-1]['content']}\n\n{_asked(tool)}"}
    form = {"name": tool["name"], "schema": tool["input_schema"]}
    told = {"response_format": {"type": "json_schema", "json_schema": form}}
    return {"messages": [*messages[:-1], last], **({} if FORM in refused else told)}


def _asked(tool: Schema) -> str:
    """The words that ask for a tool's input as text."""
    return f"{_ONE_SHOT}{json.dumps(tool['input_schema'], ensure_ascii=False)}"
