"""ACI-Bench: the clinical note of a visit, from the conversation.

ROUGE F-measures as in wyim/aci-bench, evaluate_fullnote.py: `rouge_score` without stemming, the
mean over notes, no answer extraction. Its medical-concept and model-based metrics are not
computed. The strict reading counts an empty answer as unreadable and is the same otherwise.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ftassist.dojo.scorers.scorer import COUNT, WHOLE, Array, Doc, Judged, Scorer, Sums, ratio

KINDS = ("rouge1", "rouge2", "rougeL", "rougeLsum")


class AciBench(Scorer):
    """Mean ROUGE of the notes."""

    required = ("note",)

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """ROUGE of one note."""
        found = _rouge().score(str(doc["note"]), prediction)
        statistics = {kind: float(found[kind].fmeasure) for kind in KINDS}
        return Judged(view, bool(prediction.strip()), statistics, statistics, statistics["rouge1"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Means over notes."""
        return {kind: ratio(sums[WHOLE][kind], sums[WHOLE][COUNT]) for kind in KINDS}

    def gold(self, doc: Doc, view: str) -> str:
        """The reference note."""
        del view
        return str(doc["note"])


@cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(KINDS), use_stemmer=False)
