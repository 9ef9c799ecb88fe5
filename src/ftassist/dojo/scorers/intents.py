"""Banking77 and CLINC150: which of many intents a person's words have.

Their papers score classifiers, whose answer is one of the intents. A language model writes it: the
official reading here takes an answer that is an intent's name, but for case, underscores, quotes
and closing marks; the strict reading wants it as the task writes it, to the letter. Accuracy is
over all items.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import ClassVar

import yaml

from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, overall, ratio

OUT_OF_SCOPE = "out of scope"

_LABELS = Path(__file__).with_name("intents.yaml")


def label_words(intent: str) -> str:
    """An intent's published name as words."""
    return intent.lower().replace("_", " ").strip(" ?")


@cache
def intents_of(key: str) -> frozenset[str]:
    """The intents of a task, as words."""
    found: Mapping[str, list[str]] = yaml.safe_load(_LABELS.read_text(encoding="utf-8"))
    return frozenset(found[key])


class Intents(Scorer):
    """Accuracy over all items, and of each view.

    Attributes:
        key: The task.
    """

    key: ClassVar[str]
    required = ("text", "label")
    pooled = True
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Whether the answer is the right intent."""
        gold = str(doc["label"])
        if gold not in intents_of(self.key):
            raise ValueError(f"label {gold!r} is no intent of {self.key}")
        found = " ".join(prediction.replace("_", " ").casefold().split()).strip(" .!?:;\"'`*")
        right = float(found == gold)
        strict = float(prediction.strip() == gold)
        parsed = found in intents_of(self.key)
        return Judged(view, parsed, {"correct": right}, {"correct": strict}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy over all views, and of each."""
        found = {f"{view}.accuracy": ratio(s["correct"], s[COUNT]) for view, s in sums.items()}
        return {"accuracy": overall(sums, "correct"), **found}

    def gold(self, doc: Doc, view: str) -> str:
        """The intent."""
        del view
        return str(doc["label"])
