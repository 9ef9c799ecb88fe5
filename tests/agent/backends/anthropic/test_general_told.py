"""A language model is told what a trial forgot, and what keeps more; without that, nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.backends.anthropic.backend import AnthropicBackend

from ...messages_server import MessagesServer
from .conftest import Told
from .test_backend import cells, idea, ideas, longer, surveyed


@pytest.mark.parametrize("asked", [True, False])
def test_what_was_forgotten_is_in_the_question_for_ideas(
    server: MessagesServer,
    told: Told,
    world: Any,
    monkeypatch: pytest.MonkeyPatch,
    asked: bool,
) -> None:
    def say(kind: str, payload: Mapping[str, Any]) -> None:
        world.tell(kind, payload, None, actor="agent:anthropic")

    monkeypatch.setenv("FTASSIST_OFFLINE", "1")
    told.settings = {"base_url": server.url}
    surveyed(world)
    if asked:
        world.general("t0001", lost=0.12)
    server.say(ideas(idea()), cells(train=longer(world)))
    backend = AnthropicBackend(replace(told.link, say=say))
    backend.propose(world.context("t0001"), "t0001")
    turn = "".join(part["text"] for part in server.requests[0]["messages"][0]["content"][1:])
    assert ('"instructions":[-0.18,-0.16,-0.08]' in turn) == asked
    assert ("averaged with the base's" in turn) == asked
