"""The losses of a training are those of TRL's trainer on the same batches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.models import find
from ftassist.recipes import models, train
from ftassist.recipes._planned import PlannedSampler, documents
from ftassist.recipes.batches import BatchPlan
from ftassist.recipes.metrics import read_metrics
from ftassist.recipes.tokens import IGNORED, TokenRow, encode

pytestmark = pytest.mark.slow
BATCH, STEPS = 2, 10
RATES = {"tiny": 1e-3, "smollm2-135m": 1e-5}
"""Small enough for a loss to fall evenly: one that jumps magnifies rounding."""


@pytest.fixture(autouse=True)
def float32(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FTASSIST_PRECISION", "float32")
    yield


def losses_of_trl(model: str, rows: list[TokenRow], method: str, folder: Path) -> list[float]:
    """TRL as its documentation writes it; only the order of the rows is the plan's."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from trl import SFTConfig, SFTTrainer

    plan = BatchPlan(tuple(map(len, rows)), BATCH, 1, 10, STEPS, seed=0, order="shuffled")

    class InOrder(SFTTrainer):  # type: ignore[misc]
        def _get_train_sampler(self, train_dataset: Any = None) -> PlannedSampler:
            return PlannedSampler(plan)

    loaded = models.load(model, dtype=torch.float32)
    settings = LoraConfig(
        r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM", lora_dropout=0.0
    )
    trainer = InOrder(
        model=loaded.model,
        args=SFTConfig(
            output_dir=str(folder),
            per_device_train_batch_size=BATCH,
            max_steps=STEPS,
            learning_rate=RATES[model],
            lr_scheduler_type="constant",
            warmup_steps=0,
            use_cpu=True,
            bf16=False,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            seed=0,
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
        ),
        train_dataset=Dataset.from_list(
            [{"input_ids": list(row.ids), "labels": row.labels} for row in rows]
        ),
        processing_class=loaded.tokenizer,
        peft_config=settings if method == "lora" else None,
    )
    trainer.train()
    return [found["loss"] for found in trainer.state.log_history if "loss" in found]


def rows_of(model: str, data: Path) -> list[TokenRow]:
    loaded = models.load(model)
    lines = (data / "train.jsonl").read_text(encoding="utf-8").splitlines()
    chats = [json.loads(line)["messages"] for line in lines]
    return encode(chats, loaded.tokenizer, models.end_tokens(loaded), loaded.chats)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("model", "method"), [("tiny", "lora"), ("tiny", "full"), ("smollm2-135m", "lora")]
)
def test_the_first_ten_losses_are_those_of_trl_in_float32(
    model: str, method: str, exported: Callable[..., Path], tmp_path: Path
) -> None:
    if find(model) is None:
        pytest.skip(f"{model} is not on this machine")
    data = exported(count=2 * BATCH)
    train.sft(
        model,
        data,
        data.parent / "model",
        learning_rate=RATES[model],
        epochs=10,
        max_steps=STEPS,
        batch_size=BATCH,
        method=method,  # type: ignore[arg-type]
        schedule="constant",
        warmup=0.0,
        validation_share=0.0,
    )
    found = [r["loss"] for r in read_metrics(data.parent / "metrics.jsonl").rows if "loss" in r]
    wanted = losses_of_trl(model, rows_of(model, data), method, tmp_path / "trl")
    assert len(found) == len(wanted) == STEPS
    assert found == pytest.approx(wanted, abs=1e-4)


def test_packed_rows_are_taken_apart_and_those_without_an_answer_left_out() -> None:
    import torch

    inputs = {
        "input_ids": torch.tensor([[5, 6, 7, 5, 6, 8, 0, 0]]),
        "labels": torch.tensor([[IGNORED, IGNORED, 7, IGNORED, IGNORED, 8, IGNORED, IGNORED]]),
        "position_ids": torch.tensor([[0, 1, 2, 0, 1, 2, 0, 1]]),
    }
    found = [tokens for tokens, _ in documents(inputs)]
    assert found == [[5, 6, 7], [5, 6, 8]]
