"""A campaign that ftassist 0.1.0 made opens, shows and says what it said then.

`old/0.1.0.tar.gz` is one: begun, searched, repeated and tested by the code of 2026-11-21 on `tiny`
and mini_math, with a veto; without its models and rows. In its journal the place where ftassist
was installed then is shortened, so its digests were made anew.
"""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign, commands, queries
from ftassist.campaign.final import open_test
from ftassist.errors import SealedError
from ftassist.journal.state import BASE
from ftassist.server.paths import campaign_id
from ftassist.ui import report

from .conftest import Fetch, body, valid

ARCHIVE = Path(__file__).with_name("old") / "0.1.0.tar.gz"
SCORED = ("t0000", "t0002", "t0003", "t0004")


@pytest.fixture
def folder(jp_root_dir: Path) -> Path:
    """The campaign below the server's root."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(jp_root_dir, filter="data")
    return jp_root_dir / "mini_math-old"


@pytest.fixture
def campaign(folder: Path) -> Campaign:
    return Campaign.open(folder)


def test_every_event_is_read_and_folded(campaign: Campaign) -> None:
    state = campaign.refresh()
    assert (state.seq, state.phase, state.trials_used) == (166, "finished", 3)
    assert {t.id: t.status for t in state.trials.values()} == {
        **dict.fromkeys((*SCORED, "t0005", "t0006", "t0007"), "scored"),
        "t0001": "vetoed",
    }
    assert state.trials["t0001"].decision.reason == "no sets without worked solutions"
    assert [t.id for t in state.replicates("t0004")] == ["t0005", "t0006"]


def test_scores_verdicts_and_the_claim_are_those_of_then(campaign: Campaign) -> None:
    state = campaign.refresh()
    trial = state.trials["t0004"]
    assert trial.score == pytest.approx(0.366, abs=0.001)
    assert (trial.verdict.kind, trial.verdict.against) == ("better", "t0003")
    assert trial.verdict.difference == pytest.approx(0.087, abs=0.001)
    assert state.claim["verdict"]["kind"] == "better"
    assert state.claim["verdict"]["difference"] == pytest.approx(0.41, abs=0.01)
    assert queries.best(campaign) == state.finalist == "t0004"
    assert len(queries.scores(campaign, "t0004")) == 320


def test_its_test_was_opened_and_stays_so(campaign: Campaign) -> None:
    assert list(campaign.refresh().tests) == ["t0004"]
    with pytest.raises(SealedError, match="opened before"):
        open_test(campaign, "t0002")


async def test_the_server_answers_as_for_any_campaign(
    jp_fetch: Fetch, jp_root_dir: Path, folder: Path
) -> None:
    name = campaign_id(jp_root_dir.resolve(), folder.resolve())

    async def read(*parts: str, **query: str) -> Any:
        return body(await jp_fetch("ftassist", "campaigns", name, *parts, params=query))

    valid(await read(), "View")
    valid(await read("what-if"), "WhatIf")
    valid(await read("compare", trials="t0002,t0003"), "Compare")
    for trial in (BASE, "t0001", "t0003", "t0004", "t0005"):
        valid(await read("trials", trial), "Page")
    valid(await read("trials", "t0004", "metrics"), "Metrics")


def test_its_report_is_written(campaign: Campaign, tmp_path: Path) -> None:
    report.write(campaign, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "t0004" in text
    assert "no sets without worked solutions" in text


def test_a_person_goes_on_with_it(campaign: Campaign) -> None:
    before = campaign.refresh().seq
    commands.note(campaign, "t0004", "looked at again")
    state = campaign.refresh()
    assert state.seq == before + 1
    assert "looked at again" in str(state.trials["t0004"].notes)
