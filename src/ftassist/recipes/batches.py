"""Which rows form which batch: rows of like length together, in an order the seed decides.

Batches of like length waste little padding, which on a CPU is time. Packing puts several short
rows into one, one after another; positions start anew with each, so that they do not see each
other. Pure functions of lengths; knows nothing of torch.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ftassist.recipes.tokens import TokenRow

POOL = 8
"""Batches' worth of rows that are sorted by length together."""

Order = Literal["shuffled", "given"]


def epoch_order(
    lengths: Sequence[int], batch_size: int, *, seed: int, epoch: int, order: Order
) -> list[int]:
    """The order in which an epoch visits the rows; every `batch_size` of them form a batch.

    Shuffled: the rows are shuffled, pools of eight batches are sorted by length and cut into
    batches, and the batches are shuffled. A batch that is not full comes last.

    Args:
        lengths: Tokens of each row.
        batch_size: Rows in an optimizer step.
        seed: Decides the shuffles.
        epoch: Decides them, too; from 0.
        order: "given" keeps the rows as they are.
    """
    indices = list(range(len(lengths)))
    if order == "given":
        return indices
    generator = random.Random(f"{seed}:{epoch}")
    generator.shuffle(indices)
    pool = POOL * batch_size
    full: list[list[int]] = []
    rest: list[int] = []
    for start in range(0, len(indices), pool):
        members = sorted(indices[start : start + pool], key=lambda index: lengths[index])
        batches = [members[i : i + batch_size] for i in range(0, len(members), batch_size)]
        if len(batches[-1]) < batch_size:
            rest = batches.pop()
        full += batches
    generator.shuffle(full)
    return [index for batch in full for index in batch] + rest


@dataclass(frozen=True)
class BatchPlan:
    """The whole training as a plan: which rows every step sees.

    Attributes:
        lengths: Tokens of each row.
        batch_size: Rows in one forward pass.
        accumulation: Forward passes in an optimizer step.
        epochs: How often each row is seen.
        max_steps: Steps after which to stop, or None.
        seed: Decides the order.
        order: "shuffled" or "given".
    """

    lengths: tuple[int, ...]
    batch_size: int
    accumulation: int
    epochs: float
    max_steps: int | None
    seed: int
    order: Order

    def epoch(self, number: int) -> list[int]:
        """The rows in the order that epoch `number` (from 0) visits them."""
        return epoch_order(
            self.lengths, self.batch_size, seed=self.seed, epoch=number, order=self.order
        )

    @property
    def steps(self) -> int:
        """The number of optimizer steps."""
        each = math.ceil(len(self.lengths) / (self.batch_size * self.accumulation))
        steps = math.ceil(each * self.epochs)
        return max(1, steps if self.max_steps is None else min(steps, self.max_steps))

    def widths(self) -> list[int]:
        """The most tokens of a forward pass, padding included, in each step."""
        size = self.batch_size * self.accumulation
        widths: list[int] = []
        epoch = 0
        while len(widths) < self.steps:
            order = self.epoch(epoch)
            for start in range(0, len(order), size):
                step = order[start : start + size]
                passes = [
                    step[at : at + self.batch_size] for at in range(0, len(step), self.batch_size)
                ]
                widths.append(max(len(p) * max(self.lengths[i] for i in p) for p in passes))
            epoch += 1
        return widths[: self.steps]

    def tokens_seen(self) -> list[int]:
        """Tokens of the rows seen up to and with each step."""
        size = self.batch_size * self.accumulation
        seen: list[int] = []
        total = epoch = 0
        while len(seen) < self.steps:
            order = self.epoch(epoch)
            for start in range(0, len(order), size):
                total += sum(self.lengths[index] for index in order[start : start + size])
                seen.append(total)
            epoch += 1
        return seen[: self.steps]


def pack(rows: Sequence[TokenRow], length: int) -> list[list[TokenRow]]:
    """Packs rows into bins of at most `length` tokens: longest first, into the fullest that fits.

    Every row stays whole; none is longer than `length`.
    """
    bins: list[list[TokenRow]] = []
    open_bins: list[tuple[int, int]] = []
    for row in sorted(rows, key=len, reverse=True):
        fitting = [(free, number) for free, number in open_bins if free >= len(row)]
        if not fitting:
            bins.append([row])
            open_bins.append((length - len(row), len(bins) - 1))
            continue
        free, number = min(fitting)
        bins[number].append(row)
        open_bins.remove((free, number))
        if free > len(row):
            open_bins.append((free - len(row), number))
    return bins
