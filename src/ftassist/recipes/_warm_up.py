"""Supervised training in front of a method that needs answers worth judging.

A method that learns from what a model answers has nothing to learn from a base model that never
answers in the asked form. So the rows' own answers are learned first, in the same call; the
method then goes on from there, and what it may not leave is that model, not the untouched base.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ftassist.dojo.dry_run import most_steps
from ftassist.recipes import _trainer, models
from ftassist.recipes._numerics import Recorder
from ftassist.recipes.arguments import SftArguments
from ftassist.recipes.batches import Plan
from ftassist.recipes.metrics import SUPERVISED, MetricsWriter
from ftassist.recipes.running import AuditLog
from ftassist.recipes.tokens import TokenRow


def warm_up(
    loaded: models.LoadedModel,
    coded: Sequence[TokenRow],
    arguments: SftArguments,
    more: Mapping[str, Any],
    device: torch.device,
    log: AuditLog,
    numerics: Recorder,
) -> models.LoadedModel:
    """The model after some epochs of supervised training; with an adapter, wrapped in it.

    Args:
        loaded: The base model.
        coded: The rows to learn from, tokenised.
        arguments: Of the whole training; its steps are those of the method.
        more: `supervised`, the epochs, and `supervised_rate`, the peak of the schedule.
        device: Where to train.
        log: Where its audits go.
        numerics: Writes its fingerprint before the first step.
    """
    chosen = replace(
        arguments,
        epochs=float(more["supervised"]),
        learning_rate=float(more["supervised_rate"]),
        max_steps=None,
    )
    usable = [row for row in coded if any(row.trained)]
    plan = Plan(
        lengths=tuple(len(row) for row in usable),
        batch_size=chosen.batch_size,
        accumulation=chosen.accumulation,
        epochs=chosen.epochs,
        max_steps=most_steps(None),
        seed=chosen.seed,
        order=chosen.order,
    )
    trainer = _trainer.build(loaded, [[row] for row in usable], [], plan, chosen, device)
    path = Path(arguments.output).resolve().parent / SUPERVISED
    with MetricsWriter(path, stage="train") as metrics:
        _trainer.run(trainer, plan, metrics, log, numerics.part("supervised"))
    return replace(loaded, model=trainer.model)


def frozen_copy(model: Any) -> Any:
    """A copy of a model that is not trained: what a method may not leave."""
    return copy.deepcopy(model).eval().requires_grad_(False)
