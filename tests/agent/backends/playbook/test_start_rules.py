"""The first plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.backends.playbook.start_rules import Start
from ftassist.agent.plan import Plan


def test_the_first_plan_covers_the_views_with_clean_worked_sets(world: Any, try_rule: Any) -> None:
    first = try_rule(Start(), world.base(), "t0000")[0]
    assert set(Plan.of(first.cells).sets) == {"orchard_steps", "harbour_steps", "weather_steps"}


def test_the_first_plan_keeps_a_small_row_cap(kit: Any, try_rule: Any) -> None:
    small = kit.World(budget={"trials": 8, "rows": 90, "seconds": 60}).base()
    for edit in try_rule(Start(), small, "t0000"):
        assert sum(n or 0 for n in Plan.of(edit.cells).sets.values()) <= 90


@pytest.mark.parametrize(("longest", "asked"), [(512, 512), (256, None)])
def test_rows_as_long_as_the_card_expects_are_not_cut(
    longest: int, asked: int | None, kit: Any, try_rule: Any
) -> None:
    there = kit.World(card=replace(kit.CARD, max_length=longest)).base()
    first = try_rule(Start(), there, "t0000")[0]
    assert Plan.of(first.cells).training.get("max_length") == asked


@pytest.mark.parametrize(("tokens", "batch"), [(0, 32), (128, 32), (129, 16), (300, 8), (9000, 4)])
def test_the_longer_the_rows_the_smaller_the_batches(
    tokens: int, batch: int, kit: Any, try_rule: Any
) -> None:
    long = {**kit.profile(), "prompt_tokens": {"p50": tokens}, "response_tokens": None}
    there = kit.World(profiles={"phrases": long}).base()
    first = try_rule(Start(), there, "t0000")[0]
    assert Plan.of(first.cells).training["batch_size"] == batch


def test_the_first_plan_takes_out_repeats_and_leaks(world: Any, try_rule: Any) -> None:
    plan = Plan.of(try_rule(Start(), world.base(), "t0000")[0].cells)
    assert plan.operator("curate.deduplicate")
    assert plan.operator("curate.decontaminate")


def test_of_many_views_each_gets_a_set_at_once_even_a_skewed_one(kit: Any, try_rule: Any) -> None:
    views = {name: f"questions on {name}" for name in ("ants", "bees", "cats", "dogs", "emus")}
    profiles = {f"{name}_rows": kit.profile(description=about) for name, about in views.items()}
    profiles["ants_rows"] = kit.profile(
        worked=0.0, answers={"1": 0.8, "2": 0.2}, description=views["ants"]
    )
    there = kit.World(card=replace(kit.CARD, views=views), profiles=profiles).base()
    first = try_rule(Start(), there, "t0000")[0]
    assert set(Plan.of(first.cells).sets) == set(profiles)


@pytest.mark.parametrize("short", ["almanac", "weather"])
def test_of_sets_that_are_as_good_the_one_with_shorter_rows_comes_first(
    short: str, kit: Any, try_rule: Any
) -> None:
    views = {"all": "questions on rain"}
    lengths = {name: 40 if name == short else 90 for name in ("almanac", "weather")}
    profiles = {
        name: {
            **kit.profile(description="questions on rain"),
            "prompt_characters": {"p50": length},
        }
        for name, length in lengths.items()
    }
    there = kit.World(card=replace(kit.CARD, views=views), profiles=profiles).base()
    first = try_rule(Start(), there, "t0000")[0]
    assert set(Plan.of(first.cells).sets) == {short}


def test_starts_differ_from_each_other(world: Any, try_rule: Any) -> None:
    keys = [edit.key for edit in try_rule(Start(), world.base(), "t0000")]
    assert len(keys) >= 3
    assert len(set(keys)) == len(keys)


def test_without_a_good_set_the_best_there_is_is_taken(kit: Any, try_rule: Any) -> None:
    poor = kit.World(profiles={"recipes": kit.PROFILES["recipes"]}).base()
    assert set(Plan.of(try_rule(Start(), poor, "t0000")[0].cells).sets) == {"recipes"}


def test_another_model_starts_with_an_adapter_at_its_rate(kit: Any, try_rule: Any) -> None:
    other = kit.World(model="Qwen/Qwen2.5-7B-Instruct").base()
    training = Plan.of(try_rule(Start(), other, "t0000")[0].cells).training
    assert training["method"] == "lora"
    assert training["learning_rate"] == 5e-4


def test_a_trained_parent_is_no_start(world: Any, try_rule: Any) -> None:
    assert not try_rule(Start(), world.parent())
