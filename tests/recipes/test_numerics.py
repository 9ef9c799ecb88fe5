"""Every training records what decides its last digits, and says what differs from an earlier."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.files import read_json
from ftassist.recipes import numerics, train
from ftassist.recipes.metrics import read_metrics
from ftassist.records.numerics import Fingerprint

Exported = Callable[..., Path]
ONE = Fingerprint(
    training="a",
    attempt=1,
    kernel="spare",
    step=0,
    settings={"precision": "bf16", "threads": 2},
    machine={"capability": "AVX512", "libraries": ["libgomp.so.1"]},
    versions={"torch": "2.13.0"},
    process={"loaded_before": ["torch", "peft"], "trained_before": 0},
    inputs={"rows": "r", "first_batch": "b", "weights": "w", "random": "z"},
    probe={"loss": 2.5, "float32": 2.25},
)


def changed(**groups: Any) -> Fingerprint:
    """The fingerprint with some entries changed."""
    known: dict[str, Any] = {
        n: {**ONE[n], **v} if isinstance(v, dict) else v for n, v in groups.items()
    }
    return replace(ONE, **known)


def fit(model: Path, data: Path, **changes: Any) -> Any:
    arguments: dict[str, Any] = {"learning_rate": 3e-3, "epochs": 1, "batch_size": 8, "rank": 4}
    return train.sft(str(model), data, data.parent / "model", **{**arguments, **changes})


def audited(folder: Path) -> str:
    """What the audit of the last training says of its numerics."""
    checks = read_json(folder / "audit.json")["checks"]
    return str(next(check["message"] for check in checks if check["name"] == "numerics"))


def losses(folder: Path) -> list[float]:
    """The losses of the last training."""
    return [row["loss"] for row in read_metrics(folder / "metrics.jsonl").rows if "loss" in row]


def test_two_equal_fingerprints_agree_to_the_last_digit() -> None:
    found = numerics.compare(ONE, changed())
    assert found.same
    assert found.sentence("attempt 1") == "numerics as in attempt 1, to the last digit"


def test_another_kernel_with_the_same_numbers_is_told_but_is_no_difference() -> None:
    found = numerics.compare(ONE, changed(kernel="fresh", process={"loaded_before": []}))
    assert found.same
    assert found.sentence("attempt 1").endswith("last digit; kernel fresh instead of spare")
    found = numerics.compare(ONE, changed(process={"loaded_before": ["peft", "torch"]}))
    assert found.same
    assert found.sentence("attempt 1").endswith("loaded before in another order")


def test_a_loss_that_differs_names_the_setting_that_differs() -> None:
    now = changed(probe={"loss": 2.51}, machine={"capability": "AVX2"})
    found = numerics.compare(ONE, now)
    assert not found.same
    assert found.cause().startswith("instruction set of torch AVX2 instead of AVX512")
    assert "2.51 instead of 2.5" in found.sentence("attempt 1")
    assert "in float32 it is the same" in found.sentence("attempt 1")


def test_the_likeliest_of_several_causes_stands_first() -> None:
    now = changed(probe={"loss": 2.51}, settings={"precision": "float32", "threads": 1})
    found = numerics.compare(ONE, replace(now, variables={"OMP_NUM_THREADS": "1"}))
    assert found.cause().startswith("precision float32 instead of bf16")
    assert "also other: threads 1 instead of 2" in found.cause()


def test_a_difference_without_a_recorded_cause_says_so() -> None:
    found = numerics.compare(ONE, changed(probe={"loss": 2.51, "float32": 2.26}))
    assert "nothing that is recorded tells why" in found.sentence("attempt 1")


def test_a_resumed_training_is_not_blamed_for_its_later_batch() -> None:
    now = changed(step=3, inputs={"first_batch": "other", "weights_at_step": "later"})
    assert numerics.compare(ONE, now).same
    assert not numerics.compare(ONE, replace(now, step=0)).same


def test_other_seeds_are_compared_by_their_arithmetic_only() -> None:
    now = changed(inputs={"rows": "other", "weights": "other"}, settings={"threads": 1})
    assert numerics.compare_settings(ONE, now).same
    assert numerics.compare_settings(ONE, now).causes == ("threads 1 instead of 2",)


def test_a_file_that_a_cell_made_up_is_read_without_harm(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text(json.dumps({"trainings": [ONE.to_dict()]}))
    (tmp_path / numerics.FILE).symlink_to(tmp_path / "secret.json")
    assert numerics.read_fingerprints(tmp_path) == []
    (tmp_path / numerics.FILE).unlink()
    wild = {**ONE.to_dict(), "kernel": {"a": 1}, "settings": {"threads": "x" * 9999}, "more": 1}
    (tmp_path / numerics.FILE).write_text(json.dumps({"trainings": [3, wild]}))
    (sound,) = numerics.read_fingerprints(tmp_path)
    assert sound.kernel is None
    assert "more" not in sound.to_dict()
    assert len(str((sound.settings or {})["threads"])) == 2000


@pytest.mark.slow
def test_a_training_records_its_numerics_before_its_first_step(
    llama: Path, exported: Exported
) -> None:
    data = exported()
    fit(llama, data)
    (first,) = numerics.read_fingerprints(data.parent)
    assert first["settings"]["precision"] in ("bf16", "float32")
    assert first["settings"]["threads"] >= 1
    assert first["versions"]["torch"]
    assert first["machine"]["capability"]
    assert len({*first["inputs"].values()}) == 4  # weights at the first step are the initial ones
    assert first["inputs"]["weights"] == first["inputs"]["weights_at_step"]
    assert audited(data.parent) == "numerics recorded before the first step"


@pytest.mark.slow
def test_the_same_training_again_agrees_and_one_with_other_rows_is_not_compared(
    llama: Path, exported: Exported
) -> None:
    data = exported()
    fit(llama, data)
    fit(llama, data)
    assert audited(data.parent).startswith("numerics as in the training before, to the last digit")
    fit(llama, data, seed=1)
    assert audited(data.parent) == "numerics recorded before the first step"
    first, again, other = numerics.read_fingerprints(data.parent)
    assert numerics.digest(first) == numerics.digest(again) != numerics.digest(other)


@pytest.mark.slow
def test_a_batch_in_another_order_is_named(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.recipes.batches import BatchPlan

    data = exported()
    fit(llama, data)
    order = BatchPlan.epoch
    monkeypatch.setattr(BatchPlan, "epoch", lambda self, number: order(self, number)[::-1])
    fit(llama, data)
    assert "another first batch" in audited(data.parent)
    assert "numerics differ from the training before" in audited(data.parent)


@pytest.mark.slow
def test_taking_the_fingerprint_changes_no_digit_of_the_training(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.recipes._numerics import Recorder

    data = exported()
    fit(llama, data)
    watched = losses(data.parent)
    shutil.rmtree(data.parent / "model")
    monkeypatch.setattr(Recorder, "watch", lambda *_: None)
    fit(llama, data)
    assert losses(data.parent) == watched


@pytest.mark.slow
def test_other_rounding_shows_in_the_loss_of_the_fixed_batch(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = exported()
    monkeypatch.setattr("ftassist.recipes._device._cpu_has_bf16", lambda: False)
    fit(llama, data)
    monkeypatch.setattr("ftassist.recipes._device._cpu_has_bf16", lambda: True)
    fit(llama, data)
    assert "precision bf16 instead of float32" in audited(data.parent)
    assert "the loss of the fixed batch is" in audited(data.parent)
    assert os.environ.get(numerics.KERNEL_VARIABLE) is None


def test_the_precision_can_be_chosen_and_a_wrong_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    from ftassist.errors import FtassistError
    from ftassist.recipes._device import precision

    monkeypatch.setenv("FTASSIST_PRECISION", "bf16")
    assert precision(torch.device("cpu")) == "bf16"
    monkeypatch.setenv("FTASSIST_PRECISION", "half")
    with pytest.raises(FtassistError, match="not a precision"):
        precision(torch.device("cpu"))
