"""What the playbook believes of a training before anything was measured: numbers with sources.

Data and the few formulas that read it. Sources:

[T]  Thinking Machines Lab, "LoRA Without Regret" (2025), and the formula its cookbook publishes:
     rate = 5e-5 * 10 * (2000 / width) ** power for adapters on all linear layers with alpha 32
     (without the factor 10 for all weights), power 0.781 for Llama and 0.0775 for Qwen; hardly
     dependent on the rank. Its alpha over rank is that of `train.sft` at rank 16.
[B]  Measured here (2026-11-28, two cores): SmolLM2-135M on 2,000 rows of Banking77, adapters of
     rank 16 on all linear layers, rate 1e-3, batches of 16, four epochs (500 steps): .67 of 100
     items right after one epoch, .71 and .81 after two and three, .84 of 300 after four; with 763
     rows at 2e-4 and two epochs: .06.
[M]  Measured here: the tiny model on mini_chemistry, 2,000 worked rows: .69 after ten epochs (630
     steps of 32 rows), .41 after two epochs of 798 rows.
[E]  Muennighoff et al., "Scaling Data-Constrained Language Models" (2023): up to four passes over
     the same tokens are nearly worth new ones, later ones ever less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ADAPTER_RATE = 5e-4
"""[T] At a width of 2,000. At SmolLM2's 576 it gives 1.3e-3; [B] used 1e-3."""
FULL_SHARE = 0.1
"""[T] The rate for all weights, as a share of that for adapters."""
REFERENCE_WIDTH = 2000
POWER: Mapping[str, float] = {"qwen2": 0.0775, "qwen3": 0.0775}
"""[T] By architecture."""
OTHER_POWER = 0.781
UNKNOWN_RATE = 2e-4
"""Customary for models of some billion parameters, where nothing is known of the size."""
RANK = 16
"""[B]; more rank buys capacity that a few thousand short rows do not fill [T]."""


@dataclass(frozen=True)
class Pace:
    """How long a first training should be.

    Attributes:
        steps: Optimizer steps it should have at least.
        least: Epochs it has at least, where time allows.
        most: Epochs it has at most.
        batch: Rows of a step.
        batch_tokens: Tokens of a step at most: long rows come in smaller batches.
        few: Rows of a step at least, where rows are long.
        most_of_few: Epochs at most over fewer than `FEW_ROWS` rows.
    """

    steps: int
    least: int
    most: int
    batch: int
    batch_tokens: int
    few: int
    most_of_few: int


FEW_ROWS = 500
TINY = Pace(steps=600, least=2, most=10, batch=32, batch_tokens=4096, few=4, most_of_few=6)
"""[M]; few rows are not repeated so often, which keeps lessons on them short."""
USUAL = Pace(steps=500, least=3, most=8, batch=16, batch_tokens=4096, few=4, most_of_few=8)
"""[B] for the steps, [E] for the end of what repeating brings."""
BLIND = Pace(steps=200, least=2, most=4, batch=16, batch_tokens=4096, few=4, most_of_few=4)
"""Where nobody measured how long a step takes."""


def adapter_rate(width: int, architecture: str = "") -> float:
    """Peak rate for adapters on all linear layers, to one digit [T]; 0 for an unknown width.

    >>> adapter_rate(576, "llama"), adapter_rate(3584, "qwen2")
    (0.001, 0.0005)
    """
    if width <= 0:
        return UNKNOWN_RATE
    power = POWER.get(architecture, OTHER_POWER)
    return float(f"{ADAPTER_RATE * (REFERENCE_WIDTH / width) ** power:.0e}")


def batch_of(pace: Pace, tokens: float) -> int:
    """Rows of a step: the usual number, halved until the longest rows fit."""
    batch = pace.batch
    while batch > pace.few and batch * tokens > pace.batch_tokens:
        batch //= 2
    return batch


def epochs_of(pace: Pace, rows: int, batch: int) -> int:
    """Epochs that give as many steps as a first training should have.

    >>> epochs_of(USUAL, 2000, 16), epochs_of(USUAL, 10_000, 16), epochs_of(USUAL, 200, 16)
    (4, 3, 8)
    """
    each = max(1, -(-rows // batch))
    most = pace.most if rows >= FEW_ROWS else pace.most_of_few
    return max(pace.least, min(most, -(-pace.steps // each)))
