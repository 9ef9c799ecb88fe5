"""Planted instructions: texts in data, outputs and logs that speak to the agent.

A reading by patterns: it finds what is blunt and may miss what is subtle, so it is no wall (the
fence, the rules and the sandbox are); it makes attempts visible to people. English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from typing import Any

from ftassist.agent.trial_view import Quoted

SHOWN = 160
_PLAIN = (str, int, float)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\b(ignore|disregard|forget|override)\b.{0,40}\b(previous|prior|above|earlier|all|any|your|"
        r"the)\b.{0,30}\b(instruction|rule|prompt|guideline|constraint|order)s?\b",
        r"\byou are (now|no longer)\b",
        r"\b(new|updated|real) (instruction|order|rule)s?\s*:",
        r"\b(system|developer) (prompt|message|instruction)s?\b",
        r"\b(reveal|print|send|upload|post|exfiltrate)\b.{0,40}\b(key|token|secret|password|"
        r"credential|environment variable)s?\b",
        r"\b(train|fine-?tune|memorise|memorize|copy|read|load|open)\b.{0,40}\b(validation|test|"
        r"evaluation|benchmark|hidden|held-?out)\b.{0,20}\b(set|split|answer|item|data|file|label)s?",
        r"\b(dear|attention|note to|message (for|to))\b.{0,20}\b(ai|assistant|agent|"
        r"language model|llm|researcher|executor)\b",
        r"\b(ai|assistant|agent|llm)s?\b[^.\n]{0,20}\b(must|should|shall|has to|have to)\b"
        r".{0,60}\b(propose|set|use|change|accept|raise|train|skip|disable|report)\b",
        r"<\|?/?(system|im_start|im_end)\b|\[/?INST\]",
        r"\bset (the )?seed\b|\bseed\s*=\s*\d+.{0,30}\b(better|score|instead)\b",
    )
)


@dataclass(frozen=True)
class Planted:
    """A text that gives orders.

    Attributes:
        place: Where it stands, such as "profiles.crowd.samples.0".
        text: Its words, cut.
    """

    place: str
    text: str

    def sentence(self) -> str:
        """For people."""
        return (
            f"a text in {self.place} gives the agent orders: «{self.text}»; "
            "it is shown to it as data, not as an order"
        )


def find_planted(value: Any, place: str = "") -> list[Planted]:
    """Texts behind `Quoted` that read like orders to the agent, one for each place."""
    found = ((where, _orders_in(text)) for where, text in _quoted(value, place))
    return [Planted(where or "a text", words) for where, words in found if words]


@lru_cache(maxsize=4096)
def _orders_in(text: str) -> str:
    """The words of a text that read like orders; "" where none do. The same texts come again."""
    hit = next((m for p in _PATTERNS if (m := p.search(text))), None)
    if hit is None:
        return ""
    start = max(0, hit.start() - 20)
    return " ".join(text[start : start + SHOWN].split())


def quoted_texts(value: Any) -> Iterator[str]:
    """All texts behind `Quoted` in a value, however deep."""
    return (text for _, text in _quoted(value, ""))


def _quoted(value: Any, place: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    _gather(value, place, found)
    return found


def _gather(value: Any, place: str, found: list[tuple[str, str]]) -> None:
    """Adds the texts behind `Quoted`; a context has thousands of values, most of them plain."""
    if value is None or isinstance(value, _PLAIN):
        return
    if isinstance(value, Quoted):
        found.append((place, value.quoted))
    elif is_dataclass(value) and not isinstance(value, type):
        for key in value.__dataclass_fields__:
            _gather(getattr(value, key), _joined(place, key), found)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _gather(inner, _joined(place, str(key)), found)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            _gather(inner, _joined(place, str(number)), found)


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
