"""Several devices for a longer training: only where one is too slow and a machine has more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ftassist.agent.backends.playbook.device_rules import MoreDevices
from ftassist.agent.cost import estimate, shared_speed
from ftassist.agent.plan import Plan
from ftassist.agent.situation import Situation
from ftassist.journal.events import Kind

SPEED = {
    "tokens_a_second": 250.0,
    "fixed_seconds": 10.0,
    "tokens_a_row": {"questions": 28.0},
    "width": 576,
    "layers": 30,
    "device": "cuda",
    "architecture": "llama",
}
TRAINED = {"method": "lora", "rank": 16, "learning_rate": 1e-3, "epochs": 4, "batch_size": 16}
World = Callable[..., Any]


@pytest.fixture
def trained(kit: Any) -> World:
    """A campaign whose first trial trained 2,000 rows four times in some 900 s on one device."""

    def make(
        devices: int = 4,
        executor: str = "local",
        seconds: float = 16_400,
        falling: bool = True,
        train: dict[str, Any] | None = None,
    ) -> Any:
        world = kit.World(
            model="org/model",
            profiles={"questions": kit.profile(9_000)},
            budget={"trials": 8, "rows": 2000, "seconds": seconds},
        ).base()
        started = {"pid": 1, "host": "h", "devices": devices, "executor": executor}
        world.tell(Kind.RUNNER_STARTED, started, None)
        world.tell(Kind.SPEED_MEASURED, SPEED, None)
        name = world.propose(kit.cells({"questions": 2000}, train=train or TRAINED))
        loss = kit.curve(falling=falling)
        world.run(name, kit.feedback(0.5), loss=loss, data={"questions": 2000}, seconds=1_294)
        return world

    return make


def test_a_longer_training_that_does_not_fit_on_one_device_is_shared_by_as_few_as_it_takes(
    trained: World, try_rule: Any
) -> None:
    world = trained()
    (edit,) = try_rule(MoreDevices(), world, parts=2)
    training = Plan.of(edit.cells).training
    assert (training["devices"], training["epochs"]) == (2, 8)
    assert "8 of 16 rows a device" in edit.description
    at = Situation.of(world.context("t0001"), "t0001")
    assert at.context.device["devices"] == 4
    one = {**edit.cells, "train": edit.cells["train"].replace("devices=2", "devices=1")}
    both = estimate(at, edit.cells).seconds, estimate(at, one).seconds
    assert both[0] is not None
    assert both[1] is not None
    assert both[0] < both[1]
    assert shared_speed(1) == 1.0


@pytest.mark.parametrize(
    "other",
    [
        {"devices": 1},
        {"executor": "ray"},
        {"seconds": 40_000},
        {"falling": False},
        {"train": {**TRAINED, "devices": 2}},
        {"train": {**TRAINED, "batch_size": 5}},
    ],
    ids=["one device", "elsewhere", "it fits", "flat", "already", "a batch that cannot be shared"],
)
def test_elsewhere_one_device_trains(other: dict[str, Any], trained: World, try_rule: Any) -> None:
    assert not try_rule(MoreDevices(), trained(**other), parts=2)
