"""Metrics for tasks of one's own: each gives the `process_results` of a scoring file.

Pure functions from an item and an answer to `{"score", "parsed"}`. The standard library and
`rouge_score` only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

Scored = dict[str, float]
ProcessResults = Callable[[Mapping[str, Any], Sequence[str]], Scored]

_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")


def exact_match() -> ProcessResults:
    """The whole answer is the right one, but for spaces at its ends."""
    return lambda item, results: _scored(results[0].strip() == str(item["answer"]).strip())


def accuracy() -> ProcessResults:
    """The label is right, but for case, spaces and closing marks."""
    return lambda item, results: _scored(_label(results[0]) == _label(str(item["answer"])))


def numeric(tolerance: float = 1e-6) -> ProcessResults:
    """The last number of the answer is the right one, up to a relative tolerance."""

    def judge(item: Mapping[str, Any], results: Sequence[str]) -> Scored:
        gold, found = _last_number(str(item["answer"])), _last_number(results[0])
        if gold is None or found is None:
            return {"score": 0.0, "parsed": float(found is not None)}
        return _scored(abs(found - gold) <= tolerance * max(1.0, abs(gold)))

    return judge


def regex(pattern: str) -> ProcessResults:
    """The first group of the pattern's last match (or the whole match) is the right answer.

    Raises:
        re.error: The pattern is not valid.
    """
    compiled = re.compile(pattern)

    def judge(item: Mapping[str, Any], results: Sequence[str]) -> Scored:
        matches = list(compiled.finditer(results[0]))
        if not matches:
            return {"score": 0.0, "parsed": 0.0}
        found = matches[-1].group(1) if compiled.groups else matches[-1].group()
        return _scored((found or "").strip() == str(item["answer"]).strip())

    return judge


def rouge_l() -> ProcessResults:
    """ROUGE-L F-measure of the answer against the right one, without stemming."""

    def judge(item: Mapping[str, Any], results: Sequence[str]) -> Scored:
        found = _rouge().score(str(item["answer"]), results[0])["rougeL"]
        return {"score": float(found.fmeasure), "parsed": float(bool(results[0].strip()))}

    return judge


def _scored(right: bool) -> Scored:
    return {"score": float(right), "parsed": 1.0}


def _label(text: str) -> str:
    return " ".join(text.split()).strip(".!?:;\"'` ").casefold()


def _last_number(text: str) -> float | None:
    numbers = _NUMBER.findall(text)
    return float(numbers[-1].replace(",", "")) if numbers else None


@cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=False)
