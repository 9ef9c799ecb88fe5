"""SST-2: is a sentence of a film review positive or negative.

FT-Bench reports accuracy and publishes no evaluator; the rule scored here is the plainest one: the
first of the words "positive" and "negative" is the answer. The strict reading wants exactly one of
the two words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from ftassist.dojo.scorers.scorer import COUNT, WHOLE, Array, Doc, Judged, Scorer, Sums, ratio

LABELS = ("negative", "positive")
_WORD = re.compile(r"\b(negative|positive)\b", re.IGNORECASE)


class Sst2(Scorer):
    """Accuracy over all sentences."""

    required = ("sentence", "label")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """The first of the two words is the answer."""
        gold = label_of(doc)
        words = [word.lower() for word in _WORD.findall(prediction)]
        right = float(bool(words) and words[0] == gold)
        single = len(set(words)) == 1
        return Judged(view, single, {"correct": right}, {"correct": right * single}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy."""
        return {"accuracy": ratio(sums[WHOLE]["correct"], sums[WHOLE][COUNT])}

    def gold(self, doc: Doc, view: str) -> str:
        """The label's word."""
        del view
        return label_of(doc)


def label_of(doc: Doc) -> str:
    """The word of a record's label, which is 0 or 1 or the word itself.

    Raises:
        ValueError: It is neither.
    """
    label = str(doc["label"]).strip().lower()
    if label in LABELS:
        return label
    if label not in {"0", "1"}:
        raise ValueError(f"label {doc['label']!r} is neither 0 nor 1")
    return LABELS[int(label)]
