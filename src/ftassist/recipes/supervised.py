"""Supervised fine-tuning: the answers of the rows are learned, on TRL's SFTTrainer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ftassist.recipes.arguments import SftArguments
from ftassist.recipes.batches import pack
from ftassist.recipes.encoding import encode_audited
from ftassist.recipes.marks import wanted
from ftassist.recipes.models import LoadedModel
from ftassist.recipes.running import AuditLog, split_rows
from ftassist.recipes.training import Examples, Ready, Row


@dataclass(frozen=True)
class Supervised:
    """The method of `train.sft`."""

    name: ClassVar[str] = "sft"
    called: ClassVar[Mapping[str, Any]] = {}
    resumes: ClassVar[bool] = True

    def usable(self, rows: list[Row], log: AuditLog) -> list[Row]:
        """The rows whose answers are learned; a remark where some are not, or some turns."""
        kept, check = wanted(rows, "train.sft")
        if any(row.get("untrained") or row.get("label") is False for row in rows):
            log.add(check)
        return kept

    def examples(
        self, rows: list[Row], loaded: LoadedModel, arguments: SftArguments, log: AuditLog
    ) -> Examples:
        """Rows to learn from, packed where that was asked for, and rows held out."""
        coded = encode_audited(rows, loaded, arguments.max_length, log, fit=True)
        whole = [row.cut(arguments.max_length) for row in coded]
        usable = [row for row in whole if any(row.trained)]
        kept, held_out = split_rows(len(usable), arguments.validation_share, arguments.seed)
        training = [usable[index] for index in kept]
        packing = arguments.packing
        groups = pack(training, arguments.max_length) if packing else [[r] for r in training]
        return Examples(rows, groups, [usable[index] for index in held_out])

    def trainer(self, ready: Ready) -> Any:
        """A trainer that visits the rows in the plan's order."""
        from ftassist.recipes._trainer import build

        return build(
            ready.loaded,
            ready.examples.groups,
            ready.examples.held_out,
            ready.plan,
            ready.arguments,
            ready.device,
            checkpoints=ready.checkpoints,
        )
