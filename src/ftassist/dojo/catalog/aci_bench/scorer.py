"""ACI-Bench: the clinical note of a visit, from the conversation.

ROUGE F-measures as in wyim/aci-bench, evaluate_fullnote.py: `rouge_score` without stemming (see
`rouge_measures`), the mean over notes, no answer extraction. Its medical-concept and model-based
metrics are not computed. The strict reading counts an empty answer as unreadable and is the same
otherwise.
"""

from __future__ import annotations

from ftassist.dojo.scorers.rouge_measures import KINDS, reference
from ftassist.dojo.scorers.scorer import COUNT, WHOLE, Array, Doc, Judged, Scorer, Sums, ratio


class AciBench(Scorer):
    """Mean ROUGE of the notes."""

    required = ("note",)

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """ROUGE of one note."""
        statistics = reference(str(doc["note"])).measures(prediction)
        return Judged(view, bool(prediction.strip()), statistics, statistics, statistics["rouge1"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Means over notes."""
        return {kind: ratio(sums[WHOLE][kind], sums[WHOLE][COUNT]) for kind in KINDS}

    def gold(self, doc: Doc, view: str) -> str:
        """The reference note."""
        del view
        return str(doc["note"])
