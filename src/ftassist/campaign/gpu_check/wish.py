"""A training that the GPU check wants, and what a part of it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ftassist.records.record import Record

Found = dict[str, Any]
"""What a part says, as JSON values: each part its own, to be printed and read by people."""


@dataclass(frozen=True, slots=True)
class TrainingWish(Record):
    """A short training."""

    method: str
    """"lora", "full", "qlora", "dpo" or "grpo"."""
    model: str
    task: str
    """Whose rows are trained on."""
    rows: int
    batch_size: int
    steps: int
    max_length: int
    repeat_prompt: int = 1
    """How often each prompt is said: rows as long as that are wanted to fill a memory."""
