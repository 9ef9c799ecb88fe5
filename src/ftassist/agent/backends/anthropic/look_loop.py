"""The loop in which a model looks before it answers: bounded, written down, fenced as data.

A model's answer may call looks in place of handing in what was asked for; what they show goes
back to it, and it goes on, until it hands in or its calls or tokens are used up. What is shown is
material: it stands behind the fence, and texts that give orders are noted for people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ftassist.agent.backends.anthropic.client import ModelAnswer
from ftassist.agent.backends.anthropic.wire import Block, Turn
from ftassist.agent.backends.link import Link, Progress
from ftassist.agent.eyes.look import LONGEST_CELL, Eyes, Look, LookTool
from ftassist.agent.key import scrub
from ftassist.agent.planted import find_planted
from ftassist.agent.prompt import Fence
from ftassist.journal.events import Kind
from ftassist.records.survey import OutsideSource

CHARACTERS_A_TOKEN = 3
LARGEST = 16_000
"""Most characters of what one look shows."""
_ARGUMENT = 300
_WHOLE = ("program", "text", "curate", "train")
"""Arguments without the whole of which a look cannot be made again."""
_MOST = 20
_USED_UP = "The looks are used up: hand in your answer now, with what you know."


@dataclass
class Looking:
    """The looks of one question.

    Attributes:
        eyes: What can be looked at.
        fence: Marks of untrusted text.
        purpose: What the question is for.
        most: Calls that may be made.
        tokens: Tokens that they may take, about.
        made: Calls that were made.
        used: Tokens that were taken.
        model: Whose looks they are.
        trail: What was looked at, in words.
        sources: What was found outside.
    """

    eyes: Eyes
    fence: Fence
    link: Link
    purpose: str
    most: int
    tokens: int
    made: int = 0
    used: int = 0
    model: str = ""
    trail: list[str] = field(default_factory=list)
    sources: list[OutsideSource] = field(default_factory=list)
    _noted: set[str] = field(default_factory=set)

    @property
    def open(self) -> bool:
        """Whether more may be looked at."""
        return self.made < self.most and self.used < self.tokens

    @property
    def tools(self) -> list[LookTool]:
        """The kinds of looks."""
        return list(self.eyes.tools)

    def asked(self, answer: ModelAnswer) -> list[Block]:
        """The looks an answer calls for; none where it hands in what was asked for."""
        if answer.raw.strip() or not self.open:
            return []
        names = {tool.name for tool in self.tools}
        return [b for b in answer.blocks if b["type"] == "tool_use" and b["name"] in names]

    def turns(self, answer: ModelAnswer, asked: list[Block]) -> list[Turn]:
        """The turns that show what was asked for: the model's own, and the results."""
        self.used += answer.tokens.output
        results = [self._result(call) for call in asked]
        if not self.open:
            results.append({"type": "text", "text": _USED_UP})
        answered = {call["id"] for call in asked}
        said = [
            content
            for block in answer.blocks
            if block["type"] != "tool_use" or block["id"] in answered
            if (content := _said(block)) is not None
        ]
        return [{"role": "assistant", "content": said}, {"role": "user", "content": results}]

    def _result(self, call: Block) -> Block:
        result = {"type": "tool_result", "tool_use_id": call["id"]}
        if not self.open:
            return {**result, "is_error": True, "content": _USED_UP}
        self.made += 1
        arguments = _arguments(str(call["raw"]))
        if arguments is None:
            why = {"error": "the arguments are no JSON object"}
            look = Look(why, f"{call['name']} was asked wrongly", failed=True)
        else:
            look = self.eyes.look(str(call["name"]), arguments)
        text = self.fence.dump(look.value)
        if len(text) > LARGEST:
            text = self.fence.dump(
                {"error": f"{len(text):,} characters are too much: ask for less"}
            )
        self.used += len(text) // CHARACTERS_A_TOKEN
        self._tell(call, arguments or {}, look, len(text))
        return {**result, "content": text, **({"is_error": True} if look.failed else {})}

    def _tell(self, call: Block, arguments: Mapping[str, Any], look: Look, size: int) -> None:
        """Writes a look down, and what in it gives orders."""
        if not look.failed:
            self.trail.append(look.trail)
            self.sources += look.sources
        self.link.progress(Progress(self.purpose, self.model, "looking", tail=look.trail))
        name = str(call["name"])
        self.link.say(Kind.LOOKED, look_payload(self.purpose, name, arguments, look, size))
        material = look.value if look.material is None else look.material
        for planted in find_planted(material, name):
            if (text := planted.sentence()) not in self._noted:
                self._noted.add(text)
                self.link.say(
                    Kind.NOTE, {"text": text, "kind": "planted", "purpose": self.purpose}
                )


def look_payload(
    purpose: str, name: str, arguments: Mapping[str, Any], look: Look, size: int
) -> dict[str, Any]:
    """A look as an event holds it: what was asked, and what was done in words."""
    return {
        "purpose": purpose,
        "tool": name,
        "arguments": {key: _short(key, value) for key, value in arguments.items()},
        "trail": look.trail,
        "characters": size,
        **({"failed": True} if look.failed else {}),
        **({"sources": [one.kept.to_dict() for one in look.sources]} if look.sources else {}),
    }


def _said(block: Block) -> Block | None:
    """A part of an answer as it is sent back; thinking stays with its signature."""
    if block["type"] == "tool_use":
        return {
            "type": "tool_use",
            "id": block["id"],
            "name": block["name"],
            "input": _arguments(str(block["raw"])) or {},
        }
    if block["type"] == "text" and not str(block["text"]).strip():
        return None
    return dict(block)


def _arguments(raw: str) -> dict[str, Any] | None:
    """The arguments of a call; None where they are none."""
    try:
        found = json.loads(raw or "{}")
    except (json.JSONDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _short(key: str, value: Any) -> Any:
    """An argument as it is written down; programs, notes and cells whole."""
    if isinstance(value, int | float | bool) or value is None:
        return value
    if isinstance(value, list):
        return [_short(key, each) for each in value[:_MOST]]
    text = value if isinstance(value, str) else json.dumps(value)
    return scrub(text)[: LONGEST_CELL if key in _WHOLE else _ARGUMENT]
