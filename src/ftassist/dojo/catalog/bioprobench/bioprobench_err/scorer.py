"""BioProBench ERR: is a step of a protocol right (True), or is something wrong in it (False).

Official (opencompass/datasets/bioprobench/bioprobench_err.py of Jensen246/opencompass at
abc7c91a): after the last `</think>` and the last `[/INST]`, the first pair of tags, else the last
line; "True" or "true" anywhere in it is True, even beside a "False". A step with an error is the
positive class of precision, recall and F1. What cannot be read is left out of all metrics.

Strict: one pair of tags with True or False in it and nothing else. What cannot be read is wrong,
and an error in its step was missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ftassist.dojo.catalog.bioprobench.tagged import after_last, first, only, tagged
from ftassist.dojo.scorers.scorer import WHOLE, Array, Doc, Judged, Scorer, Sums, f1, ratio

_SAID = {"true": True, "false": False}


def extract(prediction: str) -> bool | None:
    """Whether the step is right, by the official rule."""
    text = after_last(prediction, "</think>", "[/INST]")
    inside = first(text)
    answer = text.strip().split("\n")[-1] if inside is None else inside
    for word, meant in _SAID.items():
        if word in answer or word.capitalize() in answer:
            return meant
    return None


def stated(prediction: str) -> bool | None:
    """The same, where it is stated as the contract asks."""
    inside = only(after_last(prediction, "</think>"))
    return _SAID.get(inside.strip().lower()) if inside is not None else None


class StepErrors(Scorer):
    """F1 of finding steps with an error; precision, recall and accuracy."""

    required = ("context", "is_correct")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {
        "accuracy": ("correct", "counted"),
        "precision": ("hit", "claimed"),
        "recall": ("hit", "faulty"),
    }

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for the right word."""
        gold = doc["is_correct"]
        if not isinstance(gold, bool):
            raise TypeError(f"is_correct is {gold!r}, and no truth value")
        said, strictly = extract(prediction), stated(prediction)
        official = _statistics(said, gold, counted=said is not None)
        strict = _statistics(strictly, gold, counted=True)
        return Judged(view, strictly is not None, official, strict, official["correct"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """All over what could be read; 0 without any."""
        of = sums[WHOLE]
        hit = of["hit"]
        return {
            "f1": f1(hit, of["claimed"] - hit, of["faulty"] - hit),
            "precision": ratio(hit, of["claimed"]),
            "recall": ratio(hit, of["faulty"]),
            "accuracy": ratio(of["correct"], of["counted"]),
        }

    def gold(self, doc: Doc, view: str) -> str:
        """The right word."""
        del view
        return tagged(str(bool(doc["is_correct"])))


def _statistics(said: bool | None, gold: bool, *, counted: bool) -> dict[str, float]:
    """Whether a row counts and is right; errors that are there, claimed, and both."""
    return {
        "counted": float(counted),
        "correct": float(said is gold),
        "claimed": float(said is False),
        "faulty": float(counted and gold is False),
        "hit": float(said is False and gold is False),
    }
