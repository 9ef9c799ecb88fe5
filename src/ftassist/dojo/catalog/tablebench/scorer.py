"""TableBench fact checking and numerical reasoning: the final answer must match as text.

There is no numeric tolerance: "3.0" is not "3" (its normal form is "3 0"). Strict: one "Final
Answer:" line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ftassist.dojo.catalog.tablebench.answers import (
    final_answer,
    gold_text,
    same_text,
    stated_answer,
)
from ftassist.dojo.scorers.scorer import COUNT, WHOLE, Array, Doc, Judged, Scorer, Sums, ratio


class TableMatch(Scorer):
    """Accuracy by normalised exact match."""

    required = ("answer",)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for a match."""
        gold, said = gold_text(doc), stated_answer(prediction)
        right = float(same_text(final_answer(prediction), final_answer(gold)))
        strictly = float(said is not None and same_text(said, final_answer(gold)))
        return Judged(view, said is not None, {"correct": right}, {"correct": strictly}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy."""
        return {"accuracy": ratio(sums[WHOLE]["correct"], sums[WHOLE][COUNT])}

    def gold(self, doc: Doc, view: str) -> str:
        """The answer as the instruction asks for it."""
        del view
        return f"Final Answer: {gold_text(doc)}"
