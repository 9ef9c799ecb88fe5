"""What a campaign waits for while its model's service is down, as the journal tells it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ftassist.campaign import Budget, Campaign
from ftassist.campaign.outage import outage
from ftassist.documents.node import view_head
from ftassist.documents.snapshot import take
from ftassist.journal import Kind

from .conftest import Played


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    """A campaign that runs by itself and waits for half an hour at most."""
    made = Campaign.create(
        tmp_path / "c",
        task="mini_math",
        backend="anthropic",
        review="never",
        budget=Budget(trials=2),
        agent={"outage": 1800.0},
    )
    made.say(Kind.RUNNER_STARTED, {"pid": 1, "host": "here"}, actor="runner")
    return made


def fail(campaign: Campaign, times: int = 1, kind: str = "outage") -> None:
    for _ in range(times):
        payload = {"message": "the service is overloaded (529)", "kind": kind}
        campaign.say(Kind.PROPOSAL_FAILED, payload, actor="agent:anthropic")
    campaign.refresh()


def test_it_tells_since_when_how_often_when_again_and_until_when(campaign: Campaign) -> None:
    fail(campaign, 3)
    times = [e.time for e in campaign.journal.read() if e.kind == Kind.PROPOSAL_FAILED]
    assert outage(campaign.state) == {
        "since": times[0],
        "tries": 3,
        "again": times[-1] + 240.0,
        "until": times[0] + 1800.0,
    }
    snapshot = take(campaign)
    assert view_head(snapshot, "c", full=True)["campaign"]["outage"]["tries"] == 3
    told = view_head(snapshot, "c", full=True)["campaign"]["waiting"]
    again = time.strftime("%H:%M", time.localtime(times[-1] + 240))
    assert told.startswith("waiting for the service: down since ")
    assert f"asked 3 times in vain); it is asked again at {again}" in told


@pytest.mark.parametrize("kind", ["ideas", "budget", "call", "cancelled"])
def test_other_failures_are_no_outage(campaign: Campaign, kind: str) -> None:
    fail(campaign, 2, kind)
    assert outage(campaign.state) is None
    assert "outage" not in view_head(take(campaign), "c", full=True)["campaign"]


@pytest.mark.parametrize("kind", [Kind.CAMPAIGN_PAUSED, Kind.CAMPAIGN_STOPPED])
def test_a_campaign_that_rests_waits_for_no_service(campaign: Campaign, kind: Kind) -> None:
    fail(campaign)
    campaign.say(kind, {"reason": "lunch"}, actor="person:ada")
    assert outage(campaign.refresh()) is None


def test_where_a_person_decides_on_each_nothing_waits_by_itself(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math", backend="anthropic")
    fail(campaign)
    assert outage(campaign.state) is None


def test_the_count_begins_anew_after_a_proposal_and_after_a_person_resumed(
    campaign: Campaign,
) -> None:
    fail(campaign, 4)
    campaign.say(Kind.CAMPAIGN_RESUMED, {}, actor="person:ada")
    assert campaign.refresh().asked.failures == 0
    fail(campaign)
    found = outage(campaign.state)
    assert found is not None and found["tries"] == 1


def test_a_runner_that_is_started_again_goes_on_waiting_and_then_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = Campaign.create(
        tmp_path / "c", task="mini_math", review="never", budget=Budget(trials=1), fresh_seeds=0
    )
    played = Played(campaign, lambda trial: 0.2 if trial == "t0000" else 0.6)
    campaign.say(Kind.RUNNER_STARTED, {"pid": 1, "host": "here"}, actor="runner")
    fail(campaign, 2)
    monkeypatch.setattr("ftassist.campaign.runner.RETRY_SECONDS", 0.2)
    begun = time.time()
    played.run()
    made = [e.time for e in campaign.journal.read() if e.kind == Kind.PROPOSAL_MADE]
    assert len(made) == 1 and made[0] - begun < 60
    assert made[0] >= campaign.state.trials["t0001"].created - 1e-6
    assert campaign.refresh().phase == "finished"
