"""What fits on a device, counted from a model's files; a second run with half the batch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftassist.agent.plan import Plan
from ftassist.campaign.memory_table import MemoryShape, fit, halved_batch, memory_table, shape_of
from ftassist.journal.state import Trial
from ftassist.models import tiny_path
from ftassist.records.failure import TrialFailure
from ftassist.records.refusal import Retry

SEVEN = MemoryShape(
    parameters=7_615_616_512,
    linear=6_525_288_448,
    adapter=40_370_176,
    layers=28,
    width=3584,
    vocabulary=152_064,
    context=32_768,
)
"""The shape of a model of seven billion parameters."""


def test_the_shape_of_the_tiny_model_is_that_of_its_files() -> None:
    shape = shape_of(tiny_path())
    assert shape is not None
    assert (shape.layers, shape.width, shape.vocabulary, shape.context) == (5, 160, 1536, 512)
    # Embeddings (tied), and in each layer four matrices of attention, three of the MLP, two norms.
    layer = 4 * 160 * 160 + 3 * 160 * 448 + 2 * 160
    assert shape.parameters == 1536 * 160 + 5 * layer + 160
    assert shape.linear == 5 * (4 * 160 * 160 + 3 * 160 * 448)
    assert shape.adapter == 5 * 16 * (4 * 320 + 3 * 608)


def test_full_training_counts_sixteen_bytes_a_parameter() -> None:
    found = fit(SEVEN, "full", 143_000, gpu=True, checkpointing=True)
    assert found.weights_mb + found.training_mb == pytest.approx(16 * 7_615.6 / 1.048576, rel=1e-3)
    assert found.longest_row > 0


def test_a_model_that_does_not_fit_has_no_longest_row() -> None:
    assert fit(SEVEN, "full", 80_000, gpu=True, checkpointing=True).longest_row == 0
    assert fit(SEVEN, "lora", 80_000, gpu=True, checkpointing=True).longest_row > 4096


@pytest.mark.parametrize("checkpointing", [False, True])
def test_less_memory_is_needed_from_full_to_lora_to_qlora(checkpointing: bool) -> None:
    full, lora, qlora = (
        fit(SEVEN, method, 40_000, gpu=True, checkpointing=checkpointing).longest_row
        for method in ("full", "lora", "qlora")
    )
    assert full == 0 < lora <= qlora


def test_checkpointing_makes_room_for_longer_rows() -> None:
    plain, again = (
        fit(SEVEN, "lora", 40_000, gpu=True, checkpointing=value) for value in (False, True)
    )
    assert plain.longest_row < again.longest_row
    assert plain.weights_mb == again.weights_mb


def test_a_row_is_no_longer_than_the_model_reads() -> None:
    for row in memory_table("tiny", 16_000, gpu=False):
        assert row["longest_row"] == 512
    assert {row["method"] for row in memory_table("tiny", 16_000, gpu=False)} == {"full", "lora"}


def test_a_model_that_is_not_here_has_no_table(tmp_path: Path) -> None:
    assert memory_table("org/never-downloaded", 16_000, gpu=True) == []
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 8}), encoding="utf-8")
    assert memory_table(str(tmp_path), 16_000, gpu=True) == []


def test_a_file_of_weights_without_a_header_is_passed_over(tmp_path: Path) -> None:
    config = {"hidden_size": 8, "num_hidden_layers": 1, "vocab_size": 4}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 16)
    assert shape_of(tmp_path) is None


CELL = (
    "from ftassist.recipes import train\n\n"
    'train.sft(model, "data", "model", learning_rate=0.001{more}, seed=seed)'
)


def failed(more: str = "", kind: str = "OOM", stage: str = "train", **changes: object) -> Trial:
    return Trial(
        id="t0001",
        status="failed",
        cells={"train": CELL.format(more=more)},
        failure=TrialFailure(kind, stage, "no memory"),
        **changes,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("more", "batch", "accumulation"),
    [
        ("", 16, 2),
        (", batch_size=8, accumulation=3", 4, 6),
        (", batch_size=5", 1, 5),
        (", batch_size=6, accumulation=5", 3, 10),
        (", batch_size=7, accumulation=2", 2, 7),
    ],
)
def test_the_effective_batch_stays_exactly_what_it_was(
    more: str, batch: int, accumulation: int
) -> None:
    found = halved_batch(failed(more))
    assert found is not None
    training = Plan.of({"train": found[1]["source"]}).training
    assert (training["batch_size"], training["accumulation"]) == (batch, accumulation)
    assert training["learning_rate"] == 0.001


@pytest.mark.parametrize(
    "trial",
    [
        failed(", batch_size=1"),
        failed(kind="CONFIG"),
        failed(stage="curate"),
        failed(retries=(Retry("x"),)),
        Trial(id="t0001", cells={"train": "mine()"}, failure=TrialFailure("OOM", "train")),
    ],
    ids=["one row", "another class", "another stage", "retried before", "a persons own cell"],
)
def test_what_cannot_be_counted_or_was_tried_is_not_tried_again(trial: Trial) -> None:
    assert halved_batch(trial) is None
