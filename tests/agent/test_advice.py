"""The counted way out of memory: less at once, the same effective batch."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.agent.advice import (
    ADVICE,
    REPAIRABLE,
    advice_for,
    effective_batch,
    lighter,
    sizes_of,
)
from ftassist.agent.plan import TRAINERS, Plan
from ftassist.recipes import methods, train


@given(st.integers(1, 512), st.integers(1, 64), st.integers(64, 4096))
def test_less_memory_never_changes_the_effective_batch(
    batch: int, accumulation: int, length: int
) -> None:
    before = {"batch_size": batch, "accumulation": accumulation, "max_length": length}
    after = {**before, **lighter(before)}
    assert effective_batch(after) == effective_batch(before)
    assert after["batch_size"] <= before["batch_size"]
    assert after["checkpointing"] is True


def test_the_batch_is_halved_before_rows_are_cut() -> None:
    assert lighter({"batch_size": 32}) == {
        "batch_size": 16,
        "accumulation": 2,
        "checkpointing": True,
    }
    one = {"batch_size": 1, "accumulation": 32, "max_length": 256, "checkpointing": True}
    assert lighter(one) == {"max_length": 128}
    assert lighter({**one, "max_length": 100}) == {}


def test_every_class_that_can_be_mended_has_its_own_advice() -> None:
    assert set(ADVICE) == set(REPAIRABLE)
    assert len(set(ADVICE.values())) == len(ADVICE)


def test_advice_on_memory_names_the_numbers_to_set() -> None:
    told = advice_for("OOM", {"batch_size": 32, "accumulation": 2})
    assert "batch_size=16" in told
    assert "accumulation=4" in told
    assert "stays 64" in told


@pytest.mark.parametrize("trainer", TRAINERS)
def test_what_a_cell_does_not_name_has_the_default_of_its_recipe(trainer: str) -> None:
    more = 'teacher="x", ' if trainer == "train.distil" else ""
    more = "scorer=task, " if trainer == "train.grpo" else more
    plan = Plan.of(
        {"train": f'{trainer}(model, "data", "model", {more}learning_rate=1e-3, seed=seed)'}
    )
    sizes = sizes_of(plan)
    if trainer == "train.sft":
        parameters = inspect.signature(train.sft).parameters
        known = {name: parameters[name].default for name in sizes}
    else:
        filled = methods._arguments("m", "d", "o", 1e-3, 0, {})
        known = {name: getattr(filled, name) for name in sizes}
    assert sizes == known


def test_a_cell_that_names_its_sizes_is_read_and_a_custom_one_is_not() -> None:
    call = 'train.dpo(model, "data", "model", learning_rate=1e-3, batch_size=6, accumulation=3)'
    sizes = sizes_of(Plan.of({"train": call}))
    assert (sizes["batch_size"], sizes["accumulation"]) == (6, 3)
    assert "batch_size=3, accumulation=6" in advice_for("OOM", sizes)
    assert sizes_of(Plan.of({"train": "loop()"})) == {}
