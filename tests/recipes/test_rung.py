"""A training that rests at a rung goes on from there and ends as if it had never stopped."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.files import read_json
from ftassist.recipes import rung

from .test_checkpoints import Killed, fit, kill_at, outcome, undisturbed

Exported = Callable[..., Path]


@pytest.mark.parametrize(
    ("share", "steps", "last"),
    [("", 20, 20), ("0.25", 20, 5), ("0.3", 20, 6), ("0.25", 8, 4), ("0.5", 3, 3), ("2", 20, 20)],
)
def test_a_rung_is_a_share_of_the_steps_and_leaves_room_for_the_audits(
    monkeypatch: pytest.MonkeyPatch, share: str, steps: int, last: int
) -> None:
    monkeypatch.setenv(rung.VARIABLE, share)
    assert rung.last_step(steps) == last


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_training_that_rests_twice_ends_with_the_same_weights_and_losses(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    data = exported(count=60)
    whole = undisturbed(llama, data.parent, method=method)
    steps = len(whole[1])
    done = []
    for share in ("0.25", "0.5"):
        monkeypatch.setenv(rung.VARIABLE, share)
        result = fit(llama, data, method=method)
        assert result.of_steps == steps
        assert outcome(data.parent)[1] == whole[1][: result.steps]
        done.append(result.steps)
        clear(data.parent)
    monkeypatch.delenv(rung.VARIABLE)
    assert done == [max(4, math.ceil(share * steps)) for share in (0.25, 0.5)]

    begun = first_steps(monkeypatch)
    fit(llama, data, method=method)

    assert begun[0] == done[1]
    weights, losses, validation = outcome(data.parent)
    assert (losses, validation) == (whole[1], whole[2])
    assert all((weights[name] == whole[0][name]).all() for name in whole[0])
    assert not (data.parent / "checkpoints").exists()


@pytest.mark.slow
def test_a_training_that_was_killed_where_it_rests_rests_there_again(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = exported(count=60)
    monkeypatch.setenv(rung.VARIABLE, "0.5")
    first = fit(llama, data)
    weights = outcome(data.parent)[0]
    clear(data.parent)  # as if the kill had come after the checkpoint and before the save
    again = fit(llama, data)
    assert again.steps == first.steps
    assert all((weights[name] == value).all() for name, value in outcome(data.parent)[0].items())
    monkeypatch.delenv(rung.VARIABLE)
    clear(data.parent)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(first.steps, patch)
        fit(llama, data)
    assert read_json(data.parent / "checkpoints" / f"checkpoint-{first.steps}" / "complete.json")


def clear(folder: Path) -> None:
    """Removes what an attempt left but its checkpoints, as the next one does."""
    for name in ("model", "metrics.jsonl", "audit.json"):
        place = folder / name
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)


def first_steps(patch: pytest.MonkeyPatch) -> list[int]:
    """The steps that a training begins, as they come."""
    from ftassist.recipes._monitor import Monitor

    begin, found = Monitor.on_step_begin, []

    def note(self: Any, args: Any, state: Any, control: Any, **more: Any) -> None:
        found.append(state.global_step)
        begin(self, args, state, control, **more)

    patch.setattr(Monitor, "on_step_begin", note)
    return found
