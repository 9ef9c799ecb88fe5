"""Vetoes and their reasons are heeded."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.difference import difference
from ftassist.agent.follow_line import follow_line
from ftassist.agent.plan import Plan
from ftassist.agent.sets import read_sets
from ftassist.agent.vetoes import read_bans
from ftassist.journal.events import Kind

LAGGING = {"apples": 0.7, "boats": 0.7, "clouds": 0.1}


def vetoed(world: Any, reason: str, **more: Any) -> Any:
    """A parent t0001 whose first proposed child was vetoed."""
    world.parent(**{"views": LAGGING, **more})
    world.veto(world.take(Playbook().propose(world.context("t0001"), "t0001")[0]), reason)
    return world


def proposals(world: Any, parent: str = "t0001") -> Any:
    return Playbook().propose(world.context(parent), parent, k=30)


def banned(world: Any) -> set[str]:
    context = world.context()
    sets = read_sets(context.profiles, context.task)
    return {name for ban in read_bans(context, sets) for name in ban.sets}


def follows(world: Any, proposal: Any) -> str:
    """The line that goes with a proposal."""
    return follow_line(world.context(proposal.parent), proposal.parent, proposal.cells)


def test_a_vetoed_change_is_not_proposed_again(world: Any) -> None:
    vetoed(world, "I do not like it")
    key = world.state.trials["t0002"].proposal.change.key
    assert key not in [p.change.key for p in proposals(world)]


def test_the_next_hypothesis_says_why_the_vetoed_change_does_not_come_again(world: Any) -> None:
    proposal = proposals(vetoed(world, "I am not convinced"))[0]
    assert 't0002 was vetoed ("I am not convinced")' in proposal.hypothesis.cause


def test_a_reason_that_was_not_understood_is_never_said_to_be_heeded(world: Any) -> None:
    proposal = proposals(vetoed(world, "I am not convinced"))[0]
    assert "heed" not in f"{proposal.hypothesis.statement} {proposal.hypothesis.cause}"
    assert follows(world, proposal) == "your reason for the veto of t0002 is kept as a note"


def test_what_was_asked_for_comes_next_and_what_was_ruled_out_does_not(world: Any) -> None:
    vetoed(world, "no more rows, change the learning rate instead")
    found = proposals(world)
    assert found[0].change.key.startswith("train.learning_rate:")
    for proposal in found:
        keys = difference(world.state.trials["t0001"].cells, proposal.cells).keys
        assert "curate.load:rows:up" not in keys, proposal.change.key


def test_a_proposal_says_in_one_line_how_it_follows(world: Any) -> None:
    vetoed(world, "no more rows, lower the learning rate instead")
    assert follows(world, proposals(world)[0]) == (
        "learning rate 0.001 → 5e−4 (your wish) · avoids more rows (your veto of t0002)"
    )


def test_a_named_value_is_what_is_tried(world: Any) -> None:
    vetoed(world, "use a learning rate of 2e-4")
    first = proposals(world)[0]
    assert Plan.of(first.cells).training["learning_rate"] == 2e-4
    assert "→ 2e−4 (your wish)" in follows(world, first)


def test_a_wish_that_cannot_be_met_is_said_not_to_be(world: Any) -> None:
    vetoed(world, "try distillation")  # no teacher is named
    assert follows(world, proposals(world)[0]) == "does not try distillation yet"


def test_a_proposal_against_a_veto_is_called_so(kit: Any, world: Any) -> None:
    vetoed(world, "no more rows")
    more = kit.cells({"orchard_steps": 480, "harbour_steps": 480})
    context = world.context("t0001")
    assert follow_line(context, "t0001", more) == "against your veto of t0002: more rows"


def test_a_wish_is_met_once(kit: Any, world: Any) -> None:
    vetoed(world, "train longer")
    first = proposals(world)[0]
    assert first.change.key == "train.epochs:up"
    name = world.take(first)
    world.run(name, kit.feedback(0.5, LAGGING), loss=kit.curve())
    world.judge(name, "tied", 0.0)
    assert not [p for p in proposals(world) if p.rule == "asked_for"]


def test_a_correction_by_the_person_is_what_counts(world: Any) -> None:
    vetoed(world, "no more rows")
    read = {"avoid": [], "try": [{"key": "train.rank:up", "words": "a higher rank"}]}
    payload = {"understood": {**read, "note": False, "by": "person:ada"}, "seen": 0}
    world.tell(Kind.DECISION_UNDERSTOOD, payload, "t0002", actor="person:ada")
    context = world.context("t0001")
    (ban,) = read_bans(context, read_sets(context.profiles, context.task))
    assert ban.avoid == ()


def test_a_vetoed_change_comes_back_when_the_evidence_changes(kit: Any, world: Any) -> None:
    vetoed(world, "not now")
    key = world.state.trials["t0002"].proposal.change.key
    plan = kit.cells({"orchard_steps": 300, "harbour_steps": 300}, train={"epochs": 3})
    name = world.propose(plan, "t0001", key="train.epochs:up", rule="more_epochs")
    world.run(name, kit.feedback(0.5, LAGGING), loss=kit.curve())
    world.judge(name, "tied", 0.0)
    assert key in [p.change.key for p in proposals(world, name)]


def test_an_older_verdict_does_not_bring_a_vetoed_change_back(kit: Any, world: Any) -> None:
    world.parent(views=LAGGING)
    plan = kit.cells({"orchard_steps": 300, "harbour_steps": 300}, train={"epochs": 3})
    name = world.propose(plan, "t0001", key="train.epochs:up", rule="more_epochs")
    world.run(name, kit.feedback(0.5, LAGGING), loss=kit.curve())
    world.judge(name, "tied", 0.0)
    vetoed_trial = world.take(Playbook().propose(world.context("t0001"), "t0001")[0])
    world.veto(vetoed_trial, "no thanks")
    key = world.state.trials[vetoed_trial].proposal.change.key
    assert key not in [p.change.key for p in proposals(world, name)]


def test_a_set_named_in_a_reason_is_kept_out(world: Any) -> None:
    vetoed(world, "do not use weather_steps")
    for proposal in proposals(world):
        assert "weather_steps" not in Plan.of(proposal.cells).sets


def test_a_set_may_be_named_with_spaces(world: Any) -> None:
    assert banned(vetoed(world, "leave the Weather Steps alone, do not use them")) >= set()
    assert "weather_steps" in banned(vetoed(type(world)(), "the weather steps are copied"))


def test_a_named_set_in_the_mix_is_taken_out_first(kit: Any, world: Any) -> None:
    plan = kit.cells({"orchard_steps": 300, "crowd": 300})
    vetoed(world, "do not use crowd", plan=plan)
    proposal = proposals(world)[0]
    assert proposal.change.key == "curate.load:drop:crowd"
    assert "crowd" not in Plan.of(proposal.cells).sets


@pytest.mark.parametrize(
    ("reason", "names"),
    [
        ("no answers without work, please", {"bulk_answers", "polls", "recipes"}),
        ("bare answers teach nothing", {"bulk_answers", "polls", "recipes"}),
        ("I do not trust noisy sources", {"crowd"}),
        ("too many duplicates in there", {"log"}),
        ("no volunteers", {"crowd"}),
        ("never use synthetic rows", {"machine_made"}),
        ("I am not convinced", set()),
    ],
)
def test_a_reason_keeps_sets_out_by_what_it_says(
    reason: str, names: set[str], kit: Any, world: Any
) -> None:
    world.profiles["machine_made"] = kit.profile(description="Synthetic rows from a program.")
    assert banned(vetoed(world, reason)) == names


@pytest.mark.parametrize(
    ("reason", "start"),
    [
        ("leave the learning rate alone", "train.learning_rate"),
        ("no more epochs", "train.epochs"),
        ("keep full training", "train.method:lora"),
        ("do not balance", "curate.balance"),
    ],
)
def test_a_reason_forbids_changes_of_what_it_names(reason: str, start: str, world: Any) -> None:
    assert not [
        p.change.key for p in proposals(vetoed(world, reason)) if p.change.key.startswith(start)
    ]


def test_keeping_an_adapter_forbids_full_training(kit: Any, world: Any) -> None:
    lora = {"method": "lora", "rank": 64, "learning_rate": 3e-3}
    plan = kit.cells({"orchard_steps": 480}, train=lora)
    vetoed(world, "keep LoRA", plan=plan, loss=kit.curve(2.0, 1.2))
    assert "train.method:full" not in [p.change.key for p in proposals(world)]


def test_keeping_a_set_forbids_leaving_it_out(kit: Any, world: Any) -> None:
    plan = kit.cells({"orchard_steps": 300, "mirror": 300})
    vetoed(world, "keep mirror in", plan=plan)
    keys = [p.change.key for p in proposals(world)]
    assert "curate.load:drop:mirror" not in keys


def test_a_vetoed_start_is_followed_by_another_start(world: Any) -> None:
    world.base()
    veto = world.take(Playbook().propose(world.context("t0000"), "t0000")[0])
    world.veto(veto, "do not use orchard_steps")
    proposal = Playbook().propose(world.context("t0000"), "t0000")[0]
    assert proposal.rule == "start"
    assert "orchard_steps" not in Plan.of(proposal.cells).sets
    assert follows(world, proposal) == f"avoids orchard_steps (your veto of {veto})"


def vetoed_start(world: Any, *reasons: str) -> Any:
    """The proposal that follows when one first plan after another is vetoed."""
    world.base()
    for reason in reasons:
        world.veto(world.take(Playbook().propose(world.context("t0000"), "t0000")[0]), reason)
    return Playbook().propose(world.context("t0000"), "t0000")[0]


@pytest.mark.parametrize(
    ("reason", "name", "value"),
    [
        ("no more rows, lower the learning rate instead", "learning_rate", 5e-4),
        ("use LoRA with rank 8", "rank", 8),
        ("3 epochs, please: use 3 epochs", "epochs", 3),
        ("no full fine-tuning", "method", "lora"),
    ],
)
def test_a_vetoed_first_plan_comes_again_as_the_person_wants_it(
    world: Any, reason: str, name: str, value: object
) -> None:
    proposal = vetoed_start(world, reason)
    vetoed_plan = Plan.of(world.state.trials["t0001"].cells)
    assert Plan.of(proposal.cells).training[name] == value
    assert Plan.of(proposal.cells).sets == vetoed_plan.sets
    assert follows(world, proposal)
    assert "yet" not in follows(world, proposal)


def test_a_number_of_rows_for_the_first_plan_is_kept_to(world: Any) -> None:
    proposal = vetoed_start(world, "only 200 rows")
    assert sum(count or 0 for count in Plan.of(proposal.cells).sets.values()) == 200
    assert "200 (your wish)" in follows(world, proposal)


def test_what_vetoes_of_first_plans_ask_for_adds_up(world: Any) -> None:
    proposal = vetoed_start(world, "lower the learning rate", "train longer")
    first = Plan.of(world.state.trials["t0001"].cells).training
    training = Plan.of(proposal.cells).training
    assert training["learning_rate"] == first["learning_rate"] / 2
    assert training["epochs"] == first["epochs"] * 2


def test_a_later_veto_rules_out_what_an_earlier_one_asked_for(world: Any) -> None:
    proposal = vetoed_start(world, "use LoRA", "no LoRA, train longer")
    first = Plan.of(world.state.trials["t0001"].cells).training
    training = Plan.of(proposal.cells).training
    assert (training["method"], training["epochs"]) == ("full", first["epochs"] * 2)
    assert "LoRA yet" not in follows(world, proposal)


def test_a_later_wish_lifts_an_earlier_ban(world: Any) -> None:
    proposal = vetoed_start(world, "no LoRA", "use LoRA")
    assert Plan.of(proposal.cells).training["method"] == "lora"
    assert "against" not in follows(world, proposal)


def test_what_is_missed_is_said_once(world: Any) -> None:
    vetoed(world, "try distillation")
    world.veto(world.take(proposals(world)[0]), "try distillation")
    assert follows(world, proposals(world)[0]).count("distillation") == 1
