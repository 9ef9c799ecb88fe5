"""A campaign's artefacts in an object store, here a folder by file://, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.campaign import Budget, Campaign, queries
from ftassist.campaign.trackers import store
from ftassist.campaign.trackers.mirroring import mirror
from ftassist.errors import DataError, FtassistError
from ftassist.files import hash_file
from ftassist.journal import Kind


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    """One with a trial that left two files, one of which was damaged later."""
    made = Campaign.create(tmp_path / "c", task="mini_math", budget=Budget(trials=3), panel=False)
    folder = made.trial_folder("t0001")
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "weights").write_text("w" * 100)
    (folder / "metrics.jsonl").write_text("{}")
    files = {n: hash_file(folder / n) for n in ("model/weights", "metrics.jsonl")}
    proposal = {"parent": "t0000", "cells": {}, "hypothesis": {}}
    made.say(Kind.PROPOSAL_MADE, proposal, trial="t0001", actor="agent:a")
    made.say(Kind.DECISION_ACCEPTED, {"seen": 2}, trial="t0001", actor="runner")
    made.say(Kind.TRIAL_STARTED, {"attempt": 1, "isolation": "none"}, trial="t0001", actor="w")
    made.say(Kind.TRIAL_COMPLETED, {"rows": 1, "files": files}, trial="t0001", actor="w")
    return made


def place(root: Path) -> Path:
    (found,) = root.iterdir()
    return found


def test_a_campaign_comes_back_as_it_was(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(store.VARIABLE, f"file://{tmp_path / 'kept'}")
    assert mirror(campaign, "store") == 1
    assert mirror(campaign, "store") == 0
    back = tmp_path / "back"
    assert store.restore(f"file://{place(tmp_path / 'kept')}", back) == 2
    again = Campaign.open(back)
    assert again.state.trials["t0001"] == campaign.refresh().trials["t0001"]
    assert (back / "trials" / "t0001" / "model" / "weights").read_text() == "w" * 100
    assert queries.best(again) == queries.best(campaign)


def test_a_file_that_is_not_what_the_journal_says_is_not_kept(
    campaign: Campaign, tmp_path: Path
) -> None:
    (campaign.trial_folder("t0001") / "metrics.jsonl").write_text("other")
    store.keep(campaign, f"file://{tmp_path / 'kept'}")
    assert store.restore(f"file://{place(tmp_path / 'kept')}", tmp_path / "back") == 1


def test_a_file_that_was_damaged_in_the_store_is_refused(
    campaign: Campaign, tmp_path: Path
) -> None:
    store.keep(campaign, f"file://{tmp_path / 'kept'}")
    for path in (place(tmp_path / "kept") / "objects").iterdir():
        path.write_text("damaged")
    with pytest.raises(DataError, match="is not what it was"):
        store.restore(f"file://{place(tmp_path / 'kept')}", tmp_path / "back")


def test_what_is_no_campaign_and_what_is_no_store_are_told(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="there is no campaign here"):
        store.restore(f"file://{tmp_path / 'nowhere'}", tmp_path / "back")
    with pytest.raises(FtassistError, match="the store cannot be used"):
        store.keep(campaign, "nosuchthing://a")
    monkeypatch.delenv(store.VARIABLE, raising=False)
    with pytest.raises(FtassistError) as caught:
        mirror(campaign, "store")
    assert store.VARIABLE in caught.value.fix
    with pytest.raises(FtassistError, match="not empty"):
        store.restore("file:///x", campaign.folder)
