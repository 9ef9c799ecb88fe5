"""What was trained is averaged with its base: exactly, audited, and for plain models only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.errors import CellError, ModelError
from ftassist.files import read_json
from ftassist.recipes import train
from ftassist.recipes.arguments import Method

from .conftest import chat, write_rows

FEW: dict[str, Any] = {"learning_rate": 1e-3, "batch_size": 2, "rank": 4, "max_steps": 2}


def audits(trial: Path) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in read_json(trial / "audit.json")["checks"]}


@pytest.fixture
def short(tmp_path: Path) -> Callable[[Method], Path]:
    """A trial's folder with a model of two steps in `trained`, by method."""

    def make(method: Method) -> Path:
        rows = [
            {"id": f"sums/{n}", "source": "sums", "messages": chat(f"{n} + 1 = ?", f"{n + 1}")}
            for n in range(12)
        ]
        write_rows(tmp_path / "data", rows)
        train.sft("tiny", tmp_path / "data", tmp_path / "trained", **FEW, method=method)
        return tmp_path

    return make


def weights_of(folder: Path | None) -> dict[str, Any]:
    """All weights a folder stands for; of the base without one."""
    from peft import PeftModel

    from ftassist.recipes import models

    model = models.load("tiny").model
    if folder is not None and (folder / "adapter_config.json").is_file():
        model = PeftModel.from_pretrained(model, str(folder)).merge_and_unload()
    elif folder is not None:
        model = models.load(str(folder)).model
    return dict(model.named_parameters())


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lora", "full"])
def test_an_average_stands_between_the_base_and_what_was_trained(
    short: Callable[[Method], Path], method: Method
) -> None:
    import torch

    trial = short(method)
    record = train.average("tiny", trial / "trained", trial / "model", share=0.25)
    assert record["gone"] == pytest.approx(0.25, abs=0.001)
    base, trained = weights_of(None), weights_of(trial / "trained")
    moved = 0
    for name, weights in weights_of(trial / "model").items():
        wanted = torch.lerp(base[name], trained[name], 0.25)
        assert torch.allclose(weights, wanted, atol=1e-6), name
        moved += not torch.equal(trained[name], base[name])
    assert moved, "two steps move something"
    told = read_json(trial / "model" / "training.json")
    assert told["average"]["share"] == 0.25
    found = audits(trial)
    assert found["average"]["passed"]
    assert "25%" in found["average"]["message"]
    assert len(found) > 1, "the audits of the training stay"


@pytest.mark.parametrize("share", [0.0, 1.5, -1])
def test_a_share_that_is_none_is_refused(tmp_path: Path, share: float) -> None:
    with pytest.raises(CellError, match="is not possible"):
        train.average("tiny", tmp_path / "a", tmp_path / "model", share=share)


def test_what_cannot_be_averaged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no trained model"):
        train.average("tiny", tmp_path / "a", tmp_path / "model")
    with pytest.raises(CellError, match="into itself"):
        train.average("tiny", tmp_path / "model", tmp_path / "model")


@pytest.mark.slow
def test_an_adapter_of_another_kind_is_refused_and_nothing_is_written(
    short: Callable[[Method], Path],
) -> None:
    from safetensors.torch import load_file, save_file

    trial = short("lora")
    path = trial / "trained" / "adapter_model.safetensors"
    weights = load_file(path)
    name = next(iter(weights)).replace(".lora_A.", ".lora_magnitude_vector.")
    save_file({**weights, name: weights[next(iter(weights))].clone()}, path)
    with pytest.raises(CellError, match="no plain LoRA adapter"):
        train.average("tiny", trial / "trained", trial / "model")
    assert not (trial / "model").exists()
