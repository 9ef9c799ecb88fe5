"""Benchmarks that ask for letters or words: CS-Bench, OpenFinData, EconLogicQA.

CS-Bench (csbench/csbench, gen_judgment.py): the first letter A to D that stands alone, in any
case; the word true or false for assertions. Upstream compares that word in lower case with the
answer in upper case, so every assertion scores 0 there; here it is compared properly. Open formats
need a judge and are not scored.

OpenFinData (OpenCompass configuration): the last upper-case character of the output, whatever it
is; entity recognition wants every keyword of the answer in the output.

EconLogicQA (its paper): the whole order of four letters must be right; no evaluator is published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from ftassist.dojo.scorers.scorer import (
    COUNT,
    WHOLE,
    Array,
    Doc,
    Judged,
    Scorer,
    Sums,
    mean,
    ratio,
)

_ACCURACY: Mapping[str, tuple[str, str]] = {"accuracy": ("correct", COUNT)}
_LETTER_ANY_CASE = re.compile(r"\b[ABCD]\b", re.IGNORECASE)
_LETTER = re.compile(r"(?<![A-Za-z])[A-E](?![A-Za-z])")
_TRUTH = re.compile(r"\b(true|false)\b")
_ORDER = re.compile(r"\b[A-D]{1,4}\b")
_NEEDS_JUDGE = "an open answer needs a judge"


class CsBench(Scorer):
    """Accuracy over multiple-choice questions; assertions beside it."""

    views = ("Multiple-choice", "Assertion", "Fill-in-the-blank", "Open-ended")
    required = ("Format", "Answer")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = _ACCURACY

    def view_of(self, doc: Doc) -> str | None:
        """The record's format."""
        return str(doc["Format"])

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """The first letter, or the first of the words true and false."""
        gold = str(doc["Answer"]).strip().lower()
        if view == "Multiple-choice":
            found = [letter.lower() for letter in _LETTER_ANY_CASE.findall(prediction)]
            single = set(_LETTER.findall(prediction)) == {gold.upper()}
            parsed = len(set(_LETTER.findall(prediction))) == 1
        else:
            found = _TRUTH.findall(prediction.lower())
            parsed = len(set(found)) == 1
            single = parsed and found[0] == gold
        right = float(bool(found) and found[0] == gold)
        return Judged(view, parsed, {"correct": right}, {"correct": float(single)}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy of each format; the headline is that of multiple choice."""
        found = {f"{v}.accuracy": ratio(s["correct"], s[COUNT]) for v, s in sums.items()}
        headline = found.get("Multiple-choice.accuracy")
        return ({} if headline is None else {"accuracy": headline}) | found

    def gold(self, doc: Doc, view: str) -> str:
        """The letter, or the word."""
        return str(doc["Answer"]).lower() if view == "Assertion" else str(doc["Answer"])

    def not_scored(self, view: str) -> str:
        """Open formats are not."""
        return "" if view in ("Multiple-choice", "Assertion") else _NEEDS_JUDGE


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
    rates: ClassVar[Mapping[str, tuple[str, str]]] = _ACCURACY

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


class EconLogicQa(Scorer):
    """Share of questions whose whole order is right."""

    required = ("Question", "Answer")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = _ACCURACY

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """The letters A to D in the order in which they first appear."""
        gold = list(dict.fromkeys(_letters(str(doc["Answer"]))))
        if len(gold) < 2:
            raise ValueError(f"Answer {doc['Answer']!r} is no order of letters")
        letters = _letters(prediction)
        right = float(list(dict.fromkeys(letters)) == gold)
        parsed = len(letters) == len(gold) == len(set(letters))
        strict = float(parsed and letters == gold)
        return Judged(view, parsed, {"correct": right}, {"correct": strict}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy."""
        return {"accuracy": ratio(sums[WHOLE]["correct"], sums[WHOLE][COUNT])}

    def gold(self, doc: Doc, view: str) -> str:
        """The order as it stands in the record."""
        del view
        return str(doc["Answer"])


def _letters(text: str) -> list[str]:
    """Letters that stand alone, or run together as in "BADC", in their order."""
    return list("".join(_ORDER.findall(text)))
