"""A training that was cut off goes on from its checkpoint and ends as if nothing had been."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.errors import TrainingPausedError
from ftassist.files import read_json
from ftassist.recipes import train
from ftassist.recipes.metrics import read_metrics

pytestmark = pytest.mark.slow
Exported = Callable[..., Path]


class Killed(BaseException):
    """Stands for a kill: nobody catches it."""


def fit(model: Path, data: Path, name: str = "model", **changes: Any) -> Any:
    arguments: dict[str, Any] = {"learning_rate": 3e-3, "epochs": 3, "batch_size": 8, "rank": 4}
    return train.sft(str(model), data, data.parent / name, **{**arguments, **changes})


def kill_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """Kills the training when it begins a step."""
    from ftassist.recipes._monitor import Monitor

    begin = Monitor.on_step_begin

    def kill(self: Any, args: Any, state: Any, control: Any, **more: Any) -> None:
        if state.global_step == step:
            raise Killed
        begin(self, args, state, control, **more)

    patch.setattr(Monitor, "on_step_begin", kill)


def outcome(folder: Path) -> tuple[Any, list[float], list[float]]:
    """The weights, and the losses as they are in the metrics."""
    from safetensors.torch import load_file

    (path,) = (folder / "model").glob("*.safetensors")
    rows = read_metrics(folder / "metrics.jsonl").rows
    losses = [row["loss"] for row in rows if "loss" in row]
    return load_file(path), losses, [row["eval_loss"] for row in rows if "eval_loss" in row]


def undisturbed(model: Path, folder: Path, **changes: Any) -> tuple[Any, list[float], list[float]]:
    whole = folder.with_name("whole")
    shutil.copytree(folder / "data", whole / "data")
    fit(model, whole / "data", **changes)
    return outcome(whole)


@pytest.mark.parametrize(
    "changes",
    [{}, {"method": "full"}, {"accumulation": 2, "packing": True, "max_length": 64}],
    ids=["lora", "full", "packed"],
)
def test_a_killed_training_ends_with_the_same_weights_and_losses(
    llama: Path, exported: Exported, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = exported(count=60)
    whole = undisturbed(llama, data.parent, **changes)
    monkeypatch.setenv("FTASSIST_CHECKPOINT_SECONDS", "0")
    monkeypatch.setattr("ftassist.recipes._checkpoints._SHARE", 1e9)
    steps = len(whole[1])
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(steps * 2 // 3, patch)
        fit(llama, data, **changes)
    assert not (data.parent / "model").exists()

    result = fit(llama, data, **changes)

    weights, losses, validation = outcome(data.parent)
    assert losses == whole[1]
    assert validation == whole[2]
    assert weights.keys() == whole[0].keys()
    assert all((weights[name] == whole[0][name]).all() for name in weights)
    assert result.steps == steps
    names = [check["name"] for check in read_json(data.parent / "audit.json")["checks"]]
    before = ["tokens", "answers", "context", "memory", "gradients", "estimate"]
    assert names == [*before, "numerics", "loss", "generation"]
    assert not (data.parent / "checkpoints").exists()


def test_a_pause_stops_at_the_next_step_and_the_training_goes_on_from_there(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = exported(count=60)
    whole = undisturbed(llama, data.parent)
    pause = data.parent / ".pause"
    from ftassist.recipes._monitor import Monitor

    begin = Monitor.on_step_begin

    def pause_at_six(self: Any, args: Any, state: Any, control: Any, **more: Any) -> None:
        if state.global_step == 6:
            pause.touch()
        begin(self, args, state, control, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Monitor, "on_step_begin", pause_at_six)
        with pytest.raises(TrainingPausedError, match="after step 7 of"):
            fit(llama, data)
    pause.unlink()

    fit(llama, data)

    assert outcome(data.parent)[1] == whole[1]


def test_a_checkpoint_asks_the_hub_for_nothing(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.recipes import _trainer

    asked: list[str] = []
    monkeypatch.setattr(
        "peft.utils.save_and_load.check_file_exists_on_hf_hub", lambda name, *_: asked.append(name)
    )
    adapter_of = _trainer.adapter_of

    def of_a_named_base(model: Any, arguments: Any) -> Any:
        model.name_or_path = "somebody/base"
        return adapter_of(model, arguments)

    monkeypatch.setattr(_trainer, "adapter_of", of_a_named_base)
    monkeypatch.setenv("FTASSIST_CHECKPOINT_SECONDS", "0")
    monkeypatch.setattr("ftassist.recipes._checkpoints._SHARE", 1e9)
    fit(llama, exported(count=16), epochs=1)
    assert asked == []


def test_a_checkpoint_that_is_cut_off_damaged_or_anothers_is_not_used(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.recipes import _checkpoints

    data = exported(count=40)
    monkeypatch.setenv("FTASSIST_CHECKPOINT_SECONDS", "0")
    monkeypatch.setattr("ftassist.recipes._checkpoints._SHARE", 1e9)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(9, patch)
        fit(llama, data)
    nine, eight = sorted((data.parent / "checkpoints").iterdir(), reverse=True)
    assert (nine.name, eight.name) == ("checkpoint-9", "checkpoint-8")
    fingerprint = read_json(nine / "complete.json")["fingerprint"]
    keep = _checkpoints.Keep(data.parent, fingerprint)
    assert _checkpoints.find(keep).step == 9
    assert _checkpoints.find(_checkpoints.Keep(data.parent, "another")).step == 0

    raw = bytearray((nine / "optimizer.pt").read_bytes())
    raw[len(raw) // 2] ^= 1
    (nine / "optimizer.pt").write_bytes(raw)
    assert _checkpoints.find(keep).step == 8
    (eight / "complete.json").unlink()
    assert _checkpoints.find(keep).step == 0


def test_a_short_training_writes_no_checkpoint(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.recipes._planned import PlannedTrainer

    saved: list[object] = []
    monkeypatch.setattr(PlannedTrainer, "_save_checkpoint", lambda *_: saved.append(1))
    fit(llama, exported(count=24))
    assert saved == []
