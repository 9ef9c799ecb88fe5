"""GSM8K: the number that a worked solution ends in.

The official reading is the one that lm-evaluation-harness calls `flexible-extract`: the last
number of the answer. The strict reading is its `strict-match`: the number after the last "####",
as the training solutions write it. Numbers are compared as numbers: 2,125 is 2125, 18.00 is 18.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, overall, ratio

_NUMBER = re.compile(r"-?\$?\d[\d,]*(?:\.\d+)?")
_AFTER_MARK = re.compile(r"#{4}\s*(-?\$?\d[\d,]*(?:\.\d+)?)")


class Gsm8k(Scorer):
    """Accuracy over all problems, and by the length of their solution."""

    views = ("short", "medium", "long")
    required = ("question", "answer")
    pooled = True
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Compares the last number, and the number after the mark, with the solution's."""
        marks = _AFTER_MARK.findall(str(doc["answer"]))
        if not marks or (gold := _value(marks[-1])) is None:
            raise ValueError("the answer has no number after ####")
        last, marked = _NUMBER.findall(prediction), _AFTER_MARK.findall(prediction)
        right = float(bool(last) and _value(last[-1]) == gold)
        strict = float(bool(marked) and _value(marked[-1]) == gold)
        return Judged(view, bool(marked), {"correct": right}, {"correct": strict}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy over all views, and of each."""
        found = {f"{view}.accuracy": ratio(s["correct"], s[COUNT]) for view, s in sums.items()}
        return {"accuracy": overall(sums, "correct"), **found}

    def gold(self, doc: Doc, view: str) -> str:
        """The worked solution."""
        del view
        return str(doc["answer"])


def _value(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "").replace("$", ""))
    except InvalidOperation:
        return None
