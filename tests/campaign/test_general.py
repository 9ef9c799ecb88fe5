"""What a finalist keeps of what the base could do is looked at before it is claimed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.creating import CampaignWish, create
from ftassist.documents import summary
from ftassist.documents.snapshot import take
from ftassist.journal import Kind

from .conftest import Played

Make = Callable[..., Campaign]


def played(make_campaign: Make, knows: float, *, others: int = 0, models: bool = True) -> Played:
    world = Played(make_campaign(panel=True), lambda trial: 0.3 if trial == "t0000" else 0.7)
    world.evaluator.knows, world.evaluator.others = knows, others
    if models:
        for number in range(1, 9):
            (world.campaign.trial_folder(f"t{number:04d}") / "model").mkdir(parents=True)
    world.run()
    return world


@pytest.mark.parametrize(
    ("knows", "others", "kind", "said"),
    [
        (0.5, 0, "kept", "keeps what the base could do (+0.00 ["),
        (0.3, 0, "lost", "worse in general (−0.20 ["),
        (0.48, 20, "unclear", "is not shown (−0.02 ["),
    ],
)
def test_the_claim_says_what_the_finalist_keeps(
    make_campaign: Make, knows: float, others: int, kind: str, said: str
) -> None:
    world = played(make_campaign, knows, others=others)
    state = world.campaign.refresh()
    assert state.phase == "finished"
    assert state.claim["verdict"]["kind"] == "better"
    finalist = str(state.finalist)
    assert world.evaluator.panels == ["t0000", finalist]
    assert state.base.general["score"] == 0.5
    against = state.trials[finalist].general.against
    assert against is not None and against.kind == kind
    assert (against.parts["copying"].n, against.parts["copying"].low) == (200, against.low)
    sentence = summary.claim(take(world.campaign))
    assert "better than the base model" in sentence
    assert said in sentence
    assert ("most in copying" in sentence) == (kind != "kept")


def test_a_panel_that_cannot_be_scored_keeps_no_claim_back(make_campaign: Make) -> None:
    world = played(make_campaign, 0.5, models=False)
    state = world.campaign.refresh()
    assert state.phase == "finished"
    assert "was never saved" in state.trials[str(state.finalist)].general["failed"]
    assert "what it keeps in general is not known" in summary.claim(take(world.campaign))


def test_it_selects_no_trial_and_is_scored_once(make_campaign: Make) -> None:
    world = played(make_campaign, 0.3)
    kinds = [event.kind for event in world.campaign.journal.read()]
    assert kinds.count(Kind.PANEL_SCORED) == 2
    assert kinds.index(Kind.FINALIST_CHOSEN) < kinds.index(Kind.PANEL_SCORED)
    world.run()
    assert world.evaluator.panels == ["t0000", str(world.campaign.state.finalist)]


def test_without_the_panel_nothing_is_asked(make_campaign: Make) -> None:
    world = Played(make_campaign(), lambda trial: 0.3 if trial == "t0000" else 0.7)
    world.run()
    assert world.evaluator.panels == []
    assert "general" not in summary.claim(take(world.campaign))


@pytest.mark.parametrize(
    ("named", "panel", "expected"),
    [("tiny", None, None), ("tiny", True, True), ("org/model", None, True),
     ("org/model", False, None)],
)  # fmt: skip
def test_it_is_the_default_for_every_model_but_the_tiny_one(
    tmp_path: Any, named: str, panel: bool | None, expected: bool | None
) -> None:
    wish = CampaignWish(task="mini_math", model=named, backend="playbook", panel=panel)
    assert create(tmp_path, wish).state.settings.panel == expected
