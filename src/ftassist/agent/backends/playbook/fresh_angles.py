"""What to try when no evidence points anywhere: a written list of small steps.

Each is a step a careful person would take blind, one argument at a time. They come last, and
expect little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.agent.backends.playbook.edits import training_edit
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.backends.playbook.training_rules import (
    MOST_EPOCHS,
    MOST_RANK,
    adapter_edit,
    capacity_edit,
    epochs_edit,
    full_edit,
    rate_edit,
)
from ftassist.agent.situation import Situation
from ftassist.records.proposal import Evidence

LONG = 6
"""Epochs from which fewer are worth a try."""
LONG_WARMUP = 0.15
BLIND = "nothing measured points to it; it is the next step on the list"


def _longer(at: Situation) -> Edit | None:
    epochs = at.plan.settings.epochs
    return epochs_edit(at, epochs + 1, BLIND) if epochs < MOST_EPOCHS else None


def _shorter(at: Situation) -> Edit | None:
    epochs = at.plan.settings.epochs
    return epochs_edit(at, round(2 * epochs / 3), BLIND) if epochs >= LONG else None


def _weight_decay(at: Situation) -> Edit | None:
    if at.plan.settings.weight_decay:
        return None
    return training_edit(
        at,
        "train.weight_decay:up",
        f"Weight decay of 0.01 instead of none; {BLIND}.",
        "a little weight decay",
        weight_decay=0.01,
    )


def _longer_warmup(at: Situation) -> Edit | None:
    if at.plan.settings.warmup >= LONG_WARMUP:
        return None
    return training_edit(
        at,
        "train.warmup:up",
        f"The learning rate rises over {LONG_WARMUP:.0%} of the steps; {BLIND}.",
        "a longer warm-up",
        warmup=LONG_WARMUP,
    )


def _smaller_batch(at: Situation) -> Edit | None:
    batch = at.plan.settings.batch_size
    if batch < 8:
        return None
    return training_edit(
        at,
        "train.batch_size:down",
        f"Batches of {batch // 2} instead of {batch}: twice as many steps; {BLIND}.",
        f"batch size {batch} to {batch // 2}",
        batch_size=batch // 2,
    )


def _other_rank(at: Situation) -> Edit | None:
    if at.plan.settings.method != "lora":
        return None
    return capacity_edit(at) if at.plan.settings.rank < MOST_RANK else None


def _other_method(at: Situation) -> Edit | None:
    if at.plan.settings.method != "lora":
        return adapter_edit(at)
    return full_edit(at) if at.tiny else None


def _cosine(at: Situation) -> Edit | None:
    if at.plan.settings.schedule == "cosine":
        return None
    return training_edit(
        at,
        "train.schedule:cosine",
        f"A cosine schedule instead of a linear one; {BLIND}.",
        "the learning rate falls along a cosine",
        schedule="cosine",
    )


ANGLES: tuple[tuple[str, Callable[[Situation], Edit | None]], ...] = (
    ("twice the learning rate", lambda at: rate_edit(at, 2.0, BLIND)),
    ("one epoch more", _longer),
    ("half the batch, so twice the steps", _smaller_batch),
    ("half the learning rate", lambda at: rate_edit(at, 0.5, BLIND)),
    ("twice the adapter's rank", _other_rank),
    ("an adapter instead of all weights, or the other way round", _other_method),
    ("a cosine schedule", _cosine),
    ("a third fewer epochs", _shorter),
    ("a little weight decay", _weight_decay),
    ("a longer warm-up", _longer_warmup),
)


@dataclass(frozen=True)
class FreshAngle:
    """No rule has evidence: take the next small step on a list.

    Says so plainly, and expects next to nothing; a tie is the likeliest outcome. It is still
    better than stopping with budget left.
    """

    name: ClassVar[str] = "fresh_angle"
    prior: ClassVar[Prior] = Prior(0.008, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Every step of the list that the cells allow, in order."""
        if not at.supervised:
            return []
        evidence = (Evidence(at.parent.id, "score to start from", at.parent.score),)
        return [
            Finding(
                f"No rule found evidence for a change; next on the list: {label}.",
                evidence,
                1.0 - 0.05 * place,
                label,
                {"place": place},
            )
            for place, (label, _) in enumerate(ANGLES)
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The step."""
        place: int = finding.detail["place"]
        return ANGLES[place][1](at)
