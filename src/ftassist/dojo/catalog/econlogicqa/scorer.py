"""EconLogicQA: the whole order of four letters must be right (its paper; it has no evaluator)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from ftassist.dojo.scorers.scorer import COUNT, WHOLE, Array, Doc, Judged, Scorer, Sums, ratio

_ORDER = re.compile(r"\b[A-D]{1,4}\b")


class EconLogicQa(Scorer):
    """Share of questions whose whole order is right."""

    required = ("Question", "Answer")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """The letters A to D in the order in which they first appear."""
        gold = list(dict.fromkeys(_letters(str(doc["Answer"]))))
        if len(gold) < 2:
            raise ValueError(f"Answer {doc['Answer']!r} is no order of letters")
        letters = _letters(prediction)
        right = float(list(dict.fromkeys(letters)) == gold)
        parsed = len(letters) == len(gold) == len(set(letters))
        strict = float(parsed and letters == gold)
        return Judged(view, parsed, {"correct": right}, {"correct": strict}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy."""
        return {"accuracy": ratio(sums[WHOLE]["correct"], sums[WHOLE][COUNT])}

    def gold(self, doc: Doc, view: str) -> str:
        """The order as it stands in the record."""
        del view
        return str(doc["Answer"])


def _letters(text: str) -> list[str]:
    """Letters that stand alone, or run together as in "BADC", in their order."""
    return list("".join(_ORDER.findall(text)))
