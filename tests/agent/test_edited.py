"""An edited trial speaks for the person who edited it."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.backends.playbook.insights import insight_id
from ftassist.agent.edited import author
from ftassist.agent.told import as_told
from ftassist.journal.events import Kind
from ftassist.records.proposal import TrialChange, TrialProposal

FULL = {"method": "full", "learning_rate": 1e-3, "epochs": 2}
EDIT = {"method": "lora", "rank": 16, "learning_rate": 3e-3, "epochs": 4}
SETS = {"orchard_steps": 300, "harbour_steps": 300}


def edited(kit: Any, world: Any, train: Any = None, **more: Any) -> Any:
    """t0002 of the rule more_epochs, edited by ada, as it is told."""
    world.parent(kit.cells(SETS, train=FULL))
    name = world.propose(
        kit.cells(SETS, train={**FULL, "epochs": 4}),
        "t0001",
        key="train.epochs:up",
        rule="more_epochs",
    )
    source = kit.cells(SETS, train=train or EDIT)["train"]
    payload = {"cells": {"train": source}, "seen": 0, **more}
    world.tell(Kind.DECISION_EDITED, payload, name, actor="person:ada")
    world.state = as_told(world.state)
    return world.state.trials[name]


def judged(kit: Any, world: Any, difference: float = -0.113) -> Any:
    """The same, run and judged, as an older version judged it: by the withdrawn prediction."""
    world.run("t0002", kit.feedback(0.4), loss=kit.curve())
    agents = world.state.trials["t0002"].proposal.proposed.hypothesis
    verdict = {"kind": "worse", "against": "t0001", "difference": difference, "low": -0.2}
    prediction = {"low": agents.low, "high": agents.high, "observed": difference}
    payload = {
        "parent": {**verdict, "high": -0.05},
        "best": {},
        "prediction": {**prediction, "held": False},
    }
    world.tell(Kind.TRIAL_JUDGED, payload, "t0002")
    world.state = as_told(world.state)
    return world.state.trials["t0002"]


def test_its_words_come_from_what_it_changes(kit: Any, world: Any) -> None:
    proposal = edited(kit, world).proposal
    told = "method full training → LoRA, learning rate 0.001 → 0.003, epochs 2 → 4"
    assert proposal.hypothesis.statement == f"ada's edit: {told}"
    assert proposal.change.description == told
    assert proposal.hypothesis.changes == ("training",)
    assert (proposal.rule, proposal.hypothesis.evidence) == ("", ())


def test_it_is_the_persons_hypothesis(kit: Any, world: Any) -> None:
    trial = edited(kit, world)
    assert author(trial) == "person:ada"
    assert author(world.state.trials["t0001"]).startswith("agent:")


def test_the_agents_prediction_is_withdrawn(kit: Any, world: Any) -> None:
    assert edited(kit, world).proposal.hypothesis.predicted is None
    assert not judged(kit, world).prediction


def test_a_prediction_of_the_persons_own_is_judged(kit: Any, world: Any) -> None:
    edited(kit, world, prediction={"low": 0.01, "high": 0.05}, reason="LoRA forgets less")
    trial = judged(kit, world)
    assert trial.proposal.hypothesis.cause == "LoRA forgets less"
    assert (trial.prediction.low, trial.prediction.held) == (0.01, False)
    assert trial.prediction.refuted


def test_an_edit_back_to_what_was_proposed_gives_the_proposal_back(kit: Any, world: Any) -> None:
    edited(kit, world)
    source = kit.cells(SETS, train={**FULL, "epochs": 4})["train"]
    world.tell(Kind.DECISION_EDITED, {"cells": {"train": source}}, "t0002", actor="person:ada")
    trial = as_told(world.state).trials["t0002"]
    assert trial.proposal.rule == "more_epochs"
    assert trial.proposal.proposed is None


def test_several_changes_at_once_tell_nothing_of_one_of_them(kit: Any, world: Any) -> None:
    edited(kit, world)
    judged(kit, world)
    changes = Playbook().distil(world.context("t0001"))
    assert not [c for c in changes if "Training longer" in c.insight.text]
    assert not [c for c in changes if "t0002" in c.insight.trials]


def test_one_change_tells_of_that_one(kit: Any, world: Any) -> None:
    edited(kit, world, {**FULL, "learning_rate": 3e-3})
    judged(kit, world)
    texts = [c.insight.text for c in Playbook().distil(world.context("t0001"))]
    assert [text for text in texts if text.startswith("Raising the learning rate hurts: −0.113")]


def test_an_insight_drawn_from_the_old_words_is_not_told(kit: Any, world: Any) -> None:
    edited(kit, world)
    judged(kit, world)
    text = "Training longer hurts: -0.113 (t0002 over t0001, worse)."
    old = {"id": "i-training-longer", "text": text, "trials": ["t0002"], "pinned": False}
    world.tell(Kind.INSIGHT_ADDED, {"insight": old}, None, actor="agent:playbook")
    assert "i-training-longer" in world.state.insights
    assert "i-training-longer" not in as_told(world.state).insights


def test_an_analysis_does_not_speak_of_the_withdrawn_prediction(kit: Any, world: Any) -> None:
    edited(kit, world)
    judged(kit, world)
    text = (
        "t0002 scored 0.400, worse against t0001 by -0.113. The prediction was -0.034 to "
        "+0.099; what came is below it. By view: boats 0.7 to 0.5."
    )
    world.tell(Kind.TRIAL_ANALYSED, {"text": text}, "t0002", actor="agent:playbook")
    told = as_told(world.state).trials["t0002"].analysis.text or ""
    assert "prediction" not in told
    assert "By view" in told


def test_it_counts_neither_for_nor_against_the_rule_that_proposed_it(kit: Any, world: Any) -> None:
    edited(kit, world)
    judged(kit, world)
    context = world.context("t0001")
    assert not [o for o in context.outcomes if o.rule == "more_epochs"]
    assert "more_epochs" not in context.calibration


@pytest.mark.parametrize(
    ("key", "name"),
    [("train.epochs:up", "i-training-longer"), ("several:a+b", ""), ("start:x", "")],
)
def test_an_insight_is_about_one_change(key: str, name: str) -> None:
    assert insight_id(TrialProposal(change=TrialChange(key))) == name


def test_a_state_without_edits_is_left_as_it_is(world: Any) -> None:
    world.parent()
    assert as_told(world.state) is world.state
