"""Numbers of a text against the record: rounding is fine, invention is told."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.cited_numbers import numbers_in, unknown_numbers


def told(world: Any, text: str) -> list[str]:
    return unknown_numbers(world.context("t0001"), [text], ["t0001"])


@pytest.fixture
def measured(world: Any) -> Any:
    return world.parent(score=0.4137, data={"orchard_steps": 290, "harbour_steps": 300})


@pytest.mark.parametrize(
    "text",
    [
        "t0001 reached 0.4137.",
        "t0001 reached 0.41, which is 41.4 % or 41 %.",
        "It trained on 590 rows, 290 of them of orchards, in 30 seconds.",
        "The base stood at 0.05.",
        "No number at all.",
    ],
)
def test_recorded_numbers_pass_also_when_rounded(measured: Any, text: str) -> None:
    assert told(measured, text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("t0001 reached 0.4313.", ["0.4313"]),
        ("It rose by 83 points.", ["83 points"]),
        ("1,234 rows were dropped.", ["1,234"]),
        ("0.4137 of it came from 777 rows.", ["777"]),
    ],
)
def test_invented_numbers_are_named(measured: Any, text: str, wrong: list[str]) -> None:
    assert told(measured, text) == wrong


def test_ids_of_trials_are_no_numbers() -> None:
    assert numbers_in("t0003 and i0004 over t0001") == []


def test_numbers_of_another_trial_count_only_where_it_is_named(kit: Any, measured: Any) -> None:
    name = measured.propose(kit.cells({"log": 9}), "t0001", key="k")
    measured.run(name, kit.feedback(0.7777))
    context = measured.context("t0001")
    assert unknown_numbers(context, ["It could reach 0.7777."], ["t0001"]) == ["0.7777"]
    assert unknown_numbers(context, ["t0002 reached 0.7777."], ["t0001"]) == []
