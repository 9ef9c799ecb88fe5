"""PANORAMA NOC4PC: is a claim allowable, or rejected for novelty (102) or obviousness (103).

Official: JSON `code`, quoted patterns, then the first of ALLOW, 102, 103 that occurs anywhere in
the upper-cased text - "allowable" gives ALLOW. Rows without an answer are left out of both
metrics. Strict: one code under `code`; rows without one are wrong and stay in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from ftassist.dojo.catalog.panorama.answers import answer_of
from ftassist.dojo.scorers.extraction import stated
from ftassist.dojo.scorers.scorer import WHOLE, Array, Doc, Judged, Scorer, Sums, f1, mean, ratio

CODES = ("102", "103", "ALLOW")
_SEARCHED = ("ALLOW", "102", "103")
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r'"code"\s*:\s*"(ALLOW|102|103)"',
        r"\"code\"\s*:\s*'(ALLOW|102|103)'",
        r"\bcode\s*[:=]\s*(ALLOW|102|103)\b",
    )
)


def extract(prediction: str) -> str | None:
    """The code by the official rule."""
    text, value = answer_of(prediction)
    if isinstance(value, dict) and (code := _code(value.get("code"))):
        return code
    for pattern in _PATTERNS:
        if found := pattern.search(text):
            return found.group(1).upper()
    return next((code for code in _SEARCHED if code in text.upper()), None)


def gold_of(doc: Doc) -> str:
    """The record's code; "" where it has none, and such rows are in no metric.

    Raises:
        KeyError: There is no answer.
    """
    answer = doc["answer"]
    if isinstance(answer, str):
        try:
            answer = json.loads(answer)
        except ValueError:
            return ""
    code = answer.get("code") if isinstance(answer, Mapping) else None
    return str(code).strip().upper() if code else ""


class Rejection(Scorer):
    """Macro F1 over the three codes, and accuracy."""

    required = ("answer",)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", "counted")}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for the right code."""
        gold, answer = gold_of(doc), extract(prediction)
        said = stated(prediction, "code", _code)
        official = _statistics(answer, gold, counted=answer is not None and bool(gold))
        strict = _statistics(said, gold, counted=bool(gold))
        return Judged(view, said is not None, official, strict, official["correct"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Macro F1 with 0 for a code that neither occurs nor is claimed."""
        of = sums[WHOLE]
        return {
            "macro_f1": mean(
                [f1(of[f"hit {c}"], of[f"false {c}"], of[f"missed {c}"]) for c in CODES]
            ),
            "accuracy": ratio(of["correct"], of["counted"]),
        }

    def gold(self, doc: Doc, view: str) -> str:
        """The code as the prompt asks for it."""
        del view
        return f'{{"code": "{gold_of(doc)}"}}'


def _statistics(said: str | None, gold: str, *, counted: bool) -> dict[str, float]:
    """Hits, false claims and misses of each code, and whether the row counts."""
    found = {"counted": float(counted), "correct": float(counted and said == gold)}
    for code in CODES:
        found[f"hit {code}"] = float(counted and said == gold == code)
        found[f"false {code}"] = float(counted and said == code != gold)
        found[f"missed {code}"] = float(counted and gold == code != said)
    return found


def _code(value: Any) -> str | None:
    """A JSON value as one of the codes."""
    code = str(value).strip().upper() if value else ""
    return code if code in CODES else None
