"""One training in two processes on the CPU: the same batches, and so the same losses, as in one.

No GPU is used here: two processes of gloo share the cores.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.errors import CellError, DataError, TrainingStoppedError
from ftassist.files import read_json, write_json
from ftassist.recipes import several, train
from ftassist.recipes.arguments import SftArguments, TrainResult
from ftassist.recipes.metrics import read_metrics

Exported = Callable[..., Path]


def fit(model: Path, data: Path, name: str, **changes: Any) -> TrainResult:
    arguments: dict[str, Any] = {"learning_rate": 3e-3, "epochs": 2, "batch_size": 8, "rank": 4}
    return train.sft(str(model), data, data.parent / name, **{**arguments, **changes})


def curve(data: Path) -> list[dict[str, Any]]:
    rows = read_metrics(data.parent / "metrics.jsonl").rows
    return [row for row in rows if "loss" in row]


@pytest.mark.slow
def test_two_processes_train_as_one_does_on_the_same_batches(
    llama: Path, exported: Exported, capfd: pytest.CaptureFixture[str]
) -> None:
    data = exported(count=40)
    alone = fit(llama, data, "alone", validation_share=0.0)
    one = curve(data)
    together = fit(llama, data, "together", validation_share=0.0, devices=2)
    two = curve(data)
    assert [row["step"] for row in two] == [row["step"] for row in one]
    assert [row["tokens"] for row in two] == [row["tokens"] for row in one]
    for there, here in zip(two, one, strict=True):
        assert there["loss"] == pytest.approx(here["loss"], rel=2e-3)
        assert there["gradient_norm"] == pytest.approx(here["gradient_norm"], rel=2e-2)
    assert together.steps == alone.steps == 10
    assert together.rows == alone.rows
    assert together.parameters_trained == alone.parameters_trained
    record = read_json(data.parent / "together" / "training.json")
    assert record["arguments"]["devices"] == 2
    assert (data.parent / "together" / "adapter_model.safetensors").is_file()
    names = {check["name"] for check in read_json(data.parent / "audit.json")["checks"]}
    assert {"gradients", "numerics", "generation", "memory"} <= names
    assert capfd.readouterr().out.count("step 10/10") == 2


@pytest.mark.slow
def test_an_error_in_a_process_is_the_cells_error(llama: Path, exported: Exported) -> None:
    data = exported(count=16)
    with pytest.raises(TrainingStoppedError, match="at step"):
        fit(llama, data, "model", devices=2, learning_rate=1e5, method="full", epochs=20)
    assert not (data.parent / "model").exists()


def test_a_batch_that_cannot_be_shared_evenly_is_refused(llama: Path, exported: Exported) -> None:
    with pytest.raises(CellError, match="batch_size=9") as caught:
        fit(llama, exported(), "model", devices=2, batch_size=9)
    assert "multiple of devices=2" in caught.value.fix


def test_more_devices_than_there_are_are_refused_with_their_number(tmp_path: Path) -> None:
    arguments = SftArguments("tiny", "data", str(tmp_path / "model"), 1e-3, devices=4)
    with pytest.raises(CellError, match="2 of this machine's GPUs") as caught:
        several.launch(arguments, [], visible=2)
    assert "give 2 at most" in caught.value.fix


def test_what_a_process_raised_is_raised_here(tmp_path: Path) -> None:
    told = {"kind": "DataError", "what": "no rows", "where": "data", "fix": "curate"}
    write_json(tmp_path / several.ERROR, told)
    error = several._told(tmp_path, 1, tmp_path / "log")
    assert isinstance(error, DataError)
    assert (error.what, error.where, error.fix) == ("no rows", "data", "curate")


def test_memory_that_ran_out_in_a_process_is_told_by_its_text(tmp_path: Path) -> None:
    told = {"kind": "OutOfMemoryError", "what": "CUDA out of memory", "where": "", "fix": ""}
    write_json(tmp_path / several.ERROR, told)
    assert "out of memory" in str(several._told(tmp_path, 1, tmp_path / "log"))
