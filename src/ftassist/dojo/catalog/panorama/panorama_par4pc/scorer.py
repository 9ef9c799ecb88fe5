"""PANORAMA PAR4PC: which of eight patents (A to H) were cited against a claim.

Official: JSON `answer` as a letter, a text or a list; quoted patterns; then every lone letter A to
H in any case. The score the paper calls macro F1 is pooled over all rows, so it is `micro_f1`
here. As released the evaluator sees the gold letters only: a silver letter is a false positive.
`silver_aware.*` is what its code computes when it is given them. Strict: a letter or list of
letters under one `answer`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from ftassist.dojo.catalog.panorama.answers import answer_of, letters
from ftassist.dojo.scorers.extraction import stated
from ftassist.dojo.scorers.scorer import COUNT, WHOLE, Array, Doc, Judged, Scorer, Sums, f1, ratio

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r'"answer"\s*:\s*\[\s*"([A-H])"\s*(?:,\s*"([A-H])"\s*)*\]',
        r'"answer"\s*:\s*"([A-H](?:,\s*[A-H])*)"',
        r'"answer"\s*:\s*"([A-H])"',
    )
)
_LETTER = re.compile(r"[A-H]", re.IGNORECASE)
_LONE_LETTER = re.compile(r"\b([A-H])\b", re.IGNORECASE)
_SILVER = "silver "


def extract(prediction: str) -> frozenset[str]:
    """The letters by the official rule.

    The patterns are searched in all of `"answer": ...`, so the a and e of the key itself count.
    """
    text, value = answer_of(prediction)
    if isinstance(value, dict):
        answer = value.get("answer", [])
        if isinstance(answer, str):
            return letters(answer)
        if isinstance(answer, list):
            said = {a.strip() for a in answer if isinstance(a, str)}
            return frozenset(a.upper() for a in said if len(a) == 1 and "A" <= a.upper() <= "H")
    for pattern in _PATTERNS:
        if found := pattern.search(text):
            return frozenset(map(str.upper, _LETTER.findall(found.group(0))))
    return frozenset(map(str.upper, _LONE_LETTER.findall(text)))


class PriorArtRetrieval(Scorer):
    """Pooled F1, precision and recall, exact match, and the benchmark's custom score."""

    required = ("gold_answers",)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"exact_match": ("exact", COUNT)}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is the custom score of the row."""
        gold, silver = letters(doc["gold_answers"]), letters(doc.get("silver_answers"))
        said = stated(prediction, "answer", _letters)
        official = _statistics(extract(prediction), gold, silver)
        strict = _statistics(said or frozenset(), gold, silver)
        return Judged(view, said is not None, official, strict, official["custom"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """The metrics by gold letters only, and those that know of silver letters."""
        of = sums[WHOLE]
        return {
            "micro_f1": f1(of["hits"], of["false"], of["missed"]),
            "precision": ratio(of["hits"], of["hits"] + of["false"]),
            "recall": ratio(of["hits"], of["hits"] + of["missed"]),
            "exact_match": ratio(of["exact"], of[COUNT]),
            "custom_score": ratio(of["custom"], of[COUNT]),
            "silver_aware.micro_f1": f1(of["hits"], of[_SILVER + "false"], of["missed"]),
            "silver_aware.precision": ratio(of["hits"], of["hits"] + of[_SILVER + "false"]),
            "silver_aware.custom_score": ratio(of[_SILVER + "custom"], of[COUNT]),
        }

    def gold(self, doc: Doc, view: str) -> str:
        """The gold letters as the prompt asks for them."""
        del view
        named = ", ".join(f'"{letter}"' for letter in sorted(letters(doc["gold_answers"])))
        return f'{{"answer": [{named}]}}'


def _statistics(
    said: frozenset[str], gold: frozenset[str], silver: frozenset[str]
) -> dict[str, float]:
    """Hits, false and missed letters of a row, and its scores."""
    hits, missed = len(said & gold), len(gold - said)
    false, false_aware = len(said - gold), len(said - gold - silver)
    return {
        "hits": float(hits),
        "missed": float(missed),
        "false": float(false),
        _SILVER + "false": float(false_aware),
        "exact": float(said == gold),
        "custom": _custom_score(hits, false, missed, bool(said)),
        _SILVER + "custom": _custom_score(hits, false_aware, missed, bool(said)),
    }


def _custom_score(hits: int, false: int, missed: int, answered: bool) -> float:
    """`(2 TP - FP - FN) / 2 gold`, at least 0; without gold letters 1 for no answer."""
    gold = hits + missed
    if not gold:
        return float(not answered)
    return max(0.0, (2 * hits - false - missed) / (2 * gold))


def _letters(value: Any) -> frozenset[str] | None:
    """A JSON value as letters: one letter, or a list of them."""
    entries = value if isinstance(value, list) else [value]
    if not entries or not all(isinstance(e, str) and re.fullmatch("[A-H]", e) for e in entries):
        return None
    return frozenset(entries)
