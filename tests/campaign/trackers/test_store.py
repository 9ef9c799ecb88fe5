"""A campaign's artefacts in a store and back: a folder by file://, and S3 played on loopback."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftassist.campaign import Budget, Campaign, queries
from ftassist.campaign.trackers import store
from ftassist.campaign.trackers.mirror import mirror
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


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket of a stand-in of S3 in this process, which s3fs reaches over HTTP."""
    pytest.importorskip("s3fs", reason="the extra `s3` is not installed")
    server = pytest.importorskip("moto.server", reason="no stand-in of S3 is installed")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "stand-in")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "stand-in")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    name = f"kept-{uuid.uuid4().hex}"  # what a stand-in holds outlives it in this process
    s3fs.S3FileSystem().mkdir(name)
    yield name
    s3fs.S3FileSystem.clear_instance_cache()
    running.stop()


def test_a_campaign_comes_back_from_s3(campaign: Campaign, tmp_path: Path, bucket: str) -> None:
    import s3fs

    url = f"s3://{bucket}/team/one"
    assert store.keep(campaign, url) == 1
    assert store.keep(campaign, url) == 0
    (there,) = s3fs.S3FileSystem().ls(f"{bucket}/team/one")
    assert store.restore(f"s3://{there}", tmp_path / "back") == 2
    again = Campaign.open(tmp_path / "back")
    assert again.state.trials["t0001"] == campaign.refresh().trials["t0001"]


def test_what_s3_refuses_is_told_in_words(
    campaign: Campaign, tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="there is no campaign here"):
        store.restore(f"s3://{bucket}/nowhere", tmp_path / "back")
    with pytest.raises(FtassistError, match="bucket does not exist"):
        store.keep(campaign, "s3://nobucket/here")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(FtassistError) as caught:
        store.keep(campaign, f"s3://{bucket}/here")
    assert "credentials" in caught.value.fix
