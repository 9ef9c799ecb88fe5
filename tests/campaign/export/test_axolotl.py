"""A training leaves as a configuration that Axolotl documents; none runs here to compare it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from ftassist.campaign import Campaign
from ftassist.campaign.export.axolotl import axolotl_document, axolotl_text
from ftassist.campaign.export.recipe_out import export_recipe

from .test_recipe_out import campaign_on_tiny, trained

__all__ = ["campaign_on_tiny"]


class Rows(BaseModel):
    """A dataset of tokens, as Axolotl's page on pre-tokenised sets has it: `type` left empty."""

    model_config = ConfigDict(extra="forbid", strict=True)
    path: str
    ds_type: Literal["json", "arrow", "parquet"]
    type: None


class Config(BaseModel):
    """The fields used here, with their types, after Axolotl's configuration reference."""

    model_config = ConfigDict(extra="forbid", strict=True)
    base_model: str
    datasets: list[Rows] = Field(min_length=1)
    dataset_prepared_path: str
    shuffle_merged_datasets: bool
    curriculum_sampling: bool
    val_set_size: float
    sequence_len: int
    excess_length_strategy: Literal["drop", "truncate", "raise"]
    sample_packing: bool
    pad_to_sequence_len: bool
    adapter: Literal["lora", "qlora"] | None = None
    lora_r: int | None = None
    lora_alpha: int | None = None
    lora_dropout: float | None = None
    lora_target_linear: bool | None = None
    lora_target_modules: list[str] | None = None
    micro_batch_size: int
    gradient_accumulation_steps: int
    num_epochs: float
    max_steps: int
    optimizer: Literal["adamw_torch", "adamw_torch_fused"]
    learning_rate: float
    lr_scheduler: Literal["linear", "cosine", "constant", "constant_with_warmup"]
    warmup_steps: int
    weight_decay: float
    max_grad_norm: float
    bf16: bool
    fp16: bool
    tf32: bool
    gradient_checkpointing: bool
    seed: int
    output_dir: str
    logging_steps: int
    save_strategy: Literal["no", "steps", "epoch", "best"]


SETTINGS: dict[str, Any] = {
    "model": "org/base",
    "adapter": {
        "lora_r": 8, "lora_alpha": 16, "lora_dropout": 0.0, "lora_target_modules": ["all-linear"],
    },
    "training": {
        "output_dir": "model", "per_device_train_batch_size": 4, "gradient_accumulation_steps": 2,
        "max_steps": 30, "learning_rate": 2e-4, "lr_scheduler_type": "cosine", "warmup_steps": 3,
        "weight_decay": 0.0, "seed": 7, "bf16": False, "gradient_checkpointing": False,
    },
}  # fmt: skip


@pytest.mark.parametrize("targets", [["all-linear"], ["q_proj", "v_proj"], None])
def test_each_field_is_one_that_axolotl_documents(targets: list[str] | None) -> None:
    adapter = {**SETTINGS["adapter"], "lora_target_modules": targets} if targets else {}
    document = axolotl_document({**SETTINGS, "adapter": adapter}, "rows.jsonl", 99)
    config = Config.model_validate(document)
    assert config.micro_batch_size * config.gradient_accumulation_steps == 8
    assert (config.adapter, config.learning_rate) == ("lora" if targets else None, 2e-4)
    assert (config.lora_target_linear or False) == (targets == ["all-linear"])
    assert not config.shuffle_merged_datasets and config.curriculum_sampling


def test_the_file_says_that_nobody_compared_its_losses() -> None:
    text = axolotl_text(SETTINGS, "rows.jsonl", 99, filled=True)
    assert "was not tried" in text and "may leave them out" in text
    assert "may leave them out" not in axolotl_text(SETTINGS, "rows.jsonl", 99, filled=False)


@pytest.mark.slow
def test_a_trial_leaves_with_its_rows_in_order(campaign_on_tiny: Campaign, tmp_path: Path) -> None:
    trained(campaign_on_tiny, "t0001")
    folder = export_recipe(campaign_on_tiny, "t0001", "axolotl")
    config = Config.model_validate(yaml.safe_load((folder / "axolotl.yaml").read_text()))
    rows = [json.loads(line) for line in (folder / config.datasets[0].path).open()]
    assert len(rows) == config.max_steps * config.micro_batch_size
    assert max(len(row["input_ids"]) for row in rows) == config.sequence_len
    for row in rows:
        assert len(row["labels"]) == len(row["input_ids"]) == len(row["attention_mask"])
        assert set(row["attention_mask"]) == {1}
