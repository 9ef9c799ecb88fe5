"""TableBench data analysis: five views, of which `other` is ROUGE-L over all rows of the task.

A record of one of the four sub-types is judged by its own rule and takes part in `other` as well.
A file that follows the released layout repeats such records under the view `other`; then `other`
is taken from those rows alone. Strict: one "Final Answer:" line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ftassist.dojo.catalog.tablebench.answers import (
    final_answer,
    gold_text,
    same_text,
    stated_answer,
    within_tenth,
)
from ftassist.dojo.catalog.tablebench.tablebench_data_analysis.rouge_l import rouge_l
from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, mean, ratio

RULES = {
    "CorrelationAnalysis": within_tenth,
    "TrendForecasting": within_tenth,
    "StatisticalAnalysis": within_tenth,
    "ImpactAnalysis": same_text,
}
OTHER = "other"


class TableAnalysis(Scorer):
    """Accuracy of four sub-types, ROUGE-L of all, and the unweighted mean of the five."""

    views = (*RULES, OTHER)
    required = ("answer",)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def view_of(self, doc: Doc) -> str | None:
        """The record's sub-type where it has a rule of its own, else `other`."""
        subtype = doc.get("qsubtype")
        if subtype is None:
            return None
        return subtype if subtype in RULES else OTHER

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for a right answer, and ROUGE-L in `other`."""
        gold, said = gold_text(doc), stated_answer(prediction)
        official = _statistics(doc, final_answer(prediction), gold, view)
        strict = _statistics(doc, said, gold, view)
        item = official["rouge"] if view == OTHER else official["correct"]
        return Judged(view, said is not None, official, strict, item)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """`accuracy`, the accuracy of each sub-type and `other.rouge_l`."""
        found = {
            f"{view}.accuracy": ratio(of["correct"], of[COUNT])
            for view, of in sums.items()
            if view != OTHER
        }
        found[f"{OTHER}.rouge_l"] = _rouge_of_all(sums)
        return {"accuracy": mean(list(found.values()))} | found

    def rows_of(self, name: str, sums: Sums) -> int:
        """ROUGE-L is taken over all rows, but where those of `other` repeat the rest."""
        repeats = OTHER in sums and bool(sums[OTHER]["repeated"] > 0)
        if name != f"{OTHER}.rouge_l" or repeats:
            return super().rows_of(name, sums)
        return sum(int(of[COUNT]) for of in sums.values())

    def gold(self, doc: Doc, view: str) -> str:
        """The answer as the instruction asks for it."""
        del view
        return f"Final Answer: {gold_text(doc)}"


def _statistics(doc: Doc, answer: str | None, gold: str, view: str) -> dict[str, float]:
    """ROUGE-L of an answer, and whether it is right where its view has a rule."""
    text, reference = (answer or "empty").lower().strip(), (gold.strip() or "empty").lower()
    found = {"rouge": 0.0 if answer is None else rouge_l(text, reference)}
    if view == OTHER:
        return found | {"repeated": float(doc.get("qsubtype") in RULES)}
    right = answer is not None and RULES[view](answer, final_answer(gold))
    return found | {"correct": float(right)}


def _rouge_of_all(sums: Sums) -> Array:
    """ROUGE-L over all rows, or over the rows of `other` if they repeat the sub-types."""
    rouge = sum((of["rouge"] for of in sums.values()), np.asarray(0.0))
    rows = sum((of[COUNT] for of in sums.values()), np.asarray(0.0))
    if OTHER not in sums:
        return ratio(rouge, rows)
    own = sums[OTHER]
    return np.where(own["repeated"] > 0, ratio(own["rouge"], own[COUNT]), ratio(rouge, rows))
