"""OpenFinData: letters, and keywords where entities are to be recognised.

The rule of OpenCompass' configuration: the last upper-case character of the output, whatever it
is; entity recognition wants every keyword of the answer in the output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, mean, ratio

_LETTER = re.compile(r"(?<![A-Za-z])[A-E](?![A-Za-z])")


class OpenFinData(Scorer):
    """Mean accuracy over the views whose answers are letters or keywords."""

    views = (
        "emotion_identification",
        "entity_disambiguation",
        "financial_facts",
        "data_inspection",
        "financial_terminology",
        "metric_calculation",
        "value_extraction",
        "intent_understanding",
        "entity_recognition",
    )
    required = ("question", "answer")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """The last capital letter, or every keyword."""
        gold = str(doc["answer"])
        if view == "entity_recognition":
            right = float(all(word in prediction for word in gold.split("、")))
            parsed = bool(prediction.strip())
            return Judged(view, parsed, {"correct": right}, {"correct": right * parsed}, right)
        capitals = [sign for sign in prediction if sign.isupper()]
        right = float(bool(capitals) and capitals[-1] == gold)
        letters = set(_LETTER.findall(prediction))
        strict = float(letters == {gold})
        return Judged(view, len(letters) == 1, {"correct": right}, {"correct": strict}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy of each view and their mean."""
        found = {f"{v}.accuracy": ratio(s["correct"], s[COUNT]) for v, s in sums.items()}
        return {"accuracy": mean(list(found.values())), **found}

    def gold(self, doc: Doc, view: str) -> str:
        """The answer as it stands in the record."""
        del view
        return str(doc["answer"])
