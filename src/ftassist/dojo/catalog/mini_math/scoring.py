r"""Scoring of mini_math: the integer in the last `\boxed{}` must be the gold answer.

Runs in the evaluator and imports the standard library only. An answer without a last box that
holds one integer is unparsable and scores 0.
"""

from __future__ import annotations

import re
from typing import Any

BOX = re.compile(r"\\boxed\{([^{}]*)\}")
INTEGER = re.compile(r"-?\d+")


def extract_answer(text: str) -> str | None:
    r"""The integer in the last `\boxed{}`, or None if that box holds anything else.

    Thousands separators and spaces around the number are let pass; units and words are not.

    >>> extract_answer(r"12 + 7 = 19. \boxed{19}")
    '19'
    """
    boxes = BOX.findall(text)
    if not boxes:
        return None
    inside = boxes[-1].strip().replace(",", "")
    return str(int(inside)) if INTEGER.fullmatch(inside) else None


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Scores one generated answer against `doc["answer"]`."""
    answer = extract_answer(results[0])
    return {
        "score": float(answer is not None and answer == doc["answer"]),
        "parsed": float(answer is not None),
    }
