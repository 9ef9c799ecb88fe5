"""BioProBench PQA: the missing word of a protocol's step, chosen, with a confidence in percent.

Official (opencompass/datasets/bioprobench/bioprobench_pqa.py of Jensen246/opencompass at
abc7c91a): after the last `</think>`, the first pair of tags; split at one "&", without one at the
last blank; the first digits of the second part are the confidence, at most 100; the first part
must be the answer to the letter. What cannot be read is left out of both metrics. The Brier score
is the mean squared distance of the confidence from right (1) or wrong (0); lower is better.

Strict: one pair of tags, one "&", one of the choices, a whole number of percent. What cannot be
read is wrong, said with full confidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from ftassist.dojo.catalog.bioprobench.tagged import after_last, first, only, tagged
from ftassist.dojo.scorers.scorer import WHOLE, Array, Doc, Judged, Scorer, Sums, ratio

_DIGITS = re.compile(r"\d+")
_PERCENT = re.compile(r"\s*(\d{1,3})\s*%?\s*", re.ASCII)
_MOST = 100


class Said(NamedTuple):
    """What an answer says."""

    answer: str
    confidence: int


def extract(prediction: str) -> Said | None:
    """Answer and confidence by the official rule."""
    inside = first(after_last(prediction, "</think>"))
    if inside is None:
        return None
    content = inside.strip()
    if "&" in content:
        parts = content.split("&")
        if len(parts) != 2:
            return None
        answer, tail = parts
    else:
        answer, _, tail = content.rpartition(" ")
    found = _DIGITS.search(tail)
    try:
        confidence = int(found.group()) if found else _MOST + 1
    except ValueError:  # more digits than Python reads
        return None
    return Said(answer.strip(), confidence) if confidence <= _MOST else None


def stated(prediction: str, choices: Any) -> Said | None:
    """The same, where it is stated as the contract asks."""
    inside = only(after_last(prediction, "</think>"))
    answer, found, tail = (inside or "").partition("&")
    percent = _PERCENT.fullmatch(tail)
    if not found or percent is None or int(percent[1]) > _MOST or answer.strip() not in choices:
        return None
    return Said(answer.strip(), int(percent[1]))


class ProtocolQuestions(Scorer):
    """Accuracy, and the Brier score of the stated confidence."""

    required = ("question", "choices", "answer")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", "counted")}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for the right answer."""
        gold, said = str(doc["answer"]), extract(prediction)
        strictly = stated(prediction, [str(choice) for choice in doc["choices"]])
        official = _statistics(said, gold)
        strict = _statistics(strictly or Said("", _MOST), gold)
        if strictly is None:
            strict |= {"correct": 0.0, "distance": 1.0}
        return Judged(view, strictly is not None, official, strict, official["correct"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Both over what could be read; without any, 0 right and the worst distance."""
        of = sums[WHOLE]
        return {
            "accuracy": ratio(of["correct"], of["counted"]),
            "brier_score": ratio(of["distance"], of["counted"], empty=1.0),
        }

    def gold(self, doc: Doc, view: str) -> str | None:
        """The answer with full confidence; None where the rule can read no such answer."""
        del view
        answer = tagged(f" {doc['answer']} & {_MOST}% ")
        return answer if extract(answer) == Said(str(doc["answer"]), _MOST) else None


def _statistics(said: Said | None, gold: str) -> dict[str, float]:
    """Whether a row counts, whether it is right, and how far its confidence is from that."""
    right = float(said is not None and said.answer == gold)
    distance = (said.confidence / _MOST - right) ** 2 if said else 0.0
    return {"counted": float(said is not None), "correct": right, "distance": distance}
