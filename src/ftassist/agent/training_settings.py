"""What a training call is run with: as its cell says, else as its recipe does by itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from ftassist.agent.cells import Call
from ftassist.recipes.arguments import OTHER_USUALS, SftArguments


@dataclass(frozen=True)
class TrainingSettings:
    """The arguments of a training call that decisions rest on; defaults are `train.sft`'s."""

    learning_rate: float | None = None
    epochs: float = SftArguments.epochs
    batch_size: int = SftArguments.batch_size
    method: str = SftArguments.method
    rank: int = SftArguments.rank
    accumulation: int = SftArguments.accumulation
    max_length: int = SftArguments.max_length
    warmup: float = SftArguments.warmup
    schedule: str = SftArguments.schedule
    weight_decay: float = SftArguments.weight_decay
    order: str = SftArguments.order
    max_steps: int | None = None
    checkpointing: bool = SftArguments.checkpointing
    layers: int | None = None
    devices: int = SftArguments.devices
    generations: int = 4
    """Answers to each prompt, of `train.grpo`."""
    supervised: float = 0.0
    """Supervised epochs that a method goes on from."""

    @classmethod
    def of(cls, call: Call) -> TrainingSettings:
        """The settings of a call; a value of another kind than its recipe takes counts as none."""
        given, usual = call.keywords, DEFAULTS
        if call.function != "train.sft":
            usual = {**DEFAULTS, **OTHER_USUALS}
        return cls(
            **{n: given[n] if _like(given.get(n), usual[n]) else usual[n] for n in DEFAULTS}
        )

    @property
    def effective_batch(self) -> int:
        """Rows of an optimizer step."""
        return self.batch_size * self.accumulation


DEFAULTS: dict[str, Any] = {one.name: one.default for one in fields(TrainingSettings)}


def _like(value: Any, usual: Any) -> bool:
    """Whether a value is a text as the usual one is, or a number as that."""
    return isinstance(value, str if isinstance(usual, str) else int | float)
