"""A rule about the order in which rows are learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.agent.backends.playbook.edits import order_edit
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.situation import Situation
from ftassist.records.proposal import Evidence

SPREAD = 2.0
"""The longest set's answers are so many times longer than the shortest set's."""
JUMPS = 2


@dataclass(frozen=True)
class ShortFirst:
    """The loss jumps and rows differ much in length: learn the short ones first.

    A curriculum (short, then long) gives the first steps, which have the highest rates, the rows
    with the fewest ways to go wrong. It costs nothing, and it is no more than a hope: with a
    learning rate that suits the data, shuffled rows do as well. So a lower rate, which removes
    the usual cause of jumps, is expected to do more and comes first.
    """

    name: ClassVar[str] = "short_first"
    prior: ClassVar[Prior] = Prior(0.015, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Jumps of the loss, and sets whose answers differ in length."""
        loss = at.loss
        if loss is None or not loss.finite or loss.spikes < JUMPS:
            return []
        if at.plan.trainer != "train.sft" or at.plan.operator("curate.order"):
            return []
        lengths = [s.response_length for s in at.used if s.response_length > 0]
        if len(lengths) < 2 or max(lengths) < SPREAD * min(lengths):
            return []
        ratio = round(max(lengths) / min(lengths), 1)
        evidence = (
            Evidence(at.parent.id, "steps with a jump of the loss", float(loss.spikes)),
            Evidence(at.parent.id, "longest answers by set, as a multiple of the shortest", ratio),
        )
        cause = (
            f"The loss jumped {loss.spikes} times, and answers of one set are {ratio:g} times as "
            "long as those of another."
        )
        return [Finding(cause, evidence, min(1.0, 0.4 + 0.1 * loss.spikes))]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Rows by length, and a training that keeps the order."""
        return order_edit(
            at,
            "train.order:given",
            "Short rows first, by length, instead of shuffled: the loss jumped.",
            "a curriculum: short rows first",
        )
