"""What the playbook does about each class of failure."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent import context as context_module
from ftassist.agent.backends.playbook.repair_rules import Repair
from ftassist.agent.plan import Plan
from ftassist.journal.events import Kind
from ftassist.trial.failures import FailureClass


def failed(world: Any, kit: Any, kind: str, message: str = "", **more: Any) -> Any:
    """A better parent t0001 and a failed child t0002."""
    world.parent()
    plan = more.pop("plan", kit.cells({"orchard_steps": 300, "mirror": 300}))
    world.propose(plan, "t0001", key="curate.load:add:mirror", rule="explore_set")
    world.fail("t0002", kind, message, **more)
    return world


@pytest.mark.parametrize("kind", list(FailureClass))
def test_every_class_of_failure_has_an_answer(
    kind: str, kit: Any, world: Any, try_rule: Any
) -> None:
    messages = {
        "DATA": "empty data after filters: deduplicate left no row",
        "INVALID": "3 rows repeat evaluation items",
    }
    plan = kit.cells(
        {"orchard_steps": 300, "mirror": 300},
        operators=[kit.operator("deduplicate")],
        train={"learning_rate": 0.5},
    )
    stage = "curate" if kind == "DATA" else "train"
    failed(world, kit, kind, messages.get(kind, ""), plan=plan, stage=stage)
    (edit,) = try_rule(Repair(), world)
    assert edit.parent == "t0002"
    assert "t0002" in edit.statement


def test_system_turns_a_template_refuses_are_folded(kit: Any, world: Any, try_rule: Any) -> None:
    message = "row 3: the chat template takes no system turn: it says 'System role not supported'"
    (edit,) = try_rule(Repair(), failed(world, kit, "DATA", message, stage="train"))
    assert Plan.of(edit.cells).operator("curate.fold_system")
    assert Plan.of(edit.cells).sets == {"orchard_steps": 300, "mirror": 300}


def test_leaked_rows_are_left_out(kit: Any, world: Any, try_rule: Any) -> None:
    (edit,) = try_rule(Repair(), failed(world, kit, "INVALID", "90 rows leak", stage="leakage"))
    assert Plan.of(edit.cells).operator("curate.decontaminate")
    assert Plan.of(edit.cells).sets == {"orchard_steps": 300, "mirror": 300}


def test_a_set_that_leaks_all_the_same_is_left_out(kit: Any, world: Any, try_rule: Any) -> None:
    plan = kit.cells(
        {"orchard_steps": 300, "mirror": 300}, operators=[kit.operator("decontaminate")]
    )
    (edit,) = try_rule(
        Repair(), failed(world, kit, "INVALID", "rows of mirror", plan=plan, stage="leakage")
    )
    assert list(Plan.of(edit.cells).sets) == ["orchard_steps"]


def test_what_was_refused_as_cheating_is_not_mended(kit: Any, world: Any, try_rule: Any) -> None:
    message = "the model does not descend from the base"
    assert not try_rule(Repair(), failed(world, kit, "INVALID", message, stage="evaluate"))


def test_a_disturbed_evaluator_is_asked_again(kit: Any, world: Any, try_rule: Any) -> None:
    message = "the evaluator's own code or data changed since it started"
    (edit,) = try_rule(Repair(), failed(world, kit, "INVALID", message, stage="evaluate"))
    assert edit.again


def test_memory_is_saved_without_changing_the_effective_batch(
    kit: Any, world: Any, try_rule: Any
) -> None:
    (edit,) = try_rule(Repair(), failed(world, kit, "OOM", "out of memory"))
    training = Plan.of(edit.cells).training
    assert (training["batch_size"], training["accumulation"]) == (16, 2)


def test_an_odd_batch_keeps_its_effective_size(kit: Any, world: Any, try_rule: Any) -> None:
    plan = kit.cells({"orchard_steps": 300}, train={"batch_size": 6, "accumulation": 5})
    (edit,) = try_rule(Repair(), failed(world, kit, "OOM", "out of memory", plan=plan))
    training = Plan.of(edit.cells).training
    assert (training["batch_size"], training["accumulation"]) == (3, 10)


@pytest.mark.parametrize(
    ("four_bit", "key"), [(True, "train.method:qlora"), (False, "train.max_length:down")]
)
def test_with_one_row_at_a_time_left_a_gpu_holds_the_base_in_four_bits(
    kit: Any, world: Any, try_rule: Any, monkeypatch: Any, four_bit: bool, key: str
) -> None:
    monkeypatch.setattr(context_module, "find_spec", lambda _: four_bit or None)
    train = {"batch_size": 1, "method": "lora", "rank": 8}
    plan = kit.cells({"orchard_steps": 300}, train=train)
    told = failed(world, kit, "OOM", "out of memory", plan=plan)
    gpu = {"index": 0, "name": "a GPU", "memory_mb": 8000}
    world.tell(Kind.TRIAL_STARTED, {"gpu": gpu}, "t0002")
    world.tell(Kind.TRIAL_FAILED, {"class": "OOM", "stage": "train", "message": "m"}, "t0002")
    (edit,) = try_rule(Repair(), told)
    assert edit.key == key


def test_an_exploded_loss_gets_a_third_of_the_rate(kit: Any, world: Any, try_rule: Any) -> None:
    (edit,) = try_rule(Repair(), failed(world, kit, "CONFIG", "training exploded at step 9"))
    assert Plan.of(edit.cells).training["learning_rate"] == 3.3e-4


def test_a_timeout_means_fewer_epochs_when_there_are_many(
    kit: Any, world: Any, try_rule: Any
) -> None:
    plan = kit.cells({"orchard_steps": 300}, train={"epochs": 6})
    (edit,) = try_rule(Repair(), failed(world, kit, "TIMEOUT", plan=plan))
    assert Plan.of(edit.cells).training["epochs"] == 3


def test_a_timeout_means_fewer_rows_when_epochs_are_few(
    kit: Any, world: Any, try_rule: Any
) -> None:
    (edit,) = try_rule(Repair(), failed(world, kit, "TIMEOUT"))
    assert Plan.of(edit.cells).sets == {"orchard_steps": 150, "mirror": 150}


def test_the_operator_that_left_nothing_is_taken_out(kit: Any, world: Any, try_rule: Any) -> None:
    plan = kit.cells({"orchard_steps": 300}, operators=[kit.operator("filter_labels")])
    message = "empty data after filters: filter_labels left no row"
    (edit,) = try_rule(Repair(), failed(world, kit, "DATA", message, plan=plan))
    assert Plan.of(edit.cells).operator("curate.filter_labels") is None


def test_a_set_that_cannot_be_read_is_left_out(kit: Any, world: Any, try_rule: Any) -> None:
    message = "field 'reply' is missing\n  where: set 'mirror' row 3"
    (edit,) = try_rule(Repair(), failed(world, kit, "DATA", message))
    assert list(Plan.of(edit.cells).sets) == ["orchard_steps"]


def test_too_many_rows_are_sampled_to_the_cap(kit: Any, world: Any, try_rule: Any) -> None:
    (edit,) = try_rule(Repair(), failed(world, kit, "BUDGET", "3,000 training rows"))
    sample = Plan.of(edit.cells).operator("curate.sample")
    assert sample is not None
    assert sample.positional == (2000,)


def test_a_failure_of_the_environment_is_tried_again(kit: Any, world: Any, try_rule: Any) -> None:
    (edit,) = try_rule(Repair(), failed(world, kit, "ENV", "no space left"))
    assert edit.again
    assert edit.cells == world.state.trials["t0002"].cells


def test_a_repair_is_made_from_the_failed_trial_itself_when_asked(
    kit: Any, world: Any, try_rule: Any
) -> None:
    failed(world, kit, "OOM")
    assert [edit.parent for edit in try_rule(Repair(), world, "t0002")] == ["t0002"]


def test_what_was_mended_is_not_mended_again(kit: Any, world: Any, try_rule: Any) -> None:
    failed(world, kit, "OOM")
    world.propose(kit.cells({"orchard_steps": 299}), "t0002", key="x", rule="repair")
    assert not try_rule(Repair(), world)


def test_an_idea_is_given_up_after_two_repairs(kit: Any, world: Any, try_rule: Any) -> None:
    failed(world, kit, "OOM")
    for number, parent in ((3, "t0002"), (4, "t0003")):
        plan = kit.cells({"orchard_steps": 290 + number, "mirror": 300})
        name = world.propose(plan, parent, key=f"x{number}", rule="repair")
        world.fail(name, "OOM")
    assert not try_rule(Repair(), world)


def test_what_a_person_stopped_is_not_mended(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent()
    world.propose(kit.cells({"mirror": 300}), "t0001", key="x")
    world.tell("decision.accepted", {"seen": 0}, "t0002")
    world.tell("trial.stopped", {"reason": "asked for"}, "t0002")
    assert not try_rule(Repair(), world)


def test_scored_trials_need_no_repair(world: Any, try_rule: Any) -> None:
    assert not try_rule(Repair(), world.parent())
