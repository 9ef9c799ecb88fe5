"""A model that runs a program before it proposes: written down whole, on the card, replayed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent import key
from ftassist.campaign import Budget, Campaign
from ftassist.campaign.replaying import replay
from ftassist.documents.card import card_document
from ftassist.documents.snapshot import take
from ftassist.isolation.support import probe
from ftassist.journal import Kind

from ..agent.messages_server import Reply
from ..agent.stand_in import standing_in
from .conftest import Played

pytestmark = pytest.mark.skipif(not probe().works, reason=f"no bubblewrap: {probe().found}")
PROGRAM = "\n".join(["# counts the rows of a set", *("#" * 60 for _ in range(9)), ""]) + (
    "print(sum(1 for line in open('lessons_shop.jsonl')))\n"
)
TRAIL = "ran a program of 11 lines over lessons_shop"


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Played, list[Any]]]:
    """A campaign of one trial whose model ran a program first, and what it was shown."""
    shown: list[Any] = []
    with standing_in(monkeypatch) as (server, brain):

        def running(body: dict[str, Any]) -> Reply:
            if body["tools"][0]["name"] == "propose_trials":
                if len(body["messages"]) == 1:
                    given = {"program": PROGRAM, "sets": ["lessons_shop"]}
                    return Reply(calls=[("run_program", given)])
                shown.append(body["messages"][-1]["content"][0]["content"])
            return brain(body)

        server.otherwise = running
        campaign = Campaign.create(
            tmp_path / "c",
            task="mini_math",
            backend="anthropic",
            review="never",
            budget=Budget(trials=1),
        )
        played = Played(campaign, lambda trial: 0.2 if trial == "t0000" else 0.6)
        played.run()
        yield played, shown
    key.forget()


def test_a_program_is_an_event_a_line_on_the_card_and_made_again_without_being_run(
    played: tuple[Played, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = played[0].campaign
    rows = len(
        (campaign.task.repository_folder / "lessons_shop" / "rows.jsonl").open().readlines()
    )
    assert f"{rows}" in played[1][0]
    (event,) = [e.payload for e in campaign.journal.read() if e.kind == Kind.LOOKED]
    assert event["tool"] == "run_program" and event["arguments"]["program"] == PROGRAM
    assert len(PROGRAM) > 300, "what was run is kept whole, unlike other arguments"
    snapshot = take(campaign)
    assert card_document(snapshot, snapshot.state.trials["t0001"], "c")["looked"] == [TRAIL]
    monkeypatch.setattr(
        "ftassist.agent.eyes.programs.run_isolated",
        lambda *_, **__: pytest.fail("it was run again"),
    )
    assert [one for one in replay(campaign) if not one.same] == []
