"""A server on loopback, a planted key, and a link that remembers what it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from ftassist.agent import key
from ftassist.agent.backends.anthropic import client
from ftassist.agent.backends.anthropic.calls import Caller
from ftassist.agent.backends.anthropic.client import MessagesClient
from ftassist.agent.backends.anthropic.settings import AgentSettings
from ftassist.agent.backends.link import Link, Progress
from ftassist.journal import Kind
from ftassist.records.tried import Tried

from ...messages_server import MessagesServer, serving

KEY = "sk-ant-planted-0123456789abcdef"
MODEL = "claude-sonnet-5-5"


@dataclass
class Told:
    """What a backend told its link."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)
    cap: float = 5.0
    cancel_at: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    dry_run: Callable[[Mapping[str, str]], Tried] | None = None

    def say(self, kind: str, payload: Mapping[str, Any]) -> None:
        self.events.append((kind, dict(payload)))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of a kind."""
        return [payload for told, payload in self.events if told == kind]

    @property
    def spent(self) -> float:
        return sum(float(payload.get("cost", 0.0)) for _, payload in self.events)

    @property
    def link(self) -> Link:
        """The link."""
        return Link(
            settings=self.settings,
            say=self.say,
            spent=lambda: self.spent,
            cap=self.cap,
            progress=self.progress.append,
            dry_run=self.dry_run,
            sent=lambda prompt: sum(
                payload.get("prompt") == prompt for payload in self.of(Kind.CALL_MADE)
            ),
            cancelled=lambda: self.cancel_at is not None and len(self.progress) >= self.cancel_at,
        )


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A key in the environment, and none left over; no server has refused anything yet."""
    monkeypatch.setattr(client, "_REFUSED", {})
    monkeypatch.setenv(key.VARIABLE, KEY)
    monkeypatch.delenv("FTASSIST_PRICES", raising=False)
    key.forget()
    yield
    key.forget()


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    with serving() as running:
        yield running


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def make_caller(server: MessagesServer, told: Told) -> Callable[..., Caller]:
    def make(waits: list[float] | None = None, **changes: Any) -> Caller:
        values = {"researcher": MODEL, "executor": MODEL, "cheap": MODEL, "base_url": server.url}
        settings = AgentSettings(**{**values, **changes})
        sleep = (waits if waits is not None else []).append
        calls = MessagesClient(settings.base_url, timeout=settings.timeout, sleep=sleep)
        return Caller(told.link, settings, calls)

    return make
