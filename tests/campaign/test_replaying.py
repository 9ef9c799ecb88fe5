"""Decisions made again from a journal alone: the same, or told where they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent import key
from ftassist.agent.backends.anthropic import backend as backend_module
from ftassist.agent.variants import VARIANTS
from ftassist.campaign import Budget, Campaign, commands
from ftassist.campaign import runner as runner_module
from ftassist.campaign.proposing import profile_repository, propose
from ftassist.campaign.replaying import Replayed, replay
from ftassist.journal import Kind

from ..agent.messages_server import MessagesServer, Reply, error
from ..agent.stand_in import StandIn, standing_in
from .conftest import Played

Model = tuple[MessagesServer, StandIn]


def improving(trial: str) -> float:
    return 0.2 if trial == "t0000" else 0.6


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    monkeypatch.setattr(runner_module, "RETRY_SECONDS", 0.0)
    with standing_in(monkeypatch) as found:
        yield found
    key.forget()


@pytest.fixture
def make(tmp_path: Path, model: Model) -> Callable[..., Campaign]:
    def create(review: str = "never", trials: int = 2, variants: int = 1) -> Campaign:
        return Campaign.create(
            tmp_path / "c",
            task="mini_math",
            backend="anthropic",
            review=review,
            budget=Budget(trials=trials),
            variants=variants,
        )

    return create


@pytest.fixture
def asked(make: Callable[..., Campaign]) -> Campaign:
    """A campaign with a scored base, before its first proposal."""
    campaign = make(review="always", trials=5)
    Played(campaign, improving).run()
    profile_repository(campaign)
    return campaign


def again(campaign: Campaign, decision: str = "") -> list[Replayed]:
    return [one for one in replay(campaign) if decision in ("", one.decision)]


def test_proposals_analyses_and_insights_come_out_the_same(
    make: Callable[..., Campaign], model: Model
) -> None:
    campaign = make()
    Played(campaign, improving).run()
    before = len(model[0].requests)
    found = again(campaign)
    assert len(model[0].requests) == before, "no call was made"
    assert {one.decision for one in found} == {"proposal", "analysis", "insights"}
    assert [one for one in found if not one.same] == []
    assert sum(one.calls for one in found) == before


def test_nothing_is_looked_up_outside(
    make: Callable[..., Campaign], monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make(trials=1)
    Played(campaign, improving).run()

    def searched(*_: Any) -> Any:
        raise AssertionError("a search was made")

    monkeypatch.setattr(backend_module, "searches", searched)
    assert all(one.same for one in again(campaign))


def test_insights_that_came_to_nothing_do_not_disturb_the_next_proposal(
    make: Callable[..., Campaign], monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing: dict[str, Any] = {"add": [], "retract": [], "attempts": []}
    monkeypatch.setattr(StandIn, "_distil", lambda *_: nothing)
    campaign = make()
    Played(campaign, improving).run()
    found = again(campaign)
    assert len([one for one in found if one.decision == "insights"]) == 2
    assert all(one.same for one in found), found


def test_alternatives_are_made_again_together(asked: Campaign) -> None:
    asked.say(Kind.PROPOSAL_ASKED)
    propose(asked)
    commands.ask_alternatives(asked, "t0001", 3)
    propose(asked)
    made = [t for t in asked.refresh().trials if t > "t0001"]
    assert len(made) > 1
    found = again(asked, "proposal")
    assert [one.trial for one in found] == ["t0001", *made]
    assert all(one.same for one in found), found


def test_a_model_is_told_to_make_a_round_different_and_the_round_is_made_again_together(
    make: Callable[..., Campaign], model: Model
) -> None:
    campaign = make(review="always", trials=5, variants=3)
    Played(campaign, improving).run()
    profile_repository(campaign)
    campaign.say(Kind.PROPOSAL_ASKED)
    propose(campaign)
    told = json.dumps(list(model[0].requests), default=str)
    assert VARIANTS["rival"] in told
    made = [t for t in campaign.refresh().trials if t > "t0000"]
    assert len(made) > 1
    found = again(campaign, "proposal")
    assert [one.trial for one in found] == made
    assert all(one.same for one in found), found


def test_a_proposal_after_a_veto_is_a_decision_of_its_own(asked: Campaign) -> None:
    for _ in range(2):
        asked.say(Kind.PROPOSAL_ASKED)
        propose(asked)
        commands.veto(asked, asked.refresh().pending[0].id, "not this one")
    found = again(asked, "proposal")
    assert [one.trial for one in found] == ["t0001", "t0002"]
    assert all(one.same for one in found), found


def test_an_answer_that_was_wrong_twice_fails_again_in_the_same_words(
    asked: Campaign, model: Model
) -> None:
    server, brain = model
    server.otherwise = lambda body: (
        Reply(tool={"alternatives": "none"})
        if body["tools"][0]["name"] == "propose_trials"
        else brain(body)
    )
    asked.say(Kind.PROPOSAL_ASKED)
    propose(asked)
    assert "cannot be used" in asked.refresh().asked.failed
    (one,) = again(asked)
    assert (one.decision, one.same) == ("failed proposal", True)


def test_what_the_service_or_a_person_decided_is_not_made_again(
    asked: Campaign, model: Model
) -> None:
    server, brain = model
    server.otherwise = error(401)
    asked.say(Kind.PROPOSAL_ASKED)
    propose(asked)
    server.otherwise = brain
    asked.say(Kind.PROPOSAL_ASKED)
    commands.cancel_proposal(Campaign.open(asked.folder))
    propose(asked)
    down, cancelled = [e for e in asked.journal.read() if e.kind == Kind.PROPOSAL_FAILED]
    assert (down.payload["kind"], cancelled.payload["kind"]) == ("call", "cancelled")
    assert [one.same for one in again(asked)] == [None]


def test_a_thought_that_a_killed_runner_left_is_passed_over(asked: Campaign, model: Model) -> None:
    asked.say(Kind.PROPOSAL_ASKED)
    left = {"purpose": "propose", "reply": "{}", "stop": "tool_use", "cost": 0.0, "tokens": {}}
    asked.say(Kind.CALL_MADE, left, actor="agent:anthropic")
    asked.say(Kind.RUNNER_STARTED, {"pid": 1, "host": "h"}, actor="runner")
    propose(asked)
    (one,) = again(asked)
    assert (one.decision, one.same) == ("proposal", True)


def test_an_analysis_the_playbook_stood_in_for_is_the_playbooks_again(
    make: Callable[..., Campaign], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StandIn, "_analyse", lambda *_: {"text": "", "attempts": []})
    campaign = make(trials=1)
    Played(campaign, improving).run()
    (one,) = again(campaign, "analysis")
    assert one.same, one
