"""A campaign made as a person asked for it: where its trials run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.campaign.creating import CampaignWish, check, create
from ftassist.errors import DataError, UnknownNameError
from ftassist.journal import Kind
from ftassist.records.executor import NOT_CHOSEN


def test_a_campaign_for_a_cluster_says_so_in_its_journal(tmp_path: Path) -> None:
    wish = CampaignWish("mini_math", executor="ray", address="head:6379", panel=False)
    campaign = create(tmp_path, wish, actor="person:ada")
    (event,) = [e for e in campaign.journal.read() if e.kind == Kind.EXECUTOR_CHANGED]
    assert event.actor == "person:ada"
    assert campaign.state.executor["executor"] == "ray"
    assert campaign.state.executor["request"]["address"] == "head:6379"


def test_one_for_this_machine_says_nothing(tmp_path: Path) -> None:
    campaign = create(tmp_path, CampaignWish("mini_math", panel=False))
    assert campaign.state.executor == NOT_CHOSEN


def test_an_executor_that_there_is_none_of_is_refused_before_anything_is_made(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnknownNameError, match="executor"):
        check(CampaignWish("mini_math", executor="rya"))
    with pytest.raises(UnknownNameError, match="executor"):
        create(tmp_path / "c", CampaignWish("mini_math", executor="rya"))
    assert not (tmp_path / "c").exists()


def test_an_address_for_trials_that_run_here_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="on this machine") as caught:
        check(CampaignWish("mini_math", address="head:6379"))
    assert caught.value.where == "address"
