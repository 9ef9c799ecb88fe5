"""What the four TableBench tasks share: the final answer, its normal form, the numbers in it.

Source of the rules: opencompass/datasets/tablebench/tablebench.py of Jensen246/opencompass at
abc7c91a.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ftassist.dojo.scorers.scorer import Doc

_FINAL = re.compile(r"Final Answer:\s*(.+?)(?:\n|$)", re.IGNORECASE | re.DOTALL)
_STATED = re.compile(r"Final Answer:[ \t]*([^\n]*)", re.IGNORECASE)
_NOT_A_WORD = re.compile(r"[^\w\s]")
_NUMBER = re.compile(r"-?\d+\.?\d*")


def final_answer(text: str) -> str:
    """What follows the first "Final Answer:" up to the end of its line, else the whole text.

    Line ends after the marker are skipped: an empty answer takes the next line.
    """
    found = _FINAL.search(text)
    return (found.group(1) if found else text).strip()


def stated_answer(text: str) -> str | None:
    """The strict answer: all "Final Answer:" lines say the same, and it is not empty."""
    said = {match.strip() for match in _STATED.findall(text)}
    return (said.pop() or None) if len(said) == 1 else None


def normalised(text: str) -> str:
    """Lower case, everything but word characters as blanks, single blanks."""
    return " ".join(_NOT_A_WORD.sub(" ", text.lower()).split())


def same_text(answer: str, gold: str) -> bool:
    """Whether two answers have one normal form."""
    return normalised(answer) == normalised(gold)


def first_number(text: str) -> float | None:
    """The first number of a text without its commas and percent signs."""
    found = _NUMBER.search(text.strip().replace(",", "").replace("%", ""))
    return float(found.group()) if found else None


def within_tenth(answer: str, gold: str) -> bool:
    """Whether the first numbers agree to 10 % of the gold one; texts without numbers must match.

    A gold number of 0 wants an answer below 1e-6.
    """
    mine, theirs = first_number(answer), first_number(gold)
    if mine is None or theirs is None:
        return answer.strip().lower() == gold.strip().lower()
    if theirs == 0:
        return abs(mine) < 1e-6
    return abs(mine - theirs) / abs(theirs) <= 0.10


def gold_text(doc: Doc) -> str:
    """The record's answer as text."""
    return str(doc["answer"])


def table_text(table: Any) -> str:
    """The table as the prompts show it: cells between " | ", a rule below the header."""
    if not table:
        return ""
    if isinstance(table, Mapping) and table.get("columns") and table.get("data"):
        header = " | ".join(map(str, table["columns"]))
        lines = (" | ".join(map(str, row)) for row in table["data"])
        return "\n".join([header, "-" * len(header), *lines])
    return str(table)
