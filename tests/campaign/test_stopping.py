"""A search that ends before its budget: what is left to gain would not be seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.campaign.replaying import replay
from ftassist.errors import UnknownNameError
from ftassist.journal import Kind

from .conftest import Played

Make = Callable[..., Campaign]


def flat(trial: str) -> float:
    """No idea helps, and no trial can be told from another."""
    return 0.5


def played(make_campaign: Make, **settings: str) -> Played:
    """A campaign in which nothing is left to gain, played to where it ends or waits."""
    found = Played(make_campaign(policy="ftassist", trials=9, **settings), flat)
    found.run()
    return found


def said(campaign: Campaign) -> list[dict[str, object]]:
    return [e.payload for e in campaign.journal.read() if e.kind == Kind.SEARCH_STOPPED]


def test_it_stops_with_its_numbers_goes_on_to_the_end_and_replays(make_campaign: Make) -> None:
    campaign = played(make_campaign).campaign
    (event,) = said(campaign)
    assert event["trials"] == 6
    assert float(str(event["visible"])) > float(str(event["left"])) > 0.0
    assert str(event["reason"]).startswith("the smallest visible effect (0.")
    assert "exceeds what is left to gain" in str(event["reason"])
    state = campaign.refresh()
    assert state.trials_used == 6 < state.budget.trials
    assert state.phase == "finished"
    assert state.reason.startswith("the smallest visible effect")
    assert [r.same for r in replay(campaign) if r.decision == "stop"] == [True]


def test_by_setting_it_waits_for_a_person_who_may_have_it_go_on(make_campaign: Make) -> None:
    found = played(make_campaign, stopping="wait")
    state = found.campaign.refresh()
    assert state.phase == "paused"
    assert "exceeds what is left to gain" in state.reason
    assert "Resume to search on" in state.reason
    assert state.stopped
    commands.resume(found.campaign)
    found.run()
    state = found.campaign.refresh()
    assert not state.stopped
    assert state.trials_used > 6
    assert len(said(found.campaign)) == 1


@pytest.mark.parametrize("settings", [{"stopping": "never"}, {"policy": "greedy"}])
def test_it_goes_on_where_that_is_set_or_the_policy_does_not_go_by_it(
    make_campaign: Make, settings: dict[str, str]
) -> None:
    found = Played(make_campaign(trials=7, **{"policy": "ftassist", **settings}), flat)
    found.run()
    assert not said(found.campaign)
    assert found.campaign.refresh().trials_used == 7


def test_a_way_of_stopping_that_there_is_not_is_refused(make_campaign: Make) -> None:
    with pytest.raises(UnknownNameError, match="way of stopping"):
        make_campaign(policy="ftassist", stopping="perhaps")
