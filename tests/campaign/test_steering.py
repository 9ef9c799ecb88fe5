"""People steer: edits and vetoes as they stand in the journal of a campaign."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.errors import DataError, StaleDecisionError, UnknownNameError
from ftassist.journal import Kind
from ftassist.records.understanding import Understanding


@pytest.fixture
def campaign(demo_folder: Path) -> Campaign:
    """The hand-made campaign; t0012 waits for a decision."""
    return Campaign.open(demo_folder)


def understood(campaign: Campaign) -> Understanding:
    """How the reason of t0012's veto is read."""
    read = campaign.trial("t0012").decision.understood
    assert read is not None
    return read


def test_a_veto_is_written_with_how_its_reason_is_understood(campaign: Campaign) -> None:
    event = commands.veto(campaign, "t0012", "no more rows, change the learning rate instead")
    read = event.payload["understood"]
    assert [wish["key"] for wish in read["avoid"]] == ["curate.load:rows:up"]
    assert [wish["key"] for wish in read["try"]] == ["train.learning_rate"]
    assert (read["note"], read["by"]) == (False, "program")
    assert understood(campaign).to_dict() == read


def test_a_correction_by_a_person_stands_against_later_readings(campaign: Campaign) -> None:
    commands.veto(campaign, "t0012", "hmm")
    commands.correct(campaign, "t0012", ["more rows"], ["DPO"], actor="person:ada")
    other = {"avoid": [], "try": [], "note": True, "by": "agent:anthropic"}
    payload = {"understood": other}
    campaign.say(Kind.DECISION_UNDERSTOOD, payload, trial="t0012", actor="agent:anthropic")
    read = understood(campaign)
    assert ([w.words for w in read.avoid], read.by) == (["more rows"], "person:ada")
    assert campaign.trial("t0012").decisions[-1].kind == "correct"
    assert campaign.state.vetoes[-1].understood == read


def test_a_correction_to_nothing_makes_the_reason_a_note(campaign: Campaign) -> None:
    commands.veto(campaign, "t0012", "no more rows")
    commands.correct(campaign, "t0012")
    assert understood(campaign).note


def test_a_wish_nobody_knows_is_refused_with_the_nearest(campaign: Campaign) -> None:
    commands.veto(campaign, "t0012", "no more rows")
    with pytest.raises(UnknownNameError):
        commands.correct(campaign, "t0012", ["more rowz"])


def test_only_a_veto_has_a_reason_to_correct(campaign: Campaign) -> None:
    with pytest.raises(StaleDecisionError):
        commands.correct(campaign, "t0012", ["more rows"])


@pytest.mark.parametrize("interval", [(0.1, 0.1), (0.2, 0.1), (float("nan"), 0.1)])
def test_a_prediction_is_an_interval(campaign: Campaign, interval: tuple[float, float]) -> None:
    source = campaign.trial("t0012").cells["train"].replace("epochs=2", "epochs=3")
    with pytest.raises(DataError):
        commands.edit(campaign, "t0012", {"train": source}, prediction=interval)


def test_an_edit_is_told_in_the_state_at_once(campaign: Campaign) -> None:
    source = campaign.trial("t0012").cells["train"].replace("epochs=2", "epochs=5")
    commands.edit(campaign, "t0012", {"train": source})
    trial = campaign.trial("t0012")
    assert "epochs" in trial.proposal.change.description
    assert trial.proposal.hypothesis.predicted is None


def test_an_older_journal_is_told_like_a_new_one(demo_folder: Path) -> None:
    campaign = Campaign.open(demo_folder)
    campaign.say(Kind.DECISION_VETOED, {"reason": "no more rows", "seen": 1}, trial="t0012")
    opened = Campaign.open(demo_folder)
    assert [w.words for w in understood(opened).avoid] == ["more rows"]


def test_a_trial_whose_alternative_was_chosen_is_set_aside_and_not_vetoed(
    campaign: Campaign,
) -> None:
    first = campaign.trial("t0012")
    other = {**first.proposal.to_dict(), "beside": "t0012"}
    campaign.say(Kind.PROPOSAL_MADE, other, trial="t0013", actor="agent:playbook")
    commands.accept(campaign, "t0013")
    assert campaign.trial("t0012").status == "set_aside"
    assert not [veto for veto in campaign.state.vetoes if veto.trial == "t0012"]
    commands.undo_veto(campaign, "t0012")
    assert campaign.trial("t0012").status == "proposed"
