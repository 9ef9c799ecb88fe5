"""What methods share that learn from judged answers: they may go on from a supervised training.

A method that learns from what a model answers has nothing to learn from a base model that never
answers in the asked form. So the rows' own answers are learned first, in the same call; the
method then goes on from there, and what it may not leave is that model, not the untouched base.
"""

from __future__ import annotations

import copy
import math
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import torch
from transformers import PrinterCallback

from ftassist.errors import DataError
from ftassist.recipes import _device, _trainer, audit
from ftassist.recipes._chat_trainers import ChatTokens
from ftassist.recipes.arguments import SftArguments
from ftassist.recipes.chat import response_of
from ftassist.recipes.encoding import encode_audited
from ftassist.recipes.metrics import SUPERVISED, MetricsWriter
from ftassist.recipes.models import LoadedModel
from ftassist.recipes.running import AuditLog
from ftassist.recipes.training import Examples, Ready, Row, plan_of


@dataclass(frozen=True)
class JudgedMethod(ABC):
    """A method that learns which answers are better.

    Attributes:
        own: Its own arguments, by name: `supervised` epochs before it, and their
            `supervised_rate`, among them.
    """

    own: Mapping[str, Any]
    name: ClassVar[str]
    resumes: ClassVar[bool] = False
    keeps_reference: ClassVar[bool] = True
    """Whether a full training needs a copy of the model that it may not leave."""

    @property
    def called(self) -> Mapping[str, Any]:
        """The recipe and its own arguments."""
        return {"recipe": self.name, **self.own}

    def usable(self, rows: list[Row], log: AuditLog) -> list[Row]:
        """All rows."""
        return rows

    def examples(
        self, rows: list[Row], loaded: LoadedModel, arguments: SftArguments, log: AuditLog
    ) -> Examples:
        """The rows and their tokens, but for those cut before their answer."""
        return cut_rows(rows, loaded, arguments, log)

    def trainer(self, ready: Ready) -> Any:
        """The method's trainer, on a model that has learned the rows' answers first if asked."""
        torch.manual_seed(ready.arguments.seed)
        warm = bool(self.own.get("supervised"))
        loaded = self._warmed(ready) if warm else ready.loaded
        shared = {
            "model": loaded.model,
            "processing_class": loaded.tokenizer,
            "peft_config": None if warm else _trainer.adapter_of(loaded.model, ready.arguments),
            "tokens": ChatTokens.of(loaded),
        }
        # With an adapter the trainer keeps a copy of it as reference; without one it would take
        # the base model's weights.
        if warm and ready.arguments.method == "full" and self.keeps_reference:
            shared["ref_model"] = copy.deepcopy(loaded.model).eval().requires_grad_(False)
        with _trainer.without_future_warnings():
            trainer = self.build(ready, configuration(ready), shared)
        trainer.remove_callback(PrinterCallback)
        return trainer

    @abstractmethod
    def build(self, ready: Ready, common: dict[str, Any], shared: Mapping[str, Any]) -> Any:
        """The trainer of TRL's.

        Args:
            ready: What it is built from.
            common: Settings that all of TRL's trainers take.
            shared: Arguments that all of TRL's trainers take.
        """

    def _warmed(self, ready: Ready) -> LoadedModel:
        """The model after some epochs of supervised training; with an adapter, wrapped in it."""
        chosen = replace(
            ready.arguments,
            epochs=float(self.own["supervised"]),
            learning_rate=float(self.own["supervised_rate"]),
            max_steps=None,
        )
        examples = ready.examples
        right = [
            group
            for group, row in zip(examples.groups, examples.rows, strict=True)
            if row.get("label", True) and any(group[0].trained)
        ]
        plan = plan_of(right, chosen)
        trainer = _trainer.build(ready.loaded, right, [], plan, chosen, ready.device)
        path = Path(chosen.output).resolve().parent / SUPERVISED
        part = ready.numerics.part("supervised")
        with MetricsWriter(path, stage="train") as metrics:
            _trainer.run(trainer, plan, metrics, ready.log, part)
        return replace(ready.loaded, model=trainer.model)


def cut_rows(
    rows: Sequence[Row],
    loaded: LoadedModel,
    arguments: SftArguments,
    log: AuditLog,
    *,
    keep_all: bool = False,
) -> Examples:
    """The rows and their tokens; those cut before their answer are left out, as the audit told."""
    whole = encode_audited(rows, loaded, arguments.max_length, log)
    cut = [row.cut(arguments.max_length) for row in whole]
    kept = [n for n, row in enumerate(cut) if keep_all or any(row.trained)]
    return Examples([rows[n] for n in kept], [[cut[n]] for n in kept])


def kept_rows(
    method: str, rows: Sequence[Row], kept: list[Row], need: str, fix: str, log: AuditLog
) -> list[Row]:
    """The rows that a method can use, counted in the audit.

    Raises:
        DataError: There are none.
    """
    if not kept:
        raise DataError(f"no row has {need}", where=f"train.{method}", fix=f"make them with {fix}")
    message = f"{len(kept)} of {len(rows)} rows have {need}"
    log.add(audit.Check("examples", True, message, detail={"rows": len(rows), "kept": len(kept)}))
    return kept


def answer_of(row: Row) -> str:
    """The answer that a row teaches."""
    return response_of(row["messages"])


def configuration(ready: Ready) -> dict[str, Any]:
    """The settings that all of TRL's trainers take."""
    arguments, plan, device = ready.arguments, ready.plan, ready.device
    on_gpu = device.type == "cuda"
    return {
        "output_dir": str(Path(tempfile.gettempdir()) / "ftassist-trainer"),
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": not on_gpu,
        "bf16": _device.precision(device) == "bf16",
        "gradient_checkpointing": arguments.checkpointing,
        "per_device_train_batch_size": arguments.batch_size,
        "gradient_accumulation_steps": arguments.accumulation,
        "max_steps": plan.steps,
        "learning_rate": arguments.learning_rate,
        "lr_scheduler_type": arguments.schedule,
        "warmup_steps": math.ceil(arguments.warmup * plan.steps),
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "seed": arguments.seed,
        "data_seed": arguments.seed,
        "dataloader_pin_memory": on_gpu,
    }
