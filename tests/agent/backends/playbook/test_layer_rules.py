"""Half the layers for twice as long: only where steps lack, time is short, and a CPU trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ftassist.agent.backends.playbook.layer_rules import LastLayers
from ftassist.agent.cost import estimate
from ftassist.agent.difference import difference
from ftassist.agent.plan import Plan
from ftassist.agent.situation import Situation
from ftassist.journal.events import Kind

SPEED = {
    "tokens_a_second": 250.0,
    "fixed_seconds": 10.0,
    "tokens_a_row": {"questions": 28.0},
    "width": 576,
    "layers": 30,
    "device": "cpu",
    "architecture": "llama",
}
TRAINED = {"method": "lora", "rank": 16, "learning_rate": 1e-3, "epochs": 4, "batch_size": 16}
World = Callable[..., Any]


@pytest.fixture
def trained(kit: Any) -> World:
    """A campaign whose first trial took 1,294 s, 906 of them to train 2,000 rows four times."""

    def make(
        seconds: float = 16_400,
        falling: bool = True,
        train: dict[str, Any] | None = None,
        **speed: Any,
    ) -> Any:
        world = kit.World(
            model="org/model",
            profiles={"questions": kit.profile(9_000)},
            budget={"trials": 8, "rows": 2000, "seconds": seconds},
        ).base()
        world.tell(Kind.SPEED_MEASURED, {**SPEED, **speed}, None)
        name = world.propose(kit.cells({"questions": 2000}, train=train or TRAINED))
        loss = kit.curve(falling=falling)
        world.run(name, kit.feedback(0.5), loss=loss, data={"questions": 2000}, seconds=1_294)
        return world

    return make


def test_a_longer_training_that_does_not_fit_is_one_of_half_the_layers(
    trained: World, try_rule: Any
) -> None:
    world = trained()
    (edit,) = try_rule(LastLayers(), world, parts=2)
    training = Plan.of(edit.cells).training
    assert (training["layers"], training["epochs"]) == (15, 8)
    assert edit.key == "train.layers:down"
    told = difference(world.state.trials["t0001"].cells, edit.cells).text
    assert told == "epochs 4 → 8, last layers all → 15"
    at = Situation.of(world.context("t0001"), "t0001")
    (finding,) = LastLayers().applies(at)
    assert "does not fit" in edit.statement
    assert [e.claim for e in finding.evidence][-1] == "seconds its training took"


@pytest.mark.parametrize(
    "other",
    [
        {"seconds": 40_000},
        {"seconds": 6_000},
        {"falling": False},
        {"device": "cuda"},
        {"layers": 4},
        {"train": {**TRAINED, "layers": 10}},
        {"train": {**TRAINED, "method": "full", "rank": None}},
    ],
    ids=["it fits", "half does not", "flat", "a GPU", "small", "already", "all weights"],
)
def test_elsewhere_all_layers_are_trained(
    other: dict[str, Any], trained: World, try_rule: Any
) -> None:
    assert not try_rule(LastLayers(), trained(**other), parts=2)


def test_a_further_epoch_of_half_the_layers_is_estimated_at_half(trained: World, kit: Any) -> None:
    at = Situation.of(trained().context("t0001"), "t0001")

    def seconds(**changes: Any) -> float:
        cells = kit.cells({"questions": 2000}, train={**TRAINED, **changes})
        found = estimate(at, cells).seconds
        assert found is not None
        return found

    whole = seconds(epochs=8) - seconds(epochs=4)
    assert seconds(epochs=8, layers=15) - seconds(epochs=4, layers=15) == pytest.approx(
        whole / 2, rel=0.01
    )
    once = whole / 4 / 6  # a forward pass of the lower half: a third of half an epoch
    assert seconds(layers=15) - seconds() == pytest.approx(once - 2 * whole / 4, rel=0.1)
