"""Scoring of mini_tables: the text after the last "Final Answer:" must be the gold answer.

The contract is TableBench's. The match is exact up to case, spaces, a closing full stop and
thousands separators. Runs in the evaluator and imports the standard library only.
"""

from __future__ import annotations

import re
from typing import Any

FINAL = re.compile(r"\bFinal Answer:[ \t]*([^\n]*)", re.IGNORECASE)
LONGEST = 40


def extract_answer(text: str) -> str | None:
    """What follows the last "Final Answer:" on its line, or None if nothing or a sentence does.

    >>> extract_answer("Togo life 44. Final Answer: 44")
    '44'
    """
    finals = FINAL.findall(text)
    if not finals:
        return None
    answer = normalised(finals[-1])
    return answer if 0 < len(answer) <= LONGEST else None


def normalised(text: str) -> str:
    """Lower case, single spaces, no closing full stop, no thousands separators."""
    plain = " ".join(text.split()).rstrip(".").rstrip().lower()
    return re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Scores one generated answer against `doc["answer"]`."""
    answer = extract_answer(results[0])
    return {
        "score": float(answer is not None and answer == normalised(doc["answer"])),
        "parsed": float(answer is not None),
    }
