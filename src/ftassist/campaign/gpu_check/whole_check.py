"""Runs the parts of the GPU check one after another, within a time, and gathers what they say."""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ftassist.campaign.gpu_check import parts
from ftassist.campaign.gpu_check.random_model import SHAPE_1_5B
from ftassist.campaign.gpu_check.wish import Found, TrainingWish

SCHEMA = "ftassist/gpu-check/1"
Tell = Callable[[str], None]
Part = tuple[str, Callable[[float], Found]]


@dataclass(frozen=True)
class Extent:
    """How much is checked.

    Attributes:
        model: The small model.
        task: The task whose rows are trained on.
        methods: Ways of training on the small model.
        large: Ways on the random model.
        shape: Of the random model.
        steps: Of each training.
        rows: Of each training.
        batch: Rows of a step.
        seconds: After which no further part is begun.
        each: After which one training is ended.
        benchmarks: Whether the repository's benchmarks are run, where they are at hand.
    """

    model: str
    task: str
    methods: tuple[str, ...]
    large: tuple[str, ...]
    shape: Mapping[str, int]
    steps: int = 12
    rows: int = 256
    batch: int = 16
    seconds: float = 450.0
    each: float = 90.0
    benchmarks: bool = True


LONG = Extent(
    model="smollm2-135m",
    task="banking77",
    methods=("lora", "full", "qlora", "dpo", "grpo"),
    large=("lora", "qlora", "full"),
    shape=SHAPE_1_5B,
)
"""For a machine with a GPU: under eight minutes on an H200."""
SMALL = Extent(
    model="tiny",
    task="mini_math",
    methods=("lora", "dpo"),
    large=("lora",),
    shape={
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    },
    steps=3,
    rows=24,
    batch=4,
    each=240.0,
    benchmarks=False,
)
"""The same code paths in a small way, for machines without a GPU and for tests."""


def check(extent: Extent, root: Path, tell: Tell = lambda _: None) -> Found:
    """Runs all parts and returns one document.

    Args:
        extent: How much is checked.
        root: A checkout of the repository, for its benchmarks; any other folder has none.
        tell: Told of each part as it begins.
    """
    began = time.monotonic()
    found: Found = {}
    with tempfile.TemporaryDirectory(prefix="ftassist-gpu-check-") as place:
        for name, part in _parts(extent, Path(place), root):
            left = extent.seconds - (time.monotonic() - began)
            if left <= 0:
                found[name] = {"ok": False, "skipped": f"{extent.seconds:.0f} s were over"}
                continue
            tell(name)
            started = time.monotonic()
            try:
                said = part(left)
            except Exception as error:  # noqa: BLE001 - a part that fails must not hide the rest
                said = {"ok": False, "message": f"{type(error).__name__}: {error}"[:600]}
            said.setdefault("ok", True)
            found[name] = {**said, "took": round(time.monotonic() - started, 1)}
    return {
        "schema": SCHEMA,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "on_gpu": bool(found.get("machine", {}).get("gpus")),
        "host": {"system": platform.platform(), "python": platform.python_version()},
        "ok": all(part["ok"] for part in found.values()),
        "seconds": round(time.monotonic() - began, 1),
        "parts": found,
    }


def _parts(extent: Extent, place: Path, root: Path) -> Iterator[Part]:
    """All parts with their names, in order; the cheap ones first."""
    small = extent.model
    yield "machine", lambda _: parts.machine()
    yield "one GPU a trial", lambda _: parts.lease_refused()
    yield "sandbox", lambda _: parts.inside(small)
    yield "spare kernel", lambda _: parts.spare_without_context(small)
    for method in extent.methods:
        yield f"{method} on {small}", _training(extent, method, small)
    large: list[str] = []

    def make(_: float) -> Found:
        large.append(parts.made_model(place, small, dict(extent.shape)))
        return {"folder": Path(large[0]).name}

    yield "random model", make
    for method in extent.large:
        yield f"{method} on random model", _on_random(extent, method, large)
    yield "out of memory", _too_large(extent, large)
    if extent.benchmarks:
        training = ["--rows", "320", "--rounds", "1", "--ways", "ours", "trl", "--json", "OUTPUT"]
        yield "benchmarks.training", _benchmark("training", training, root)
        yield "benchmarks.evaluate", _benchmark("evaluate", ["--json"], root)


def _training(extent: Extent, method: str, model: str) -> Callable[[float], Found]:
    wish = _wish(extent, method, model)
    return lambda left: _allowed(method, parts.training(wish, min(left, extent.each)))


def _on_random(extent: Extent, method: str, large: list[str]) -> Callable[[float], Found]:
    def run(left: float) -> Found:
        if not large:
            return {"ok": False, "skipped": "there is no random model"}
        wish = _wish(extent, method, large[0])
        return _allowed(method, parts.training(wish, min(left, extent.each)))

    return run


def _too_large(extent: Extent, large: list[str]) -> Callable[[float], Found]:
    """Rows so long and so many at once that no GPU has room for them."""

    def run(left: float) -> Found:
        wish = _wish(extent, "full", large[0] if large else extent.model)
        wish = replace(wish, batch_size=512, rows=512, repeat_prompt=200, max_length=4096)
        return parts.out_of_memory(wish, min(left, extent.each))

    return run


def _benchmark(name: str, arguments: list[str], root: Path) -> Callable[[float], Found]:
    return lambda left: parts.benchmark(name, arguments, root, left)


def _wish(extent: Extent, method: str, model: str) -> TrainingWish:
    return TrainingWish(method, model, extent.task, extent.rows, extent.batch, extent.steps, 512)


def _allowed(method: str, found: Found) -> Found:
    """A training in four bits may be refused where bitsandbytes or a GPU is missing."""
    if method == "qlora" and "qlora" in str(found.get("message", "")) and not found.get("ok"):
        return {**found, "ok": True, "skipped": found["message"]}
    return found
