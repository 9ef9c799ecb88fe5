"""A campaign with a door, whose runner plays trials at once when one was accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.campaign import Budget, Campaign
from ftassist.mcp.door import Door

from ..campaign.conftest import Played

CURATE = """from ftassist.recipes import curate

rows = curate.load(repository, ["lessons_shop"], seed=seed)
rows = curate.decontaminate(rows)
curate.export(rows, "data")
"""
TRAIN = """from ftassist.recipes import train

train.sft(model, "data", "model", learning_rate=1e-3, seed=seed)
"""


def quality(trial: str) -> float:
    """The base is poor, every trial is good."""
    return 0.2 if trial == "t0000" else 0.6


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A campaign where a person decides on each proposal."""

    def start(self: Campaign) -> int:
        Played(self, quality).run()
        return 1

    monkeypatch.setattr(Campaign, "start_runner", start)
    monkeypatch.setattr(Campaign, "runner_alive", lambda self: False)
    return Campaign.create(
        tmp_path / "c",
        task="mini_math",
        review="always",
        budget=Budget(trials=4),
        dry_run=False,
    )


@pytest.fixture
def door(campaign: Campaign) -> Door:
    """Its door."""
    return Door(campaign)
