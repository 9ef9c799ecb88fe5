"""What differs between two trials is computed from their cells."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from ftassist.agent.difference import difference
from ftassist.agent.plan import Plan, with_trainer
from ftassist.agent.training_settings import DEFAULTS

GOOD = {"orchard_steps": 300, "harbour_steps": 300}


def changed(kit: Any, sets: Any = None, train: Any = None, before: Any = None, **more: Any) -> Any:
    old = kit.cells(GOOD, train=before or {"learning_rate": 1e-3, "epochs": 2})
    new = kit.cells(sets or GOOD, train=train or {"learning_rate": 1e-3, "epochs": 2}, **more)
    return difference(old, new)


def test_equal_cells_do_not_differ(kit: Any) -> None:
    found = changed(kit)
    assert (found.parts, found.key, found.text) == ((), "none", "nothing is changed")


@pytest.mark.parametrize(
    ("train", "key", "text"),
    [
        ({"learning_rate": 5e-4, "epochs": 2}, "train.learning_rate:down", "1e-3"),
        ({"learning_rate": 1e-3, "epochs": 4}, "train.epochs:up", "epochs 2 → 4"),
        (
            {"learning_rate": 1e-3, "epochs": 2, "max_steps": 40},
            "train.max_steps",
            "most steps no limit → 40",
        ),
        ({"learning_rate": 1e-3}, "none", "nothing is changed"),  # two epochs are the default
    ],
)
def test_one_argument_is_one_part(kit: Any, train: Any, key: str, text: str) -> None:
    found = changed(kit, train=train)
    assert found.key == key
    if "e-" not in text:
        assert found.text == text


def test_what_is_not_said_is_as_the_trainer_has_it(kit: Any) -> None:
    plan = Plan.of(kit.cells(GOOD))
    assert plan.train is not None
    silent, one, two = (
        plan.with_stage("train", with_trainer(plan.train, "train.dpo", **given))
        for given in ({}, {"epochs": 1}, {"epochs": 2})
    )
    assert difference(silent, two).text == "epochs 1 → 2"
    assert difference(silent, one).parts == ()


def test_a_method_takes_its_rank_along_and_nothing_else(kit: Any) -> None:
    full = {"method": "full", "learning_rate": 1e-3, "epochs": 2}
    lora = {"method": "lora", "rank": 16, "learning_rate": 3e-3, "epochs": 4}
    found = changed(kit, train=lora, before=full)
    assert [part.key for part in found.parts] == [
        "train.method:lora",
        "train.learning_rate:up",
        "train.epochs:up",
    ]
    assert found.key.startswith("several:")
    assert found.text == "method full training → LoRA, learning rate 0.001 → 0.003, epochs 2 → 4"


@pytest.mark.parametrize(
    ("sets", "key"),
    [
        ({**GOOD, "crowd": 300}, "curate.load:add:crowd"),
        ({"orchard_steps": 300}, "curate.load:drop:harbour_steps"),
        ({"orchard_steps": 300, "harbour_steps": 400}, "curate.load:more:harbour_steps"),
        ({"orchard_steps": 400, "harbour_steps": 400}, "curate.load:rows:up"),
        ({"orchard_steps": 200, "harbour_steps": 200}, "curate.load:rows:down"),
        ({"orchard_steps": 400, "harbour_steps": 200}, "curate.load:even"),
    ],
)
def test_sets_are_told_apart_by_what_comes_goes_and_grows(kit: Any, sets: Any, key: str) -> None:
    assert changed(kit, sets).key == key


def test_another_set_is_more_rows_as_well(kit: Any) -> None:
    assert "curate.load:rows:up" in changed(kit, {**GOOD, "crowd": 300}).keys


def test_an_operator_is_a_part(kit: Any) -> None:
    found = changed(kit, operators=[kit.operator("deduplicate")])
    assert (found.key, found.sides) == ("curate.deduplicate:add", ("data",))


def test_a_cell_of_ones_own_is_one_part_as_a_whole(kit: Any) -> None:
    old = kit.cells(GOOD)
    found = difference(old, {**old, "train": "for x in range(3):\n    print(x)\n"})
    assert [part.key for part in found.parts] == ["train:cell"]


def test_printing_changes_nothing(kit: Any) -> None:
    old = kit.cells(GOOD)
    assert difference(old, {**old, "train": f"{old['train']}\nprint('done')\n"}).parts == ()


def test_the_defaults_are_those_of_the_recipe() -> None:
    from ftassist.recipes import train

    taken = inspect.signature(train.sft).parameters
    shared = DEFAULTS.keys() - {"learning_rate", "generations", "supervised"}
    assert {name: taken[name].default for name in shared} == {n: DEFAULTS[n] for n in shared}
