"""Logs of any size become some 500 tokens that still tell what a repair needs."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.condensed_log import MOST, condense_log
from ftassist.agent.evidence import TrialEvidence
from ftassist.journal.events import Kind

TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/usr/lib/python3/site-packages/trl/trainer.py", line 88, in train\n'
    "    loss = self.compute_loss(model, inputs)\n"
    '  File "/usr/lib/python3/site-packages/torch/nn/linear.py", line 12, in forward\n'
    "    return F.linear(input, self.weight)\n"
    "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x160 and 448x160)\n"
)


@pytest.mark.parametrize("lines", [0, 10, 1_000, 200_000])
def test_a_log_of_any_size_keeps_error_place_and_shapes(lines: int) -> None:
    noise = "".join(f"step {n}: loss {n * 0.001:.3f}\n" for n in range(lines))
    told = condense_log(noise + TRACE + noise[:2_000])
    assert len(told) <= MOST
    assert "RuntimeError: mat1 and mat2 shapes" in told
    assert "linear.py" in told
    assert "return F.linear" in told


def test_memory_figures_survive_the_noise() -> None:
    oom = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB; peak 139 GiB\n"
    told = condense_log("x\n" * 50_000 + oom + "retrying now\n" * 3_000)
    assert "2.50 GiB" in told


def test_a_short_log_is_kept_as_it_is() -> None:
    assert condense_log("one\ntwo") == "one\ntwo"


def test_colours_progress_bars_and_repetitions_are_left_out() -> None:
    told = condense_log("\x1b[31mred\x1b[0m\n" + "same\n" * 500 + "10%\r50%\r100% done\n")
    assert told == "red\nsame\n100% done"


def test_a_long_log_without_an_error_is_told_once() -> None:
    told = condense_log("".join(f"step {n} of many\n" for n in range(2_000)))
    lines = told.splitlines()
    assert len(lines) == len(set(lines)) and lines[-1] == "step 1999 of many"


def test_one_endless_line_is_cut() -> None:
    assert len(condense_log("a" * 3_000_000)) <= MOST


def test_an_empty_log_is_empty() -> None:
    assert condense_log("") == ""


def test_a_failed_trial_is_told_by_error_memory_and_what_it_printed(kit: Any, world: Any) -> None:
    world.base()
    name = world.propose(kit.cells({"log": 9}))
    world.tell(Kind.DECISION_ACCEPTED, {"seen": 0}, name)
    world.tell(Kind.TRIAL_STARTED, {}, name)
    failure = {
        "class": "OOM", "stage": "train", "message": "out of memory", "traceback": TRACE * 40,
        "peak_memory_mb": 23456.5, "cuda_peak_mb": 0.0,
    }  # fmt: skip
    world.tell(Kind.TRIAL_FAILED, failure, name)
    noise = "".join(f"step {n}: loss 0.{n}\n" for n in range(9_000))
    world.evidence[name] = TrialEvidence(printed=f"{noise}rows of 4096 tokens: 12\n")
    view = world.context().trials[name]
    log = view.failure_log.quoted
    assert len(log) <= MOST
    assert "mat1 and mat2 shapes" in log
    assert "peak_memory_mb: 23456.5 MiB" in log
    assert "cuda_peak_mb" not in log
    assert log.endswith("rows of 4096 tokens: 12")
    assert view.evidence is not None
    assert view.evidence.printed == "", "it is told once"


def test_a_trial_that_did_not_fail_has_no_log(world: Any) -> None:
    world.parent()
    world.evidence["t0001"] = TrialEvidence(printed="much")
    assert world.context().trials["t0001"].failure_log.quoted == ""
