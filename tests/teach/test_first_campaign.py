"""Exercises of notebook 01 are judged by the campaign that the reader has just played."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist import teach
from ftassist.campaign import Budget, Campaign
from ftassist.journal import Kind

from ..campaign.conftest import ITEMS, Played


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A campaign as the notebook leaves it: two trials scored, one of them edited, no test yet."""
    monkeypatch.chdir(tmp_path)
    made = Campaign.create(
        tmp_path / "campaigns" / "c", task="mini_math", review="never", budget=Budget(trials=3)
    )
    Played(made, lambda trial: {"t0000": 0.1, "t0001": 0.6}.get(trial, 0.62)).run()
    return made


def test_without_a_campaign_the_hint_is_to_play_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FTASSIST_CAMPAIGN", raising=False)
    assert "no campaign here yet" in str(teach.check("01.1", 3))


def test_the_number_of_wrong_items_is_counted_from_the_score(campaign: Campaign) -> None:
    right = round(ITEMS * campaign.refresh().trials["t0001"].feedback.score)
    assert teach.check("01.1", ITEMS - right)
    assert "So many are right" in str(teach.check("01.1", right))
    assert f"({ITEMS})" in str(teach.check("01.1", -1))


def test_stages_are_compared_by_their_cells(campaign: Campaign) -> None:
    first, third = (campaign.trial(name) for name in ("t0001", "t0003"))
    differ = [stage for stage in first.cells if first.cells[stage] != third.cells[stage]]
    assert differ, "the playbook's third trial is another one than its first"
    assert teach.check("01.2", differ)
    assert not teach.check("01.2", [*differ, "evaluate"])
    assert "is no stage" in str(teach.check("01.2", ["test"]))


def test_the_test_is_set_against_validation_once_it_was_opened(campaign: Campaign) -> None:
    assert "not opened yet" in str(teach.check("01.3", 1.0))
    campaign.say(Kind.TEST_OPENED, {"reason": "-"}, trial="t0001")
    scores = {"t0001": {"score": 0.65}, "t0000": {"score": 0.1}}
    campaign.say(Kind.TEST_SCORED, {"scores": scores, "verdict": {}}, trial="t0001")
    gap = 100 * (0.65 - campaign.refresh().trials["t0001"].feedback.score)
    assert teach.check("01.3", round(gap, 1))
    assert "other way round" in str(teach.check("01.3", -round(gap, 1)))
    assert "In points" in str(teach.check("01.3", gap / 100))
