"""Prompts: readable files in `prompts/`, filled in, with untrusted text behind a fence.

A fence opens and closes with a random word that nobody outside this process has seen, so that no
quoted text can close it. One fence serves all calls of a process: a server can then cache what
stays the same. Knows nothing of models.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from ftassist.agent.trial_view import Quoted
from ftassist.records.record import Record

PROMPTS = Path(__file__).with_name("prompts")


@dataclass(frozen=True)
class Fence:
    """Marks around untrusted text."""

    nonce: str

    @property
    def open(self) -> str:
        """What stands before quoted text."""
        return f"⟪{self.nonce}⟫"

    @property
    def close(self) -> str:
        """What stands after it."""
        return f"⟪/{self.nonce}⟫"

    def quote(self, text: str) -> str:
        """Fences a text; a mark that it holds itself is taken out."""
        return f"{self.open}{text.replace(self.nonce, '').replace('⟪', '<')}{self.close}"

    def dump(self, value: Any) -> str:
        """A value as JSON; texts that are `Quoted` stand behind the fence."""
        return json.dumps(self._plain(value), ensure_ascii=False, separators=(",", ":"))

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Quoted):
            return self.quote(value.quoted)
        if isinstance(value, Record):
            return self._plain(value.to_dict())
        if is_dataclass(value) and not isinstance(value, type):
            return {each.name: self._plain(getattr(value, each.name)) for each in fields(value)}
        if isinstance(value, Mapping):
            if set(value) == {"quoted"}:
                return self.quote(str(value["quoted"]))
            return {str(key): self._plain(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._plain(inner) for inner in value]
        return value


@lru_cache(maxsize=1)
def process_fence() -> Fence:
    """The fence of this process."""
    return Fence(secrets.token_hex(4))


def render(name: str, fence: Fence, **values: Any) -> str:
    """The prompt of that name, filled in."""
    template = _environment().get_template(f"{name}.md")
    return template.render(open=fence.open, close=fence.close, **values).strip()


def without_empty(value: Any) -> Any:
    """A value without its empty parts (None, "", [], {}), which only cost tokens."""
    if isinstance(value, Quoted):
        return value if value.quoted else None
    if isinstance(value, Record):
        return without_empty(value.to_dict())
    if is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        kept = {key: without_empty(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, "", [], {}, ())}
    if isinstance(value, list | tuple):
        return [without_empty(inner) for inner in value]
    return value


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(PROMPTS),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
    )
