"""Macro-F1 over the labels of a task of one's own: those of its evaluation rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ftassist.dojo.scorers.scorer import (
    COUNT,
    WHOLE,
    Array,
    Doc,
    Judged,
    Scorer,
    Sums,
    f1,
    ratio,
)

KINDS = ("hits", "extra", "missed")


class OwnLabels(Scorer):
    """Macro-F1 and accuracy; an answer that is none of the labels counts against the right one.

    The mean is taken over labels that are right for a row or given as an answer.
    """

    required = ("answer", "labels")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Compares two labels, but for case, spaces and closing marks."""
        labels = {plain(str(label)): str(label) for label in doc["labels"]}
        gold = plain(str(doc["answer"]))
        if gold not in labels:
            raise ValueError(f"answer {doc['answer']!r} is none of the labels")
        found = plain(prediction)
        counts = {"correct": float(found == gold)}
        for key, label in labels.items():
            counts[f"hits {label}"] = float(found == gold == key)
            counts[f"extra {label}"] = float(found == key != gold)
            counts[f"missed {label}"] = float(gold == key != found)
        return Judged(view, found in labels, counts, counts, counts["correct"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """The mean of the labels' F1, and accuracy."""
        found = sums[WHOLE]
        labels = [name.removeprefix("hits ") for name in found if name.startswith("hits ")]
        parts = [[found[f"{kind} {name}"] for kind in KINDS] for name in labels]
        scores = np.stack([f1(*part) for part in parts])
        there = np.stack([sum(part[1:], part[0]) > 0 for part in parts])
        return {
            "macro_f1": ratio(scores.sum(axis=0), there.sum(axis=0)),
            "accuracy": ratio(found["correct"], found[COUNT]),
        }

    def gold(self, doc: Doc, view: str) -> str:
        """The label."""
        del view
        return str(doc["answer"])


def plain(text: str) -> str:
    """A label as it is compared."""
    return " ".join(text.split()).strip(".!?:;\"'` ").casefold()
