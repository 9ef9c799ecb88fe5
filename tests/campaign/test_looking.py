"""A campaign whose model looks before it proposes: written down, shown on the card, replayed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent import key
from ftassist.campaign import Budget, Campaign
from ftassist.campaign import runner as runner_module
from ftassist.campaign.replaying import replay
from ftassist.documents.card_html import card_text
from ftassist.documents.snapshot import take
from ftassist.journal import Kind

from ..agent.messages_server import Reply
from ..agent.stand_in import standing_in
from .conftest import Played

LOOKS: list[tuple[str, dict[str, Any]]] = [
    ("read_rows", {"set": "lessons_shop", "count": 3}),
    ("count_rows", {"set": "lessons_shop"}),
    ("compare_trials", {"one": "t0000", "other": "t0000"}),
]


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    """A campaign of two trials, finished; its model looked before each proposal."""
    monkeypatch.setattr(runner_module, "RETRY_SECONDS", 0.0)
    with standing_in(monkeypatch) as (server, brain):

        def looking(body: dict[str, Any]) -> Reply:
            first = body["tools"][0]["name"] == "propose_trials" and len(body["messages"]) == 1
            return Reply(calls=LOOKS, text="First I look.") if first else brain(body)

        server.otherwise = looking
        campaign = Campaign.create(
            tmp_path / "c",
            task="mini_math",
            backend="anthropic",
            review="never",
            budget=Budget(trials=2),
        )
        played = Played(campaign, lambda trial: 0.2 if trial == "t0000" else 0.6)
        played.run()
        yield played
    key.forget()


def test_every_look_is_an_event_and_stands_on_the_card(played: Played) -> None:
    looked = [e.payload for e in played.campaign.journal.read() if e.kind == Kind.LOOKED]
    assert [one["tool"] for one in looked[:3]] == [name for name, _ in LOOKS]
    assert not any(one.get("failed") for one in looked)
    trail = played.trials["t0001"].proposal.looked
    assert trail == (
        "looked at 3 rows of lessons_shop",
        "counted answers of lessons_shop",
        "compared t0000 with t0000",
    )
    from ftassist.documents.card import card_document

    snapshot = take(played.campaign)
    card = card_document(snapshot, snapshot.state.trials["t0001"], "c")
    assert card["looked"] == list(trail)
    assert "; ".join(trail) in card_text(card)


def test_proposals_after_looks_are_made_again_from_the_journal(played: Played) -> None:
    found = list(replay(played.campaign))
    assert [one for one in found if not one.same] == []
    made = [one for one in found if one.decision == "proposal"]
    assert len(made) == 2
    assert all(one.calls >= 3 for one in made), "looks, ideas and cells are played again"
