"""DPO and KTO on TRL's trainers: answers are liked, or liked better than others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import datasets
from trl import DPOConfig, KTOConfig

from ftassist.recipes._chat_trainers import ChatDPOTrainer, ChatKTOTrainer
from ftassist.recipes._warm_up import JudgedMethod, answer_of, kept_rows
from ftassist.recipes.running import AuditLog
from ftassist.recipes.training import Ready, Row


class Dpo(JudgedMethod):
    """Direct preference optimisation: a chosen answer and a rejected one of the same prompt."""

    name: ClassVar[str] = "dpo"

    def usable(self, rows: list[Row], log: AuditLog) -> list[Row]:
        """The rows with a rejected answer that differs."""
        kept = [r for r in rows if r.get("rejected") and r["rejected"] != answer_of(r)]
        need, fix = "a rejected answer that differs", 'curate.sample_answers(..., keep="pairs")'
        return kept_rows(self.name, rows, kept, need, fix, log)

    def build(self, ready: Ready, common: dict[str, Any], shared: Mapping[str, Any]) -> Any:
        """TRL's DPOTrainer."""
        longest = ready.arguments.max_length
        config = DPOConfig(**common, max_length=longest, beta=self.own["beta"])
        return ChatDPOTrainer(args=config, train_dataset=_pairs(ready.examples.rows), **shared)


class Kto(JudgedMethod):
    """KTO: answers that are right, and answers that are wrong; the rarer kind is weighted up."""

    name: ClassVar[str] = "kto"

    def usable(self, rows: list[Row], log: AuditLog) -> list[Row]:
        """The rows with a label, if there are labels of both kinds."""
        kept = [r for r in rows if isinstance(r.get("label"), bool)]
        need, fix = "a label, right or wrong", 'curate.sample_answers(..., keep="labels")'
        if len({r["label"] for r in kept}) < 2:
            kept = []
            need = "labels of both kinds, right and wrong"
        return kept_rows(self.name, rows, kept, need, fix, log)

    def build(self, ready: Ready, common: dict[str, Any], shared: Mapping[str, Any]) -> Any:
        """TRL's KTOTrainer."""
        rows = ready.examples.rows
        wanted = sum(bool(row["label"]) for row in rows)
        others = len(rows) - wanted
        config = KTOConfig(
            **common,
            max_length=ready.arguments.max_length,
            beta=self.own["beta"],
            desirable_weight=max(1.0, others / wanted),
            undesirable_weight=max(1.0, wanted / others),
        )
        return ChatKTOTrainer(args=config, train_dataset=_labelled(rows), **shared)


def _pairs(rows: Sequence[Row]) -> Any:
    return datasets.Dataset.from_list(
        [
            {
                "prompt": list(row["messages"][:-1]),
                "chosen": [{"role": "assistant", "content": answer_of(row)}],
                "rejected": [{"role": "assistant", "content": str(row["rejected"])}],
            }
            for row in rows
        ]
    )


def _labelled(rows: Sequence[Row]) -> Any:
    return datasets.Dataset.from_list(
        [
            {
                "prompt": list(row["messages"][:-1]),
                "completion": [{"role": "assistant", "content": answer_of(row)}],
                "label": bool(row["label"]),
            }
            for row in rows
        ]
    )
