"""CS-Bench: letters for multiple choice, true or false for assertions.

The rule of csbench/csbench (gen_judgment.py): the first letter A to D that stands alone, in any
case; the word true or false for assertions. Upstream compares that word in lower case with the
answer in upper case, so every assertion scores 0 there; here it is compared properly. Open formats
need a judge and are not scored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, ratio

_LETTER_ANY_CASE = re.compile(r"\b[ABCD]\b", re.IGNORECASE)
_LETTER = re.compile(r"(?<![A-Za-z])[A-E](?![A-Za-z])")
_TRUTH = re.compile(r"\b(true|false)\b")
_NEEDS_JUDGE = "an open answer needs a judge"


class CsBench(Scorer):
    """Accuracy over multiple-choice questions; assertions beside it."""

    views = ("Multiple-choice", "Assertion", "Fill-in-the-blank", "Open-ended")
    required = ("Format", "Answer")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def view_of(self, doc: Doc) -> str | None:
        """The record's format."""
        return str(doc["Format"])

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """The first letter, or the first of the words true and false."""
        gold = str(doc["Answer"]).strip().lower()
        if view == "Multiple-choice":
            found = [letter.lower() for letter in _LETTER_ANY_CASE.findall(prediction)]
            single = set(_LETTER.findall(prediction)) == {gold.upper()}
            parsed = len(set(_LETTER.findall(prediction))) == 1
        else:
            found = _TRUTH.findall(prediction.lower())
            parsed = len(set(found)) == 1
            single = parsed and found[0] == gold
        right = float(bool(found) and found[0] == gold)
        return Judged(view, parsed, {"correct": right}, {"correct": float(single)}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy of each format; the headline is that of multiple choice."""
        found = {f"{v}.accuracy": ratio(s["correct"], s[COUNT]) for v, s in sums.items()}
        headline = found.get("Multiple-choice.accuracy")
        return ({} if headline is None else {"accuracy": headline}) | found

    def gold(self, doc: Doc, view: str) -> str:
        """The letter, or the word."""
        return str(doc["Answer"]).lower() if view == "Assertion" else str(doc["Answer"])

    def not_scored(self, view: str) -> str:
        """Open formats are not."""
        return "" if view in ("Multiple-choice", "Assertion") else _NEEDS_JUDGE
