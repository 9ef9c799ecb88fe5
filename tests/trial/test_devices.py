"""How many devices a trial asks for, read from its train cell."""

from __future__ import annotations

import pytest

from ftassist.trial.devices import devices_of


@pytest.mark.parametrize(
    ("source", "devices"),
    [
        ("train.sft(model, 'data', 'model', learning_rate=1e-3)", 1),
        ("train.sft(model, 'data', 'model', learning_rate=1e-3, devices=4)", 4),
        ("train.sft(model, 'a', 'b', devices=2)\ntrain.sft(model, 'c', 'd', devices=3)", 3),
        ("n = 4\ntrain.sft(model, 'data', 'model', devices=n)", 1),
        ("train.sft(model, 'data', 'model', devices=True)", 1),
        ("train.sft(model, 'data', 'model', devices=0)", 1),
        ("train.sft(", 1),
        ("", 1),
    ],
)
def test_a_number_that_stands_in_the_call_counts(source: str, devices: int) -> None:
    assert devices_of({"train": source}) == devices


def test_only_the_train_cell_is_read() -> None:
    assert devices_of({"curate": "f(devices=8)", "train": "train.sft()"}) == 1
