"""Rounds: several proposals at once, made different on purpose."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.campaign.queries import search_tree
from ftassist.campaign.replaying import replay
from ftassist.campaign.rounds import round_size
from ftassist.documents import proposal_document
from ftassist.documents.snapshot import take
from ftassist.errors import FtassistError
from ftassist.journal import Kind
from ftassist.ui.terminal import to_text
from ftassist.ui.trial_text import proposed_round
from ftassist.ui.waiting import whole_round

from .conftest import Played

Make = Callable[..., Campaign]


def improving(trial: str) -> float:
    return 0.2 if trial == "t0000" else 0.6


@pytest.fixture
def shown(make_campaign: Make) -> Played:
    """A round of three that waits for a person."""
    played = Played(make_campaign(review="always", variants=3, trials=8), improving)
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    return played


def test_a_person_is_shown_a_round_of_different_proposals(shown: Played) -> None:
    pending = shown.campaign.refresh().pending
    assert [t.id for t in pending] == ["t0001", "t0002", "t0003"]
    assert {t.proposal.variant for t in pending} == {"bold", "cheap", "rival"}
    assert len({t.proposal.change.key for t in pending}) == 3
    assert shown.campaign.state.together("t0002") == ("t0001", "t0002", "t0003")


def test_a_card_names_its_round_and_what_each_of_it_is_for(shown: Played) -> None:
    snapshot = take(shown.campaign)
    card = proposal_document(snapshot, snapshot.trial("t0002"))
    assert [one["trial"] for one in card["round"]] == ["t0001", "t0002", "t0003"]
    assert {one["variant"] for one in card["round"]} == {"bold", "cheap", "rival"}
    names = whole_round(shown.campaign, "t0002")
    assert names == ["t0002", "t0001", "t0003"]
    text = to_text(proposed_round(snapshot, names))
    assert all(name in text for name in (*names, "bold", "cheap", "rival"))


def test_any_subset_of_a_round_may_be_accepted(shown: Played) -> None:
    commands.accept(shown.campaign, "t0001")
    commands.accept(shown.campaign, "t0003")
    shown.run()
    status = {name: trial.status for name, trial in shown.trials.items()}
    assert (status["t0001"], status["t0002"], status["t0003"]) == ("scored", "proposed", "scored")


def test_a_rounds_proposals_come_out_the_same_when_they_are_made_again(shown: Played) -> None:
    found = [one for one in replay(shown.campaign) if one.decision == "proposal"]
    assert [one.trial for one in found] == ["t0001", "t0002", "t0003"]
    assert all(one.same for one in found), found


def test_the_same_seed_and_journal_give_the_same_round(make_campaign: Make) -> None:
    made = []
    for name in ("a", "b"):
        campaign = make_campaign(
            folder=name, review="always", variants=3, policy="random", seed=5, trials=8
        )
        played = Played(campaign, improving)
        for _ in range(2):
            campaign.say(Kind.PROPOSAL_ASKED)
            played.run()
            commands.accept(campaign, campaign.refresh().pending[-1].id)
            played.run()
        made.append([(t.parent, t.proposal.why_parent, t.cells) for t in
                     played.trials.values()])  # fmt: skip
    assert made[0] == made[1]


def test_without_review_no_more_is_proposed_than_devices_are_free(
    make_campaign: Make,
) -> None:
    played = Played(make_campaign(variants=4, trials=4), improving)
    played.workers.slots = 2
    played.run()
    first = [t for t in played.trials.values() if t.proposal.round]
    assert [t.proposal.round and t.proposal.round.size for t in first[:1]] == [2]
    assert played.campaign.state.trials_used == 4


def test_a_round_is_no_larger_than_what_the_budget_leaves(make_campaign: Make) -> None:
    campaign = make_campaign(review="always", variants=5, trials=2)
    Played(campaign, improving).run()
    state = campaign.refresh()
    assert round_size(state, search_tree(state, campaign.card.metric), 1) == 2


def test_a_campaign_without_the_setting_asks_for_one_at_a_time(
    make_campaign: Make,
) -> None:
    played = Played(make_campaign(review="always"), improving)
    played.workers.slots = 4
    played.campaign.say(Kind.PROPOSAL_ASKED)
    played.run()
    (only,) = played.campaign.refresh().pending
    assert not only.proposal.round and not only.proposal.variant


@pytest.mark.parametrize("count", [0, 6])
def test_more_than_five_a_round_or_none_is_refused(make_campaign: Make, count: int) -> None:
    with pytest.raises(FtassistError, match="use 1 to 5"):
        make_campaign(variants=count)


def test_why_not_the_runner_up_is_kept_with_a_proposal(make_campaign: Make) -> None:
    played = Played(make_campaign(review="never", policy="ftassist", trials=4), improving)
    played.run()
    kept = [t.proposal for t in played.trials.values() if t.proposal.why_not]
    assert kept
    assert all("is expected to raise it by" in proposal.why_not for proposal in kept)
    assert all(one.same for one in replay(played.campaign) if one.decision == "proposal")
