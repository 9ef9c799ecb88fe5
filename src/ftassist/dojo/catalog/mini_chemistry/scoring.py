"""Scoring of mini_chemistry: the last "Answer: x" line end must be the gold count or yes/no.

Runs in the evaluator and imports the standard library only. Labels were made with RDKit when the
task was built; nothing chemical is computed here.
"""

from __future__ import annotations

import re
from typing import Any

FINAL = re.compile(r"\bAnswer:[ \t]*([^\n]*)", re.IGNORECASE)
ALLOWED = re.compile(r"(\d{1,2}|yes|no)\.?", re.IGNORECASE)


def extract_answer(text: str) -> str | None:
    """The count or yes/no after the last "Answer:", or None if anything else stands there.

    Case and one closing full stop are let pass.

    >>> extract_answer("c1 c1. Answer: 1")
    '1'
    """
    finals = FINAL.findall(text)
    if not finals:
        return None
    match = ALLOWED.fullmatch(finals[-1].strip())
    if match is None:
        return None
    word = match.group(1).lower()
    return str(int(word)) if word.isdigit() else word


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Scores one generated answer against `doc["answer"]`."""
    answer = extract_answer(results[0])
    return {
        "score": float(answer is not None and answer == doc["answer"]),
        "parsed": float(answer is not None),
    }
