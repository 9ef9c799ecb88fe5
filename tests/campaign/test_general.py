"""What a finalist keeps of what the base could do is looked at before it is claimed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.creating import CampaignWish, create
from ftassist.documents import summary
from ftassist.documents.snapshot import take
from ftassist.documents.words import general_sentence
from ftassist.errors import DataError
from ftassist.journal import Kind

from .conftest import FakeEvaluator, Played

Make = Callable[..., Campaign]


def played(
    make_campaign: Make,
    knows: float,
    *,
    others: int = 0,
    models: bool = True,
    folder: str = "c",
) -> Played:
    world = Played(
        make_campaign(panel=True, folder=folder), lambda trial: 0.3 if trial == "t0000" else 0.7
    )
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
    assert world.evaluator.panels[0] == "t0000"
    assert finalist in world.evaluator.panels
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


def test_it_selects_no_trial_and_each_is_asked_once(make_campaign: Make) -> None:
    worlds = [played(make_campaign, knows, folder=str(knows)) for knows in (0.5, 0.3)]
    assert len({str(world.campaign.refresh().finalist) for world in worlds}) == 1
    asked = list(worlds[1].evaluator.panels)
    assert len(asked) == len(set(asked))
    worlds[1].run()
    assert worlds[1].evaluator.panels == asked


def test_what_the_best_trial_forgot_is_known_before_the_next_proposal(
    make_campaign: Make,
) -> None:
    world = played(make_campaign, 0.3)
    seen = [(event.kind, event.trial) for event in world.campaign.journal.read()]
    asked = seen.index((Kind.PANEL_SCORED, "t0001"))
    assert seen.index((Kind.TRIAL_JUDGED, "t0001")) < asked
    assert asked < seen.index((Kind.PROPOSAL_MADE, "t0002"))


def test_what_grew_from_one_that_forgot_is_asked_too(make_campaign: Make) -> None:
    world = played(make_campaign, 0.3)
    state = world.campaign.refresh()
    grown = [t.id for t in state.trials.values() if t.parent == "t0001" and t.verdict]
    assert grown and set(grown) <= set(world.evaluator.panels)
    world = played(make_campaign, 0.5, folder="keeps")
    kept = world.campaign.refresh().trials["t0001"].general.against
    assert kept is not None and kept.kind == "kept"
    assert set(world.evaluator.panels) <= {"t0000", "t0001", str(world.campaign.state.finalist)}


def test_asking_takes_a_tenth_of_a_trials_time_at_most(make_campaign: Make) -> None:
    world = played(make_campaign, 0.3)
    state = world.campaign.refresh()
    took = {name: state.trials[name].seconds for name in world.evaluator.panels}
    limits = dict(zip(world.evaluator.panels, world.evaluator.allowed, strict=True))
    assert limits["t0000"] == pytest.approx(0.1 * took["t0001"])
    for name in world.evaluator.panels[1:]:
        assert limits[name] == pytest.approx(0.1 * took[name])


def test_a_base_that_had_no_time_is_asked_again_for_the_next_trial(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, left = FakeEvaluator.panel, ["t0000", "t0001"]

    def panel(self: FakeEvaluator, trial: str, **how: Any) -> Any:
        if trial in left:
            left.remove(trial)
            raise DataError("no time", where="the general panel")
        return ask(self, trial, **how)

    monkeypatch.setattr(FakeEvaluator, "panel", panel)
    quality = {"t0000": 0.1, "t0001": 0.4}
    world = Played(make_campaign(panel=True), lambda trial: quality.get(trial, 0.9))
    for number in range(1, 9):
        (world.campaign.trial_folder(f"t{number:04d}") / "model").mkdir(parents=True)
    world.run()
    state = world.campaign.refresh()
    assert state.trials["t0001"].general.failed == "no time"
    assert world.evaluator.panels[:2] == ["t0000", "t0002"]
    assert state.base.general.score == 0.5


def test_a_claim_on_a_part_of_the_questions_says_how_many(make_campaign: Make) -> None:
    world = played(make_campaign, 0.3)
    trial = world.trials[str(world.campaign.refresh().finalist)]
    assert trial.general.size == 200 and "on 200 general questions" in general_sentence(trial)
    against = trial.general.against
    assert against is not None
    fewer = replace(trial.general, n=120, size=200, against=replace(against, n=60))
    said = general_sentence(replace(trial, general=fewer))
    assert "on 60 of 200 general questions" in said


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
