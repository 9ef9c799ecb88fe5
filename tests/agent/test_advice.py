"""The counted way out of memory: less at once, the same effective batch."""

from __future__ import annotations

import inspect
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.agent.advice import ADVICE, REPAIRABLE, advice_for, lighter, sizes_of
from ftassist.agent.plan import TRAINERS
from ftassist.agent.training_settings import TrainingSettings
from ftassist.recipes import methods, train


@given(st.integers(1, 512), st.integers(1, 64), st.integers(64, 4096))
def test_less_memory_never_changes_the_effective_batch(
    batch: int, accumulation: int, length: int
) -> None:
    before = TrainingSettings(batch_size=batch, accumulation=accumulation, max_length=length)
    changes: dict[str, Any] = {**lighter(before)}
    after = replace(before, **changes)
    assert after.effective_batch == before.effective_batch
    assert after.batch_size <= before.batch_size
    assert after.checkpointing is True


def test_the_batch_is_halved_before_rows_are_cut() -> None:
    assert lighter(TrainingSettings(batch_size=32)) == {
        "batch_size": 16,
        "accumulation": 2,
        "checkpointing": True,
    }
    one = TrainingSettings(batch_size=1, accumulation=32, max_length=256, checkpointing=True)
    assert lighter(one) == {"max_length": 128}
    assert lighter(replace(one, max_length=100)) == {}


def test_every_class_that_can_be_mended_has_its_own_advice() -> None:
    assert set(ADVICE) == set(REPAIRABLE)
    assert len(set(ADVICE.values())) == len(ADVICE)


def test_advice_on_memory_names_the_numbers_to_set() -> None:
    told = advice_for("OOM", TrainingSettings(batch_size=32, accumulation=2))
    assert "batch_size=16" in told
    assert "accumulation=4" in told
    assert "stays 64" in told


@pytest.mark.parametrize("trainer", TRAINERS)
def test_what_a_cell_does_not_name_has_the_default_of_its_recipe(trainer: str) -> None:
    more = 'teacher="x", ' if trainer == "train.distil" else ""
    more = "scorer=task, " if trainer == "train.grpo" else more
    sizes = sizes_of(
        {"train": f'{trainer}(model, "data", "model", {more}learning_rate=1e-3, seed=seed)'}
    )
    assert sizes is not None
    if trainer == "train.sft":
        parameters = inspect.signature(train.sft).parameters
        known = {n: p.default for n, p in parameters.items() if p.default is not p.empty}
    else:
        known = asdict(methods._arguments("m", "d", "o", 1e-3, 0, {}))
        own = inspect.signature(getattr(train, trainer.partition(".")[2])).parameters
        known |= {n: own[n].default for n in ("supervised", "generations") if n in own}
    shared = asdict(sizes).keys() & known.keys()
    assert len(shared) >= 12
    assert {n: getattr(sizes, n) for n in shared} == {n: known[n] for n in shared}


def test_a_cell_that_names_its_sizes_is_read_and_a_custom_one_is_not() -> None:
    call = 'train.dpo(model, "data", "model", learning_rate=1e-3, batch_size=6, accumulation=3)'
    sizes = sizes_of({"train": call})
    assert sizes is not None
    assert (sizes.batch_size, sizes.accumulation) == (6, 3)
    assert "batch_size=3, accumulation=6" in advice_for("OOM", sizes)
    assert sizes_of({"train": "loop()"}) is None


def test_a_value_that_is_none_counts_as_not_given() -> None:
    call = 'train.sft(model, "data", "model", learning_rate=1e-3, epochs="many", method=seed)'
    sizes = sizes_of({"train": call})
    assert sizes == TrainingSettings(learning_rate=1e-3)
    assert sizes_of({"train": call.replace("sft", "dpo")}) == sizes_of(
        {"train": 'train.dpo(model, "data", "model", learning_rate=1e-3)'}
    )
