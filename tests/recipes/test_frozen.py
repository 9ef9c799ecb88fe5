"""Adapters on the last layers only: what the layers below make of the rows is computed once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from ftassist.errors import CellError
from ftassist.files import read_json
from ftassist.models import shared_rows
from ftassist.recipes import models, train
from ftassist.recipes._frozen import Frozen
from ftassist.recipes.arguments import TrainResult
from ftassist.recipes.metrics import read_metrics

pytestmark = pytest.mark.slow
ROWS = [[5, 6, 7, 8], [5, 6, 9], [11, 12, 13, 14, 15], [5, 6, 7, 8]]


def fit(model: Path, data: Path, name: str = "model", **changes: Any) -> TrainResult:
    arguments: dict[str, Any] = {"learning_rate": 3e-3, "epochs": 3, "batch_size": 8, "rank": 4}
    return train.sft(str(model), data, data.parent / name, **{**arguments, **changes})


def losses(data: Path) -> list[float]:
    return [r["loss"] for r in read_metrics(data.parent / "metrics.jsonl").rows if "loss" in r]


def test_states_are_what_the_frozen_layers_make_of_each_row(llama: Path) -> None:
    model = models.load(str(llama)).model.eval()
    assert shared_rows.share(model)
    frozen = Frozen(model, 1)
    frozen.compute(ROWS)
    asked = [ROWS[2], ROWS[0], ROWS[1]]
    layout = shared_rows.lay_out(asked, [[0]] * 3)
    states = frozen.states(asked, layout)[0]
    for number, row in enumerate(asked):
        with torch.no_grad():
            hidden = model(torch.tensor([row]), output_hidden_states=True).hidden_states[1][0]
        found = states[layout.rows[number, : len(row)]]
        assert torch.allclose(found, hidden, rtol=2**-8, atol=1e-6)


def test_the_model_above_kept_states_says_what_the_whole_model_says(llama: Path) -> None:
    model = models.load(str(llama)).model.eval()
    assert shared_rows.share(model)
    frozen = Frozen(model, 1)
    frozen.compute(ROWS)
    layout = shared_rows.lay_out(ROWS, [[len(row) - 1] for row in ROWS])
    with torch.no_grad():
        whole = shared_rows.forward(model, layout)
        with frozen.skipped():
            above = shared_rows.forward(model, layout, states=frozen.states(ROWS, layout))
        again = shared_rows.forward(model, layout)
    assert torch.allclose(above, whole, atol=0.01 * float(whole.abs().max()))
    assert torch.equal(again, whole)


def test_kept_states_give_the_losses_of_computed_ones(
    llama: Path, exported: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.recipes._planned import PlannedTrainer

    data = exported(count=32)
    fit(llama, data, "kept", layers=1)
    kept = losses(data)
    monkeypatch.setattr(PlannedTrainer, "_frozen_part", lambda self: None)
    fit(llama, data, "computed", layers=1)
    assert kept == pytest.approx(losses(data), rel=2e-3)


def test_the_same_training_gives_the_same_weights(
    llama: Path, exported: Callable[..., Path]
) -> None:
    from safetensors.torch import load_file

    data = exported(count=24)
    for name in ("one", "two"):
        fit(llama, data, name, layers=1, validation_share=0.2)
    one, two = (
        load_file(data.parent / name / "adapter_model.safetensors") for name in ("one", "two")
    )
    assert one.keys() == two.keys()
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_only_the_last_layers_are_adapted(llama: Path, exported: Callable[..., Path]) -> None:
    from safetensors.torch import load_file

    data = exported(count=16)
    fit(llama, data, layers=1, max_steps=2)
    saved = load_file(data.parent / "model/adapter_model.safetensors")
    assert saved and all(".layers.1." in name for name in saved)
    assert read_json(data.parent / "model/training.json")["arguments"]["layers"] == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"layers": 3}, "the model has 2"),
        ({"layers": 0}, "layers=0"),
        ({"layers": 1, "method": "full"}, "goes with an adapter"),
    ],
)
def test_layers_that_cannot_be_are_refused(
    changes: dict[str, Any], words: str, llama: Path, exported: Callable[..., Path]
) -> None:
    with pytest.raises(CellError, match=words):
        fit(llama, exported(count=8), **changes)
