"""The order FT-Dojo's released loaders put records in, which its splits are cut from.

Those loaders shuffle each view with `datasets.Dataset.shuffle(seed=42)`; that is a permutation of
NumPy's default generator.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

SEED = 42


def released_order(records: Sequence[T]) -> list[T]:
    """Records of one view in the order of the released loaders."""
    import numpy as np

    return [records[i] for i in np.random.default_rng(SEED).permutation(len(records))]
