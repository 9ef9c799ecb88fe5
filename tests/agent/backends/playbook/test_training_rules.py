"""Each rule about training: where it speaks, and where it keeps quiet."""

from __future__ import annotations

from typing import Any

from ftassist.agent.backends.playbook.fresh_angles import ANGLES, FreshAngle
from ftassist.agent.backends.playbook.training_rules import (
    LONGER,
    FewerEpochs,
    LowerRate,
    MoreCapacity,
    MoreEpochs,
    RaiseRate,
)
from ftassist.agent.plan import Plan
from ftassist.trial.cell_arguments import refuse_arguments

LORA = {"method": "lora", "rank": 16, "learning_rate": 3e-3}


def training(edit: Any) -> dict[str, Any]:
    return Plan.of(edit.cells).training


def test_a_loss_still_falling_is_trained_longer(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(loss=kit.curve(falling=True))
    (edit,) = try_rule(MoreEpochs(), world)
    assert training(edit)["epochs"] == 4


def test_a_held_out_loss_still_falling_is_trained_longer(
    kit: Any, world: Any, try_rule: Any
) -> None:
    world.parent(loss=kit.curve(validation=[1.0, 0.8, 0.6, 0.5]))
    assert [edit.key for edit in try_rule(MoreEpochs(), world)] == ["train.epochs:up"]


def longer(kit: Any, world: Any, verdict: str, difference: float) -> Any:
    """A trial that was trained twice as long as its parent, and whose loss still falls."""
    world.parent(loss=kit.curve(falling=True))
    plan = kit.cells({"orchard_steps": 300, "harbour_steps": 300}, train={"epochs": 4})
    name = world.propose(plan, "t0001", key=LONGER, rule="more_epochs", changes=["training"])
    world.run(name, kit.feedback(0.5 + difference), loss=kit.curve(falling=True))
    world.judge(name, verdict, difference)
    return world


def test_epochs_are_not_doubled_again_after_a_tie_within_the_noise(
    kit: Any, world: Any, try_rule: Any
) -> None:
    longer(kit, world, "tied", 0.01)
    assert not try_rule(MoreEpochs(), world, "t0002")
    # What is left is a blind step of one epoch, when nothing else is.
    steps = {edit.key: edit for edit in try_rule(FreshAngle(), world, "t0002")}
    assert training(steps[LONGER])["epochs"] == 5


def test_a_doubling_of_epochs_that_helped_may_be_followed_by_another(
    kit: Any, world: Any, try_rule: Any
) -> None:
    longer(kit, world, "better", 0.1)
    (edit,) = try_rule(MoreEpochs(), world, "t0002")
    assert training(edit)["epochs"] == 8


def test_the_tie_is_remembered_further_down_the_path(kit: Any, world: Any, try_rule: Any) -> None:
    longer(kit, world, "tied", 0.01)
    data = {"orchard_steps": 300, "harbour_steps": 300, "mirror": 300}
    plan = kit.cells(data, train={"epochs": 4})
    name = world.propose(plan, "t0002", key="curate.load:add:mirror")
    world.run(name, kit.feedback(0.6), loss=kit.curve(falling=True))
    world.judge(name, "better", 0.1)
    assert not try_rule(MoreEpochs(), world, name)


def test_a_flat_loss_is_not_trained_longer(kit: Any, world: Any, try_rule: Any) -> None:
    assert not try_rule(MoreEpochs(), world.parent(loss=kit.curve()))


def test_a_rising_held_out_loss_is_not_trained_longer(kit: Any, world: Any, try_rule: Any) -> None:
    loss = kit.curve(falling=True, validation=[0.5, 0.4, 0.45, 0.5])
    assert not try_rule(MoreEpochs(), world.parent(loss=loss))


def test_a_rising_held_out_loss_means_fewer_epochs(kit: Any, world: Any, try_rule: Any) -> None:
    plan = kit.cells({"orchard_steps": 300}, train={"epochs": 6})
    world.parent(plan, loss=kit.curve(falling=True, validation=[0.5, 0.4, 0.45, 0.5]))
    (edit,) = try_rule(FewerEpochs(), world)
    assert training(edit)["epochs"] == 3


def test_a_falling_held_out_loss_keeps_the_epochs(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(loss=kit.curve(validation=[0.5, 0.4, 0.35, 0.34]))
    assert not try_rule(FewerEpochs(), world)


def test_a_jumping_loss_halves_the_learning_rate(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(loss=kit.curve(jumps=[20, 40]))
    (edit,) = try_rule(LowerRate(), world)
    assert training(edit)["learning_rate"] == 5e-4


def test_a_loss_that_ends_where_it_began_halves_the_learning_rate(
    kit: Any, world: Any, try_rule: Any
) -> None:
    world.parent(loss=kit.curve(2.0, 2.1))
    assert [edit.key for edit in try_rule(LowerRate(), world)] == ["train.learning_rate:down"]


def test_a_loss_that_is_not_a_number_halves_the_learning_rate(
    kit: Any, world: Any, try_rule: Any
) -> None:
    assert try_rule(LowerRate(), world.parent(loss=kit.curve(broken=True)))


def test_a_steady_loss_keeps_the_learning_rate(kit: Any, world: Any, try_rule: Any) -> None:
    assert not try_rule(LowerRate(), world.parent(loss=kit.curve()))


def test_a_slow_smooth_loss_doubles_the_learning_rate(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(loss=kit.curve(2.0, 1.5))
    (edit,) = try_rule(RaiseRate(), world)
    assert training(edit)["learning_rate"] == 2e-3


def test_a_loss_that_came_far_keeps_the_learning_rate(kit: Any, world: Any, try_rule: Any) -> None:
    assert not try_rule(RaiseRate(), world.parent(loss=kit.curve(2.0, 0.2)))


def test_a_saturated_adapter_gets_a_higher_rank(kit: Any, world: Any, try_rule: Any) -> None:
    plan = kit.cells({"orchard_steps": 300}, train=LORA)
    (edit,) = try_rule(MoreCapacity(), world.parent(plan, loss=kit.curve(2.0, 1.0)))
    assert training(edit)["rank"] == 32


def test_a_saturated_adapter_of_the_highest_rank_gives_way_to_full_training(
    kit: Any, world: Any, try_rule: Any
) -> None:
    plan = kit.cells({"orchard_steps": 300}, train={**LORA, "rank": 64})
    world.parent(plan, loss=kit.curve(2.0, 1.0))
    (edit,) = try_rule(MoreCapacity(), world)
    assert training(edit)["method"] == "full"
    assert training(edit)["learning_rate"] == 1e-3
    assert "rank" not in training(edit)


def test_full_training_has_no_last_layers(kit: Any, world: Any, try_rule: Any) -> None:
    plan = kit.cells({"orchard_steps": 300}, train={**LORA, "rank": 64, "layers": 8})
    world.parent(plan, loss=kit.curve(2.0, 1.0))
    (edit,) = try_rule(MoreCapacity(), world)
    assert "layers" not in training(edit)
    refuse_arguments(edit.cells)


def test_an_adapter_with_a_low_loss_is_large_enough(kit: Any, world: Any, try_rule: Any) -> None:
    plan = kit.cells({"orchard_steps": 300}, train=LORA)
    assert not try_rule(MoreCapacity(), world.parent(plan, loss=kit.curve(2.0, 0.1)))


def test_full_training_has_no_rank_to_raise(kit: Any, world: Any, try_rule: Any) -> None:
    assert not try_rule(MoreCapacity(), world.parent(loss=kit.curve(2.0, 1.0)))


def test_every_fresh_angle_changes_one_argument(kit: Any, world: Any, try_rule: Any) -> None:
    plan = kit.cells({"orchard_steps": 300}, train={**LORA, "epochs": 6})
    keys = [edit.key for edit in try_rule(FreshAngle(), world.parent(plan))]
    assert len(keys) == len(set(keys)) == len(ANGLES)


def test_a_fresh_angle_needs_a_train_cell_it_can_read(kit: Any, world: Any, try_rule: Any) -> None:
    plan = {**kit.cells({"orchard_steps": 300}), "train": "print('my own loop')"}
    assert not try_rule(FreshAngle(), world.parent(plan))
