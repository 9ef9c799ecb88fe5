"""Without isolation, a cell that a model wrote waits for a person's word, once a campaign."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.campaign.conftest import Played

from ftassist.campaign import Campaign, commands, consent
from ftassist.documents import campaign_document
from ftassist.documents.live import live_part
from ftassist.documents.snapshot import take
from ftassist.isolation.support import Probe
from ftassist.journal import Kind
from ftassist.ui import waiting

CELLS = {"curate": "a = 1", "train": "b = 2", "evaluate": "c = 3"}


@pytest.fixture
def unisolated(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Probe("none", "bwrap is not installed", "install it")
    monkeypatch.setattr("ftassist.campaign.consent.probe", lambda: found)


def _proposed(make_campaign: Callable[..., Campaign], backend: str) -> Played:
    played = Played(make_campaign("always"), lambda trial: 0.5)
    campaign = played.campaign
    predicted = {"statement": "more", "changes": ["data"], "low": -1.0, "high": 1.0}
    document = {"parent": "t0000", "cells": CELLS, "backend": backend, "hypothesis": predicted}
    document["change"] = {"key": "data:x", "description": "x"}
    campaign.say(Kind.PROPOSAL_MADE, document, trial="t0001", actor=f"agent:{backend}")
    return played


@pytest.mark.usefixtures("unisolated")
@pytest.mark.parametrize("backend", ["anthropic", "api", "replay", ""])
def test_a_models_cell_waits_and_runs_after_the_word(
    make_campaign: Callable[..., Campaign], backend: str
) -> None:
    played = _proposed(make_campaign, backend)
    commands.accept(played.campaign, "t0001")
    played.run()
    state = played.campaign.refresh()
    assert (state.phase, state.waits_for, played.workers.started) == ("paused", "consent", [])
    assert "--allow-unisolated" in state.reason
    asked = campaign_document(take(played.campaign))["consent"]
    assert (asked["waited_for"], asked["given_by"]) == (True, "")
    assert asked["why"].startswith("t0001 holds cells that a model wrote, and nothing isolates")
    assert asked["why"].endswith("they would run with your rights, files and network.")
    assert asked["isolation"] == "install it"
    snapshot = take(played.campaign)
    assert (
        "waits for a person's consent" in live_part(snapshot, snapshot.trial("t0001"))["outcome"]
    )
    waiting.prepare(played.campaign, None, None, allow_unisolated=True)
    played.run()
    assert played.workers.started == ["t0001"]
    given = campaign_document(take(played.campaign))["consent"]
    assert given["given_by"].startswith("person:")
    assert (given["why"], given["isolation"]) == ("", "")


@pytest.mark.usefixtures("unisolated")
def test_it_is_asked_once_a_campaign(make_campaign: Callable[..., Campaign]) -> None:
    played = _proposed(make_campaign, "anthropic")
    commands.allow_unisolated(played.campaign, "I read them")
    assert not consent.needed(played.campaign.refresh(), played.campaign.trial("t0001"))
    asked = [e for e in played.campaign.journal.read() if e.kind == Kind.CAMPAIGN_PAUSED]
    assert asked == []


@pytest.mark.usefixtures("unisolated")
def test_recipes_of_the_playbook_need_no_word(make_campaign: Callable[..., Campaign]) -> None:
    played = _proposed(make_campaign, "playbook")
    assert not consent.needed(played.campaign.refresh(), played.campaign.trial("t0001"))


@pytest.mark.usefixtures("unisolated")
def test_cells_that_a_person_wrote_need_no_word(make_campaign: Callable[..., Campaign]) -> None:
    campaign = _proposed(make_campaign, "anthropic").campaign
    for stage, source in CELLS.items():
        made = {"cells": {stage: source + " # mine"}}
        campaign.say(Kind.DECISION_EDITED, made, trial="t0001", actor="person:ada")
        needed = consent.needed(campaign.refresh(), campaign.trial("t0001"))
        assert needed == (stage != "evaluate")


@pytest.mark.usefixtures("unisolated")
def test_an_agent_cannot_give_the_word(make_campaign: Callable[..., Campaign]) -> None:
    campaign = _proposed(make_campaign, "anthropic").campaign
    campaign.say(Kind.UNISOLATED_ALLOWED, {}, actor="agent:anthropic")
    assert consent.needed(campaign.refresh(), campaign.trial("t0001"))


def test_with_isolation_nobody_is_asked(
    make_campaign: Callable[..., Campaign], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.campaign.consent.probe", lambda: Probe("bubblewrap", "0.8.0"))
    campaign = _proposed(make_campaign, "anthropic").campaign
    assert not consent.needed(campaign.refresh(), campaign.trial("t0001"))
