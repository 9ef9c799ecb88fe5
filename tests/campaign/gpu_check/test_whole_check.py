"""The GPU check runs every part, whatever one of them meets; here in a small way, on the CPU."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign.gpu_check import SMALL, check, parts
from ftassist.campaign.gpu_check.training import run
from ftassist.campaign.gpu_check.wish import TrainingWish
from ftassist.records.device import Gpu
from ftassist.trial import gpu


@pytest.fixture
def one_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that seems to have a GPU."""
    found = [Gpu(0, "GPU-aaaa-1", "NVIDIA H200", 143_771.0)]
    monkeypatch.setattr(gpu, "list_gpus", lambda: found)


@pytest.mark.slow
def test_the_small_check_runs_all_its_parts_on_a_cpu(tmp_path: Path) -> None:
    told: list[str] = []
    found = check(replace(SMALL, methods=("lora",), large=()), tmp_path, told.append)
    assert found["ok"], json.dumps(found, indent=1)
    assert not found["on_gpu"]
    assert list(found["parts"]) == told
    assert found["parts"]["sandbox"]["devices"] == 0
    assert found["parts"]["lora on tiny"]["steps"] == SMALL.steps
    assert found["parts"]["lora on tiny"]["peak_memory_mb"] > 0
    assert found["parts"]["out of memory"]["class"] == "OOM"


def test_a_part_that_fails_hides_none_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> dict[str, Any]:
        raise RuntimeError("no such device")

    fine: Callable[..., dict[str, Any]] = lambda *_: {"ok": True}  # noqa: E731
    for name in ("machine", "inside", "training", "out_of_memory"):
        monkeypatch.setattr(parts, name, fine)
    monkeypatch.setattr(parts, "made_model", lambda *_: "made")
    monkeypatch.setattr(parts, "spare_without_context", broken)
    found = check(SMALL, tmp_path)
    assert not found["ok"]
    assert found["parts"]["spare kernel"]["message"] == "RuntimeError: no such device"
    assert sum(part["ok"] for part in found["parts"].values()) == len(found["parts"]) - 1


def test_when_its_time_is_over_the_rest_is_skipped_and_said(tmp_path: Path) -> None:
    found = check(replace(SMALL, seconds=0.0), tmp_path)
    assert {part["skipped"] for part in found["parts"].values()} == {"0 s were over"}
    assert not found["ok"]


@pytest.mark.usefixtures("one_gpu")
def test_a_second_trial_on_one_gpu_is_refused() -> None:
    assert parts.lease_refused() == {"gpus": 1, "next_refused": True, "ok": True}


@pytest.mark.usefixtures("one_gpu")
def test_a_spare_that_holds_a_context_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def held(model: str) -> dict[str, Any]:
        return {"processes": 1, "on_gpu": [4711], "ok": False}

    monkeypatch.setattr(parts, "_spare", held)
    assert not parts.spare_without_context("tiny")["ok"]


@pytest.mark.slow
def test_a_training_that_fails_tells_its_class() -> None:
    found = run(TrainingWish("qlora", "tiny", "mini_math", 8, 4, 2, 64))
    assert found["ok"] is False
    assert found["class"] == "CONFIG"
    assert "bitsandbytes" in found["message"]


@pytest.mark.usefixtures("one_gpu")
def test_a_training_that_ends_otherwise_than_out_of_memory_is_no_success(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wish = TrainingWish("full", "tiny", "mini_math", 8, 4, 2, 64)
    for kind, ok in (("OOM", True), ("CONFIG", False), (None, False)):
        monkeypatch.setattr(parts, "training", lambda *_, kind=kind: {"ok": True, "class": kind})
        assert parts.out_of_memory(wish, 1.0)["ok"] is ok


def test_a_benchmark_outside_a_checkout_is_skipped(tmp_path: Path) -> None:
    assert parts.benchmark("training", [], tmp_path, 1.0)["skipped"]
