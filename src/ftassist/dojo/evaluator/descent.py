"""Descent: whether weights still resemble the base's, tensor by tensor.

Fine-tuning leaves a matrix pointing roughly where it pointed; one of another model, or one whose
units were shuffled, is all but orthogonal to it. What is measured is the cosine between a matrix
and the base's, over numbers drawn by a secret seed where there are very many; docs/security.md
has the measurements that the threshold rests on. Knows tensors, not files: whether names, shapes
and configuration fit is `lineage`'s business.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import torch

MIN_COSINE = 0.5
"""Least cosine of a matrix with the base's (see docs/security.md for how it was chosen)."""

MIN_NUMBERS = 1024
"""Tensors with fewer numbers are not judged, nor are vectors: norms are near one in any model."""

SAMPLED = 1 << 17
"""Most numbers of a matrix that are compared; the error of a cosine is then below 0.01."""

Weights = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Sample:
    """Numbers of a model's matrices, kept to compare others with.

    Attributes:
        numbers: By tensor, at most `SAMPLED` of its numbers.
        places: By tensor, where in it they stand; absent where all of them are kept.
    """

    numbers: Weights
    places: Weights

    @classmethod
    def of(cls, weights: Weights) -> Self:
        """Draws a sample; the seed is secret, so that nobody can spare what will be compared."""
        generator = torch.Generator().manual_seed(secrets.randbits(63))
        places = {
            name: torch.randint(tensor.numel(), (SAMPLED,), generator=generator)
            for name, tensor in weights.items()
            if _judged(tensor) and tensor.numel() > SAMPLED
        }
        numbers = {
            name: _numbers(tensor, places.get(name))
            for name, tensor in weights.items()
            if _judged(tensor)
        }
        return cls(numbers, places)

    def cosines(self, weights: Weights) -> dict[str, float]:
        """The cosine of each matrix with the one sampled, by name.

        A matrix of zeros, or one with a number that is not finite, has cosine 0.
        """
        return {
            name: _cosine(ours, _numbers(weights[name], self.places.get(name)))
            for name, ours in self.numbers.items()
        }

    def least_alike(self, weights: Weights) -> tuple[str, float]:
        """The matrix that is least like the one sampled, and its cosine; ("", 1.0) for none."""
        found = self.cosines(weights)
        return min(found.items(), key=lambda item: item[1], default=("", 1.0))


def _judged(tensor: torch.Tensor) -> bool:
    return tensor.dim() > 1 and tensor.numel() >= MIN_NUMBERS and tensor.is_floating_point()


def _numbers(tensor: torch.Tensor, places: torch.Tensor | None) -> torch.Tensor:
    flat = tensor.detach().flatten()
    chosen = flat if places is None else flat[places.to(flat.device)]
    return chosen.to("cpu", torch.float32, copy=True)


def _cosine(one: torch.Tensor, other: torch.Tensor) -> float:
    norms = float(one.double().norm() * other.double().norm())
    value = float(one.double() @ other.double()) / norms if norms > 0 else 0.0
    return value if value == value else 0.0
