from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from ftassist.dojo.evaluator import models
from ftassist.dojo.evaluator.descent import MIN_COSINE, SAMPLED, Sample
from ftassist.dojo.evaluator.protocol import RefusedError


@pytest.fixture(scope="module")
def base(base_folder: Path) -> models.Base:
    return models.load_base(str(base_folder))


def refused(base: models.Base, folder: Path) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        models.load_model(base, folder)
    return caught.value


def test_another_model_of_the_same_shape_is_invalid_and_named(
    base: models.Base, save: Any, tmp_path: Path
) -> None:
    error = refused(base, save.random(tmp_path / "model", seed=9))
    assert error.kind == "INVALID"
    assert "do not descend from the base" in error.what


@pytest.mark.parametrize(
    "name", ["model.embed_tokens.weight", "model.layers.1.mlp.up_proj.weight"]
)
def test_one_exchanged_matrix_is_enough(
    base: models.Base, fine_tuned: Path, save: Any, tmp_path: Path, name: str
) -> None:
    other = load_file(save.random(tmp_path / "other", seed=9) / "model.safetensors")
    ours = load_file(fine_tuned / "model.safetensors")
    model = save.fine_tuned(base.folder, tmp_path / "model")
    save_file({**ours, name: other[name]}, model / "model.safetensors", metadata={"format": "pt"})
    assert name in refused(base, model).what


def test_an_adapter_that_carries_another_model_is_invalid(
    base: models.Base, save: Any, tmp_path: Path
) -> None:
    adapter = save.adapter(base.folder, tmp_path / "adapter")
    tensors = load_file(adapter / "adapter_model.safetensors")
    huge = {name: 100 * tensor for name, tensor in tensors.items()}
    save_file(huge, adapter / "adapter_model.safetensors", metadata={"format": "pt"})
    assert "do not descend" in refused(base, adapter).what


def test_weights_that_are_no_numbers_have_no_likeness() -> None:
    ours = {"w": torch.randn(64, 64)}
    for value in (float("nan"), 0.0):
        assert Sample.of(ours).least_alike({"w": torch.full((64, 64), value)}) == ("w", 0.0)


def test_a_training_leaves_the_cosine_high_and_norms_are_not_judged() -> None:
    torch.manual_seed(0)
    ours = {"w": torch.randn(64, 64), "norm.weight": torch.ones(2048)}
    moved = {"w": ours["w"] + 0.5 * torch.randn(64, 64), "norm.weight": -ours["norm.weight"]}
    name, cosine = Sample.of(ours).least_alike(moved)
    assert name == "w"
    assert MIN_COSINE < 0.8 < cosine < 0.95


def test_of_a_large_matrix_a_part_is_compared_that_nobody_can_foresee() -> None:
    torch.manual_seed(0)
    ours = {"w": torch.randn(1024, 512)}
    first, second = Sample.of(ours), Sample.of(ours)
    assert len(first.numbers["w"]) == SAMPLED
    assert not torch.equal(first.places["w"], second.places["w"])
    other = {"w": torch.randn(1024, 512)}
    assert abs(first.least_alike(other)[1]) < 0.02
    assert first.least_alike(ours)[1] == pytest.approx(1.0)


def test_a_base_whose_files_change_scores_nothing(base_folder: Path, tmp_path: Path) -> None:
    import shutil

    folder = shutil.copytree(base_folder, tmp_path / "base")
    base = models.load_base(str(folder))
    tensors = load_file(folder / "model.safetensors")
    tensors["model.norm.weight"] += 1
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(RefusedError, match="have changed since") as caught:
        models.load_model(base)
    assert caught.value.kind == "INVALID"
