"""What the playbook promises of its proposals."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from ftassist.agent.backends import OutOfIdeasError
from ftassist.agent.backends.playbook import RULES, Playbook
from ftassist.agent.plan import Plan, changed_parts
from ftassist.agent.proposal import proposal_schema, read_proposal
from ftassist.errors import UnknownNameError
from ftassist.records.proposal import Proposal

LAGGING = {"apples": 0.7, "boats": 0.7, "clouds": 0.1}
GOOD = {"orchard_steps": 300, "harbour_steps": 300}


def first(world: Any, parent: str = "t0001") -> Proposal:
    return Playbook().propose(world.context(parent), parent)[0]


def situations(kit: Any) -> dict[str, Callable[[], Any]]:
    """Campaigns in different places, each with a parent t0001."""
    lora = {"method": "lora", "rank": 64, "learning_rate": 3e-3}
    return {
        "lagging view": lambda: kit.World().parent(views=LAGGING),
        "bare answers": lambda: kit.World().parent(kit.cells({"bulk_answers": 600}), score=0.1),
        "noisy": lambda: kit.World().parent(kit.cells({"crowd": 500, "orchard_steps": 200})),
        "skewed": lambda: kit.World().parent(kit.cells({"polls": 300, "orchard_steps": 300})),
        "off topic": lambda: kit.World().parent(kit.cells({"recipes": 300, "crowd": 300})),
        "falling": lambda: kit.World().parent(loss=kit.curve(falling=True)),
        "adapter": lambda: kit.World().parent(
            kit.cells({"orchard_steps": 480}, train=lora), loss=kit.curve(2.0, 1.2)
        ),
        "high score": lambda: kit.World().parent(score=0.97),
        "other model": lambda: kit.World(model="org/model").parent(),
    }


NAMES = (
    "lagging view",
    "bare answers",
    "noisy",
    "skewed",
    "off topic",
    "falling",
    "adapter",
    "high score",
    "other model",
)


@pytest.mark.parametrize("name", NAMES)
def test_proposals_fit_the_schema(name: str, kit: Any) -> None:
    world = situations(kit)[name]()
    for proposal in Playbook().propose(world.context("t0001"), "t0001", k=20):
        document = json.loads(json.dumps(proposal.to_dict()))
        jsonschema.validate(document, proposal_schema())
        assert read_proposal(document) == proposal


@pytest.mark.parametrize("name", NAMES)
def test_proposals_change_exactly_one_thing(name: str, kit: Any) -> None:
    world = situations(kit)[name]()
    before = Plan.of(world.state.trials["t0001"].cells)
    for proposal in Playbook().propose(world.context("t0001"), "t0001", k=20):
        assert len(changed_parts(before, Plan.of(proposal.cells))) == 1, proposal.change.key


@pytest.mark.parametrize("name", NAMES)
def test_the_same_context_gives_the_same_proposals(name: str, kit: Any) -> None:
    one, other = situations(kit)[name](), situations(kit)[name]()
    assert Playbook().propose(one.context("t0001"), "t0001", k=5) == Playbook().propose(
        other.context("t0001"), "t0001", k=5
    )


def test_alternatives_differ_from_each_other(world: Any) -> None:
    proposals = Playbook().propose(world.parent(views=LAGGING).context(), "t0001", k=5)
    assert len(proposals) == 5
    assert len({p.change.key for p in proposals}) == 5


def test_at_least_twelve_rules_explain_themselves() -> None:
    assert len(RULES) >= 12
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        text = inspect.getdoc(type(rule)) or ""
        assert len(text) > 120, f"{rule.name} does not explain its craft"


def test_the_first_proposal_is_a_start(world: Any) -> None:
    proposal = first(world.base(), "t0000")
    assert proposal.rule == "start"
    assert proposal.hypothesis.low > 0


def test_what_was_tried_from_a_parent_is_not_proposed_again(world: Any) -> None:
    world.parent(views=LAGGING)
    keys = []
    for _ in range(6):
        proposal = first(world)
        name = world.take(proposal)
        world.run(name, world.state.trials["t0001"].feedback.to_dict())
        world.judge(name, "tied", 0.0)
        keys.append((proposal.parent, proposal.change.key))
    assert len(set(keys)) == len(keys)


def test_cells_of_an_earlier_trial_are_never_repeated(kit: Any, world: Any) -> None:
    world.parent(loss=kit.curve(falling=True))
    longer = first(world)
    world.propose(longer.cells, "t0000", key="by another way")
    again = Playbook().propose(world.context("t0001"), "t0001", k=30)
    assert longer.cells not in [p.cells for p in again]


def test_after_a_tie_on_one_side_the_other_side_is_tried(kit: Any, world: Any) -> None:
    world.parent(loss=kit.curve(falling=True))
    plan = kit.cells({"orchard_steps": 300, "harbour_steps": 300, "mirror": 300})
    name = world.propose(plan, "t0001", key="curate.load:add:mirror", rule="explore_set")
    world.run(name, kit.feedback(0.51), loss=kit.curve(falling=True))
    world.judge(name, "tied", 0.01)
    options = Playbook().propose(world.context(name), name, k=10)
    (back,) = [p for p in options if p.rule == "other_side"]
    assert back.parent == "t0001"
    assert back.hypothesis.changes == ("training",)
    assert name in back.why_parent
    before = Plan.of(world.state.trials["t0001"].cells)
    assert changed_parts(before, Plan.of(back.cells)) == ["train.epochs"]


def test_a_tie_well_to_the_good_is_built_upon(kit: Any, world: Any) -> None:
    world.parent(loss=kit.curve(falling=True))
    plan = kit.cells({"orchard_steps": 300, "harbour_steps": 300, "mirror": 300})
    name = world.propose(plan, "t0001", key="curate.load:add:mirror", rule="explore_set")
    world.run(name, kit.feedback(0.57), loss=kit.curve(falling=True))
    world.judge(name, "tied", 0.07)
    options = Playbook().propose(world.context(name), name, k=10)
    assert {p.parent for p in options} == {name}


def test_a_set_that_has_just_helped_is_not_the_first_to_go(kit: Any) -> None:
    def place(verdict: str, difference: float) -> int:
        world = kit.World().parent()
        plan = kit.cells({**GOOD, "crowd": 300})
        name = world.propose(plan, "t0001", key="curate.load:add:crowd", rule="explore_set")
        world.run(name, kit.feedback(0.6), loss=kit.curve())
        world.judge(name, verdict, difference)
        longer = kit.cells({**GOOD, "crowd": 300}, train={"epochs": 3})
        name = world.propose(longer, name, key="train.epochs:up", rule="more_epochs")
        world.run(name, kit.feedback(0.7), loss=kit.curve())
        world.judge(name, "better", 0.1)
        found = Playbook().propose(world.context(name), name, k=30)
        return [p.change.key for p in found].index("curate.load:drop:crowd")

    assert place("better", 0.1) > place("worse", -0.1)


def test_a_better_parent_is_not_taken_back(kit: Any, world: Any) -> None:
    world.parent(loss=kit.curve(falling=True))
    proposals = Playbook().propose(world.context("t0001"), "t0001", k=10)
    assert not [p for p in proposals if p.rule == "other_side"]


def test_a_person_s_own_curate_cell_is_kept_word_for_word(kit: Any, world: Any) -> None:
    own = "rows = [make(x) for x in range(10)]\nwrite(rows)"
    plan = {**kit.cells({"orchard_steps": 300}), "curate": own}
    world.parent(plan, loss=kit.curve(falling=True), views=LAGGING)
    for proposal in Playbook().propose(world.context("t0001"), "t0001", k=20):
        assert proposal.cells["curate"] == own
        assert proposal.hypothesis.changes == ("training",)


def test_a_person_s_own_train_cell_is_kept_word_for_word(kit: Any, world: Any) -> None:
    own = "for batch in batches:\n    step(batch)"
    world.parent({**kit.cells({"orchard_steps": 300}), "train": own}, views=LAGGING)
    for proposal in Playbook().propose(world.context("t0001"), "t0001", k=20):
        assert proposal.cells["train"] == own
        assert proposal.hypothesis.changes == ("data",)


def test_with_nothing_left_the_playbook_says_so(kit: Any, world: Any) -> None:
    own = dict.fromkeys(("curate", "train", "evaluate"), "mine()")
    with pytest.raises(OutOfIdeasError, match="nothing left") as caught:
        Playbook().propose(world.parent(own).context(), "t0001")
    assert caught.value.fix


def test_with_every_start_made_the_best_trial_started_there_goes_on(kit: Any) -> None:
    small = kit.World(profiles={"phrases": kit.profile(60)}).base()
    name = small.take(first(small, "t0000"))
    small.run(name, small.state.trials["t0000"].feedback.to_dict(), loss=kit.curve(falling=True))
    small.judge(name, "tied", 0.0)
    proposal = first(small, "t0000")
    assert proposal.parent == "t0001"
    assert "every start from t0000 was made" in proposal.why_parent


def test_where_every_change_was_tried_the_next_best_trial_goes_on(kit: Any) -> None:
    own = dict.fromkeys(("curate", "train", "evaluate"), "mine()")
    world = kit.World().parent(own, score=0.6)
    other = world.propose(kit.cells({"orchard_steps": 300}))
    world.run(other, kit.feedback(0.4), loss=kit.curve())
    proposal = Playbook().propose(world.context("t0001"), "t0001")[0]
    assert proposal.parent == other
    assert "every change of t0001 was tried" in proposal.why_parent


def test_an_unknown_parent_is_refused(world: Any) -> None:
    with pytest.raises(UnknownNameError, match="t9999"):
        Playbook().propose(world.parent().context(), "t9999")


def test_the_estimate_grows_with_the_work(kit: Any, world: Any) -> None:
    data = {"orchard_steps": 300, "harbour_steps": 300}
    world.parent(loss=kit.curve(falling=True), data=data, seconds=30.0)
    options = Playbook().propose(world.context("t0001"), "t0001", k=20)
    (longer,) = [p for p in options if p.change.key == "train.epochs:up"]
    (faster,) = [p for p in options if p.change.key == "train.learning_rate:up"]
    assert longer.estimate.seconds is not None
    assert faster.estimate.seconds is not None
    assert longer.estimate.seconds > faster.estimate.seconds + 10


def test_nothing_is_proposed_that_takes_longer_than_is_left(kit: Any) -> None:
    world = kit.World(budget={"trials": 8, "rows": 2000, "seconds": 75})
    world.parent(loss=kit.curve(falling=True), data={"orchard_steps": 300, "harbour_steps": 300})
    left = world.context().budget.seconds_left
    for proposal in Playbook().propose(world.context("t0001"), "t0001", k=20):
        assert (proposal.estimate.seconds or 0.0) <= left


def test_no_prediction_exceeds_what_is_missing(world: Any) -> None:
    world.parent(score=0.97, views={"apples": 1.0, "boats": 1.0, "clouds": 0.91})
    for proposal in Playbook().propose(world.context("t0001"), "t0001", k=20):
        assert proposal.hypothesis.high <= 0.031


def test_a_failed_child_is_mended_before_its_idea_is_lost(kit: Any, world: Any) -> None:
    world.parent()
    plan = kit.cells({"orchard_steps": 300, "harbour_steps": 300, "mirror": 300})
    world.propose(plan, "t0001", key="curate.load:add:mirror", rule="explore_set", high=0.4)
    world.fail("t0002", "INVALID", "rows leak", stage="leakage")
    proposal = first(world)
    assert (proposal.rule, proposal.parent) == ("repair", "t0002")
    assert proposal.change.key == "curate.decontaminate:add"


def test_the_playbook_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, ftassist.agent.backends, ftassist.agent.context, ftassist.agent.evidence\n"
        "heavy = {'torch', 'transformers', 'datasets', 'lm_eval', 'trl', 'peft', 'jsonschema'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
