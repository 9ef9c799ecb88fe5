"""Which split a molecule, a table row or a triple of numbers belongs to.

By a hash of the thing itself, so that two generators can never disagree about it.
"""

from __future__ import annotations

import hashlib
from typing import Literal

Part = Literal["validation", "test", "train"]


def part_of(*origin: str, evaluation_share: float = 0.3) -> Part:
    """The split of a thing; half of `evaluation_share` each goes to validation and test."""
    digest = hashlib.blake2b("\x1f".join(origin).encode(), digest_size=8).digest()
    place = int.from_bytes(digest, "big") / 2**64
    if place < evaluation_share / 2:
        return "validation"
    return "test" if place < evaluation_share else "train"
