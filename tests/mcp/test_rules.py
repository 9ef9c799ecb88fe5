"""What an agent outside submits is held to the rules that our own agents' cells are held to."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.errors import CellError
from ftassist.mcp.door import Door
from ftassist.mcp.skill import guide

from ..campaign.conftest import FakeEvaluator
from .conftest import CURATE, TRAIN
from .test_door import submit

ITEM = " ".join(f"Ada sails boat number {n} out of harbour {n + 3}." for n in range(40))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"curate": f"import os, subprocess\n{CURATE}"}, "the import of 'os' is not allowed"),
        ({"train": TRAIN.replace("seed=seed", "seed=7")}, "the seed is no knob"),
        ({"train": f"{TRAIN}print(loss)\n"}, "train line 4: 'loss' is not defined in this cell"),
        ({"train": TRAIN.replace("learning_rate", "learn_rate")}, "learn_rate"),
        ({"curate": CURATE.replace("rows = curate.decontaminate(rows)\n", "")}, "decontaminate"),
        ({"curate": f"{CURATE}open('/work/x')\n"}, "outside of the trial's folder"),
    ],
)
def test_cells_against_the_rules_are_refused_and_nothing_is_written(
    door: Door, campaign: Campaign, cells: dict[str, str], told: str
) -> None:
    before = campaign.refresh().seq
    with pytest.raises(CellError) as caught:
        submit(door, **cells)
    assert told in str(caught.value) and "keep the rules" in str(caught.value)
    assert campaign.refresh().seq == before


def test_what_a_vetos_reason_rules_out_is_refused(door: Door, campaign: Campaign) -> None:
    commands.veto(campaign, submit(door)["task"], "no full fine-tuning")
    full = TRAIN.replace("seed=seed", 'method="full", seed=seed')
    with pytest.raises(CellError, match=r"the veto of t0001 forbids .*no full fine-tuning"):
        submit(door, train=full)
    assert submit(door)["status"] == "proposed"


def test_an_item_that_was_shown_as_wrong_may_not_come_back_in_a_cell(
    door: Door, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = FakeEvaluator._drawn
    wrong = [{"view": "shop", "prompt": ITEM, "gold": "7", "output": "8"}]

    def with_wrong(self: FakeEvaluator, trial: str, part: str) -> dict[str, Any]:
        return {**drawn(self, trial, part), "wrong": wrong}

    monkeypatch.setattr(FakeEvaluator, "_drawn", with_wrong)
    commands.accept(campaign, submit(door)["task"])
    campaign.start_runner()
    with pytest.raises(CellError, match=r"curate line 1: .* text of an evaluation item"):
        submit(door, curate=f"kept = {ITEM!r}\n{CURATE}", parent="t0001")


def test_what_a_parent_that_ran_does_is_not_held_against_its_child(
    door: Door, campaign: Campaign
) -> None:
    bare = CURATE.replace("rows = curate.decontaminate(rows)\n", "")
    parent = submit(door)["task"]
    commands.edit(campaign, parent, {"curate": bare}, actor="person:ada")
    commands.accept(campaign, parent)
    campaign.start_runner()
    assert submit(door, curate=bare, parent=parent)["status"] == "proposed"


def test_the_advice_is_what_the_card_shows_and_an_honest_cell_gets_none(door: Door) -> None:
    assert submit(door)["advice"] == []
    (told,) = submit(door, curate=f"import zlib\n{CURATE}")["advice"]
    assert told == "curate line 1: imports zlib (hides what the cell does)"


def test_the_cells_of_the_guide_keep_the_rules(door: Door) -> None:
    parts = re.findall(r"(?:    .*\n|\n)+", guide())
    curate, train = (dedent(part).strip() for part in parts if "from ftassist.recipes" in part)
    known = curate.replace('["a_set", "another"]', '["lessons_shop"]')
    assert submit(door, curate=known, train=train)["advice"] == []
