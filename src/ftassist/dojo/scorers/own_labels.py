"""Macro-F1 over the labels of a task of one's own: those of its evaluation rows.

An item may accept several labels: an answer that is one of them is a hit of that label; any other
is a miss of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ftassist.dojo.scorers.references import accepted, said
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
from ftassist.dojo.scorers.texts import label

KINDS = ("hits", "extra", "missed")


class OwnLabels(Scorer):
    """Macro-F1 and accuracy; an answer that is none of the labels counts against the right one.

    The mean is taken over labels that are right for a row or given as an answer.
    """

    required = ("answer", "labels")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Compares labels, but for case, widths, spaces, quotes and closing marks."""
        labels = {label(str(name)): str(name) for name in doc["labels"]}
        golds = list(map(label, accepted(doc)))
        if unknown := [gold for gold in golds if gold not in labels]:
            raise ValueError(f"answer {unknown[0]!r} is none of the labels")
        found = label(said(prediction, accepted(doc)))
        gold = found if found in golds else golds[0]
        counts = {"correct": float(found == gold)}
        for key, name in labels.items():
            counts[f"hits {name}"] = float(found == gold == key)
            counts[f"extra {name}"] = float(found == key != gold)
            counts[f"missed {name}"] = float(gold == key != found)
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
        return accepted(doc)[0]
