"""What was forgotten in general is answered by what holds a model nearer to its base."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.backends.playbook.analysis import analyse_trial
from ftassist.agent.backends.playbook.keeping_rules import KeepMore
from ftassist.agent.difference import difference
from ftassist.agent.plan import Plan, share_of
from ftassist.agent.refutation import refuted
from ftassist.records.proposal import EQUAL

GOOD = {"orchard_steps": 300, "harbour_steps": 300}
LORA = {"method": "lora", "rank": 16, "learning_rate": 3e-3, "epochs": 4}


def plan(kit: Any, **train: Any) -> Any:
    return kit.cells(GOOD, train={**LORA, **train})


def after(world: Any, proposal: Any, kit: Any, lost: float | None = None) -> str:
    """A proposal was run, tied, and asked in general where `lost` says what was found."""
    name = str(world.run(world.take(proposal), kit.feedback(0.5)))
    world.judge(name, "tied", 0.0)
    if lost is not None:
        world.general(name, lost=lost)
    return name


def test_a_loss_that_is_shown_is_answered_next_and_testably(kit: Any, world: Any) -> None:
    world.parent(plan(kit)).general("t0001", lost=0.12)
    (proposal,) = Playbook().propose(world.context("t0001"), "t0001", 1)
    hypothesis = proposal.hypothesis
    assert proposal.rule == "keep_more"
    train = Plan.of(proposal.cells).train
    assert train is not None and share_of(train) == 0.7
    assert 'train.average(model, "trained", "model", share=0.7)' in proposal.cells["train"]
    assert "−0.120 [−0.160, −0.080] on 96 general questions" in hypothesis.cause
    assert "most in instructions (−0.180)" in hypothesis.cause
    assert [e.value for e in hypothesis.evidence] == [-0.12, -0.18]
    assert hypothesis.claims == EQUAL
    assert not refuted(hypothesis, 0.0) and refuted(hypothesis, -0.2)
    assert "comes back" in hypothesis.statement
    told = difference(world.state.trials["t0001"].cells, proposal.cells).text
    assert told == "share of what was trained 1 → 0.7"


def test_the_next_recipe_comes_while_what_was_lost_has_not_come_back(kit: Any, world: Any) -> None:
    world.parent(plan(kit)).general("t0001", lost=0.12)
    keys = []
    for _ in range(5):
        (proposal,) = Playbook().propose(world.context("t0001"), "t0001", 1)
        keys.append(proposal.change.key)
        after(world, proposal, kit, lost=0.11)
    assert keys == [
        "train.average:0.7", "train.average:0.4", "train.epochs:down", "train.rank:down",
        "curate.rehearse:add",
    ]  # fmt: skip
    (proposal,) = Playbook().propose(world.context("t0001"), "t0001", 1)
    assert proposal.rule != "keep_more"


def test_once_it_came_back_the_search_goes_on_with_the_task(kit: Any, world: Any) -> None:
    world.parent(plan(kit)).general("t0001", lost=0.12)
    (proposal,) = Playbook().propose(world.context("t0001"), "t0001", 1)
    name = after(world, proposal, kit, lost=0.0)
    (proposal,) = Playbook().propose(world.context("t0001"), "t0001", 1)
    assert proposal.rule != "keep_more"
    assert not analyse_trial(world.context(name), name).avoid, "it stayed, as it was to"


@pytest.mark.parametrize(
    ("lost", "spread", "applies"),
    [(0.12, 0.04, True), (0.06, 0.08, True), (0.02, 0.06, False), (0.0, 0.04, False)],
    ids=["lost", "as much as matters", "not shown, and small", "kept"],
)
def test_only_a_loss_that_may_matter_is_answered(
    kit: Any, world: Any, try_rule: Any, lost: float, spread: float, applies: bool
) -> None:
    world.parent(plan(kit)).general("t0001", lost=lost, spread=spread)
    assert bool(try_rule(KeepMore(), world)) == applies


def test_without_the_panel_it_has_nothing_to_say(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(plan(kit))
    assert try_rule(KeepMore(), world) == []


def test_a_person_can_ask_for_it(kit: Any, world: Any) -> None:
    world.parent(plan(kit))
    name = world.propose(plan(kit, epochs=8), "t0001", key="train.epochs:up")
    world.veto(name, "average it with the base instead")
    (proposal,) = Playbook().propose(world.context("t0001"), "t0001", 1)
    assert proposal.change.key == "train.average:0.7"
