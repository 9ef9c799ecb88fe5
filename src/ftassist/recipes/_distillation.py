"""Distillation: a model learns the rows' answers, and what a stronger one would say there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch

from ftassist.errors import ModelError
from ftassist.models import find
from ftassist.recipes import _trainer, models
from ftassist.recipes._planned import PlannedTrainer
from ftassist.recipes._warm_up import cut_rows
from ftassist.recipes.arguments import SftArguments
from ftassist.recipes.marks import wanted
from ftassist.recipes.running import AuditLog
from ftassist.recipes.tokens import IGNORED
from ftassist.recipes.training import Examples, Ready, Row


class Distillation:
    """The method of `train.distil`.

    Args:
        own: Its own arguments: teacher, weight, temperature.
    """

    name: ClassVar[str] = "distil"
    resumes: ClassVar[bool] = False

    def __init__(self, own: Mapping[str, Any]) -> None:
        self._own = own

    @property
    def called(self) -> Mapping[str, Any]:
        """The recipe and its own arguments."""
        return {"recipe": self.name, **self._own}

    def usable(self, rows: list[Row], log: AuditLog) -> list[Row]:
        """The rows whose answers are learned."""
        return wanted(rows, "train.distil")[0]

    def examples(
        self, rows: list[Row], loaded: models.LoadedModel, arguments: SftArguments, log: AuditLog
    ) -> Examples:
        """The rows and their tokens, but for those cut before their answer."""
        return cut_rows(rows, loaded, arguments, log)

    def trainer(self, ready: Ready) -> Any:
        """A planned trainer with the teacher beside it."""
        torch.manual_seed(ready.arguments.seed)
        teacher = _teacher(str(self._own["teacher"]), ready.loaded, ready.device)
        trainer = _trainer.build(
            ready.loaded,
            ready.examples.groups,
            [],
            ready.plan,
            ready.arguments,
            ready.device,
            trainer_class=DistillingTrainer,
        )
        assert isinstance(trainer, DistillingTrainer)
        trainer.teacher = teacher
        trainer.weight = float(self._own["weight"])
        trainer.softness = float(self._own["temperature"])
        return trainer


def _teacher(name: str, loaded: models.LoadedModel, device: torch.device) -> Any:
    if find(name) is None:
        raise ModelError(
            f"the teacher {name!r} is not on this machine",
            where="train.distil",
            fix="name a model folder",
        )
    teacher = models.load(name)
    if teacher.tokenizer.get_vocab() != loaded.tokenizer.get_vocab():
        raise ModelError(
            f"the teacher {name!r} has another tokenizer",
            where="train.distil",
            fix="use curate.teach(rows, teacher=...), which needs no common tokenizer",
        )
    return teacher.model.to(device).eval().requires_grad_(False)


class DistillingTrainer(PlannedTrainer):
    """A planned trainer whose loss mixes the rows' answers with a teacher's distribution."""

    teacher: Any = None
    weight: float = 0.5
    softness: float = 1.0

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """The mixed loss, as a mean over trained tokens."""
        targets = inputs["labels"][:, 1:]
        others = {name: value for name, value in inputs.items() if name != "labels"}
        output = model(**others, use_cache=False)
        with torch.no_grad():
            wanted = self.teacher(**others, use_cache=False).logits[:, :-1]
        trained = targets != IGNORED
        student = output.logits[:, :-1][trained].float()
        hard = torch.nn.functional.cross_entropy(student, targets[trained], reduction="sum")
        soft = torch.nn.functional.kl_div(
            torch.log_softmax(student / self.softness, -1),
            torch.log_softmax(wanted[trained].float() / self.softness, -1),
            reduction="sum",
            log_target=True,
        )
        total = (1 - self.weight) * hard + self.weight * self.softness**2 * soft
        count = trained.sum() if num_items_in_batch is None else num_items_in_batch
        loss = total / torch.as_tensor(count).clamp(min=1)
        return (loss, output) if return_outputs else loss
