"""A trial's training as Axolotl's configuration, over rows that are tokens already.

Keys are those of Axolotl's configuration reference. What it computes with them was not compared
with the trial: no Axolotl runs here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

HEAD = """\
# In this folder: axolotl train axolotl.yaml
# Its rows are tokens and labels as the trial saw them; nothing is shuffled, cut or packed.
# That Axolotl gives the same losses was not tried: compare the first steps with the trial's curve.
"""
FILLED = """\
# Rows that only fill an epoch's last batch teach nothing, and Axolotl may leave them out: batches
# after the first epoch may then begin elsewhere than the trial's.
"""


def axolotl_text(settings: Mapping[str, Any], rows: str, longest: int, *, filled: bool) -> str:
    """The configuration as YAML.

    Args:
        settings: The settings of the training, as `recipe_out` has them.
        rows: The file of the rows.
        longest: Tokens of the longest row.
        filled: Whether some rows only fill a batch.
    """
    document = axolotl_document(settings, rows, longest)
    text = yaml.safe_dump(document, sort_keys=False)
    return HEAD + (FILLED if filled else "") + text


def axolotl_document(settings: Mapping[str, Any], rows: str, longest: int) -> dict[str, Any]:
    """The configuration as a document."""
    training = settings["training"]
    return {
        "base_model": settings["model"],
        "datasets": [{"path": rows, "ds_type": "json", "type": None}],
        "dataset_prepared_path": "prepared",
        "shuffle_merged_datasets": False,
        "curriculum_sampling": True,
        "val_set_size": 0.0,
        "sequence_len": longest,
        "excess_length_strategy": "raise",
        "sample_packing": False,
        "pad_to_sequence_len": False,
        **_adapter(settings["adapter"]),
        "micro_batch_size": training["per_device_train_batch_size"],
        "gradient_accumulation_steps": training["gradient_accumulation_steps"],
        "num_epochs": 1,
        "max_steps": training["max_steps"],
        "optimizer": "adamw_torch",
        "learning_rate": training["learning_rate"],
        "lr_scheduler": training["lr_scheduler_type"],
        "warmup_steps": training["warmup_steps"],
        "weight_decay": training["weight_decay"],
        "max_grad_norm": 1.0,
        "bf16": training["bf16"],
        "fp16": False,
        "tf32": False,
        "gradient_checkpointing": training["gradient_checkpointing"],
        "seed": training["seed"],
        "output_dir": training["output_dir"],
        "logging_steps": 1,
        "save_strategy": "no",
    }


def with_attention(rows: Iterator[dict[str, list[int]]]) -> Iterator[dict[str, list[int]]]:
    """The rows as Axolotl wants tokens: with a mask that leaves none out."""
    for row in rows:
        yield {**row, "attention_mask": [1] * len(row["input_ids"])}


def _adapter(adapter: Mapping[str, Any]) -> dict[str, Any]:
    if not adapter:
        return {}
    targets = adapter["lora_target_modules"]
    all_linear = targets == ["all-linear"]
    return {
        "adapter": "lora",
        "lora_r": adapter["lora_r"],
        "lora_alpha": adapter["lora_alpha"],
        "lora_dropout": adapter["lora_dropout"],
        **({"lora_target_linear": True} if all_linear else {"lora_target_modules": targets}),
    }
