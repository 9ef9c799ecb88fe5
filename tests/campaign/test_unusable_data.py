"""Odd training rows fail a proposal, with their reason; they never end a runner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.proposing import profile_repository
from ftassist.dojo.own_task import OwnTask, make_task
from ftassist.journal.events import Kind

ROWS = [{"prompt": f"How many legs has animal {n}?", "answer": str(n)} for n in range(12)]


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    folder = make_task(OwnTask(tmp_path / "legs", ROWS, ROWS, "accuracy"))
    return Campaign.create(tmp_path / "c", task=str(folder))


def spoil(campaign: Campaign, rows: list[dict[str, Any]], name: str = "train") -> None:
    folder = campaign.task.repository_folder / name
    if name != "train":
        folder.mkdir()
        card = (campaign.task.repository_folder / "train" / "card.yaml").read_text()
        (folder / "card.yaml").write_text(card.replace("name: train", f"name: {name}"))
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_a_set_that_cannot_be_used_fails_the_proposal_with_file_and_row(
    campaign: Campaign,
) -> None:
    spoil(campaign, [{"prompt": "p", "response": None}] * 3)
    assert "none of the 3 rows" in profile_repository(campaign)
    state = campaign.refresh()
    assert state.asked.failure == "data"
    assert "rows.jsonl row 1" in state.asked.failed
    assert not state.profiles
    spoil(campaign, [{"prompt": "p", "response": "r"}] * 3)
    assert profile_repository(campaign) == ""
    assert set(campaign.refresh().profiles) == {"train"}


def test_one_set_that_cannot_be_used_is_noted_and_the_others_serve(campaign: Campaign) -> None:
    spoil(campaign, [{"prompt": 1}], "other")
    assert profile_repository(campaign) == ""
    state = campaign.refresh()
    assert set(state.profiles) == {"train"}
    assert any("the set other is left out" in note for note in state.notes)


def test_odd_rows_and_columns_do_not_keep_a_set_from_its_profile(campaign: Campaign) -> None:
    kinds: list[Any] = [1, None, "a", [1], {}]
    odd = [{"prompt": "p", "response": "r", "x": value} for value in kinds]
    spoil(campaign, [*odd, {"prompt": "p"}])
    assert profile_repository(campaign) == ""
    (profile,) = campaign.refresh().profiles.values()
    assert (profile["rows"], profile["bad_rows"]) == (5, 1)


def test_a_task_folder_here_is_remembered_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task(OwnTask(tmp_path / "legs", ROWS, ROWS, "accuracy"))
    monkeypatch.chdir(tmp_path)
    made = Campaign.create(tmp_path / "c", task="legs")
    monkeypatch.chdir("/")
    assert Campaign.open(made.folder).task.key == "legs"
    created = next(e for e in made.journal.read(0) if e.kind == Kind.CAMPAIGN_CREATED)
    assert Path(created.payload["task"]).is_absolute()


def test_a_task_of_the_catalog_is_remembered_by_its_name(tmp_path: Path) -> None:
    made = Campaign.create(tmp_path / "c", task="mini_math")
    created = next(e for e in made.journal.read(0) if e.kind == Kind.CAMPAIGN_CREATED)
    assert created.payload["task"] == "mini_math"
