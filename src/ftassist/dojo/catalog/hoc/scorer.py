"""Hallmarks of Cancer: which of ten hallmarks an abstract is about.

Labels are separated by ";"; "none" stands for no label. Macro-F1 is the mean of the ten hallmarks'
F1, 0 for a hallmark that neither stands in the records nor is claimed (as scikit-learn has it).
FT-Bench publishes no evaluator. Parts that are no hallmark are passed over in the official
reading; in the strict reading they make the answer unreadable, which counts as no label at all.
"""

from __future__ import annotations

import re

from ftassist.dojo.scorers.scorer import WHOLE, Array, Doc, Judged, Scorer, Sums, f1, mean

HALLMARKS = (
    "Sustaining proliferative signaling",
    "Evading growth suppressors",
    "Resisting cell death",
    "Enabling replicative immortality",
    "Inducing angiogenesis",
    "Activating invasion and metastasis",
    "Genomic instability and mutation",
    "Tumor promoting inflammation",
    "Cellular energetics",
    "Avoiding immune destruction",
)
NONE = "none"
_BY_NAME = {name.casefold(): name for name in HALLMARKS}


class HallmarksOfCancer(Scorer):
    """Macro- and micro-F1 over the ten hallmarks."""

    required = ("hallmarks",)

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Compares two sets of hallmarks."""
        gold = {_known(name) for name in doc["hallmarks"]}
        parts = [_part(part) for part in prediction.split(";")]
        claimed = {_BY_NAME[part] for part in parts if part in _BY_NAME}
        parsed = all(part in _BY_NAME for part in parts) or parts == [NONE]
        strict = claimed if parsed else set()
        exact = float(claimed == gold and (bool(claimed) or parts == [NONE]))
        return Judged(view, parsed, _counts(gold, claimed), _counts(gold, strict), exact)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """The mean of the hallmarks' F1, and the F1 of all pooled."""
        found = sums[WHOLE]
        triples = [[found[f"{kind} {name}"] for kind in _KINDS] for name in HALLMARKS]
        pooled = [sum(column[1:], column[0]) for column in zip(*triples, strict=True)]
        return {
            "macro_f1": mean([f1(*triple) for triple in triples]),
            "micro_f1": f1(*pooled),
        }

    def gold(self, doc: Doc, view: str) -> str:
        """The record's hallmarks."""
        del view
        return "; ".join(doc["hallmarks"]) or NONE


_KINDS = ("hits", "extra", "missed")


def _part(text: str) -> str:
    """A label as it is compared: lower case, single blanks, no full stop at the end."""
    return re.sub(r"\s+", " ", text).strip().rstrip(".").strip().casefold()


def _known(name: str) -> str:
    """A hallmark of a record.

    Raises:
        ValueError: It is none of the ten.
    """
    if _part(name) not in _BY_NAME:
        raise ValueError(f"{name!r} is none of the ten hallmarks")
    return _BY_NAME[_part(name)]


def _counts(gold: set[str], claimed: set[str]) -> dict[str, float]:
    """Hits, wrongly claimed and missed, by hallmark."""
    return {
        f"{kind} {name}": float(value)
        for name in HALLMARKS
        for kind, value in zip(
            _KINDS,
            (
                name in gold and name in claimed,
                name in claimed and name not in gold,
                name in gold and name not in claimed,
            ),
            strict=True,
        )
    }
