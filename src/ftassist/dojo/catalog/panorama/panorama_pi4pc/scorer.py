"""PANORAMA PI4PC: which of five paragraphs of the prior art was cited against a claim.

Official: JSON `answer` through `int` (17.9 is 17, true is 1), quoted patterns, the first number of
the text; nothing is checked against the options. As released only the gold key is known, so
`accuracy` equals `gold_hit_rate`; `silver_aware.*` is what its code computes when it is given the
silver keys too. Strict: one `answer` that is one of the options.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import ClassVar

from ftassist.dojo.catalog.panorama.answers import answer_of, option_keys
from ftassist.dojo.scorers.extraction import stated, whole_number
from ftassist.dojo.scorers.scorer import COUNT, WHOLE, Array, Doc, Judged, Scorer, Sums, ratio

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r'"answer"\s*:\s*(\d+)',
        r'"answer"\s*:\s*"(\d+)"',
        r"answer\s*[:=]\s*(\d+)",
        r"\b(\d+)\b",
    )
)


def extract(prediction: str) -> int | None:
    """The paragraph key by the official rule."""
    text, value = answer_of(prediction)
    answer = value.get("answer") if isinstance(value, dict) else None
    if answer is not None:
        try:
            return int(answer)
        except (ValueError, TypeError, OverflowError):
            pass
    for pattern in _PATTERNS:
        if found := pattern.search(text):
            try:
                return int(found.group(1))
            except ValueError:  # more digits than Python converts
                continue
    return None


class ParagraphIdentification(Scorer):
    """Share of rows that name the gold paragraph, and the benchmark's custom score."""

    required = ("gold_answers",)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {
        "gold_hit_rate": ("gold", COUNT),
        "accuracy": ("gold", COUNT),
    }

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for the gold paragraph."""
        gold, silver = option_keys(doc["gold_answers"]), option_keys(doc.get("silver_answers"))
        options = _options(doc)
        said = stated(prediction, "answer", whole_number)
        said = said if said is not None and (not options or said in options) else None
        official = _statistics(extract(prediction), gold, silver)
        return Judged(
            view, said is not None, official, _statistics(said, gold, silver), official["gold"]
        )

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """The metrics by the gold key only, and those that know of silver keys."""
        of = sums[WHOLE]
        hit = ratio(of["gold"], of[COUNT])
        return {
            "gold_hit_rate": hit,
            "custom_score": hit,
            "accuracy": hit,
            "silver_aware.custom_score": ratio(2 * of["gold"] + of["silver"], 2 * of[COUNT]),
            "silver_aware.accuracy": ratio(of["gold"] + of["silver"], of[COUNT]),
        }

    def gold(self, doc: Doc, view: str) -> str:
        """The first gold key as the prompt asks for it."""
        del view
        return f'{{"answer": {min(option_keys(doc["gold_answers"]))}}}'


def _statistics(
    said: int | None, gold: frozenset[int], silver: frozenset[int]
) -> dict[str, float]:
    """Whether the key is gold, else whether it is silver."""
    return {
        "gold": float(said in gold),
        "silver": float(said in silver and said not in gold),
    }


def _options(doc: Doc) -> frozenset[int]:
    """The keys of the options, where the record has them."""
    options = doc.get("options")
    if isinstance(options, str):
        try:
            options = json.loads(options)
        except ValueError:
            return frozenset()
    return option_keys(list(options)) if isinstance(options, Mapping) else frozenset()
