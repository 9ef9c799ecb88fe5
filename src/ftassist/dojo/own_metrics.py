"""Metrics for tasks of one's own: each gives the `process_results` of a scoring file.

Functions from an item and an answer to `{"score", "parsed"}`. All of them judge the text after the
model's thinking, and where an item has several right answers, any of them counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ftassist.dojo.scorers import numbers
from ftassist.dojo.scorers.references import accepted, said
from ftassist.dojo.scorers.rouge_measures import f_measure
from ftassist.dojo.scorers.subsequences import common_length
from ftassist.dojo.scorers.texts import is_japanese, label, same_form, words
from ftassist.dojo.scorers.thinking import after_thinking, answer_of, marked, names_a_mark

Scored = dict[str, float]
ProcessResults = Callable[[Mapping[str, Any], Sequence[str]], Scored]


def exact_match() -> ProcessResults:
    """The whole answer is the right one, but for spaces at its ends."""
    return _by_form(same_form)


def accuracy() -> ProcessResults:
    """The label is right, but for case, widths, spaces, quotes and closing marks."""
    return _by_form(label)


def numeric(tolerance: float | None = None) -> ProcessResults:
    """The last number of the answer is the right one; `scorers.numbers` says what a number is.

    Args:
        tolerance: How far they may be apart, relative to the larger; by default not at all, but
            for the last digits of fractions without an end.
    """

    def judge(item: Mapping[str, Any], results: Sequence[str]) -> Scored:
        found = numbers.last_number(answer_of(results[0]))
        if found is None:
            return {"score": 0.0, "parsed": 0.0}
        golds = map(numbers.last_number, accepted(item))
        right = any(g is not None and numbers.equal(found, g, tolerance) for g in golds)
        return _scored(right)

    return judge


def regex(pattern: str) -> ProcessResults:
    """The first group of the pattern's last match (or the whole match) is the right answer.

    A pattern that itself names thinking tags sees the whole text.

    Raises:
        re.error: The pattern is not valid.
    """
    compiled = re.compile(pattern)
    text_of = marked if names_a_mark(pattern) else after_thinking

    def judge(item: Mapping[str, Any], results: Sequence[str]) -> Scored:
        matches = list(compiled.finditer(text_of(results[0])))
        if not matches:
            return {"score": 0.0, "parsed": 0.0}
        found = matches[-1].group(1) if compiled.groups else matches[-1].group()
        return _scored(same_form(found or "") in set(map(same_form, accepted(item))))

    return judge


def rouge_l() -> ProcessResults:
    """ROUGE-L F-measure of the answer against the right one, without stemming, in any script.

    Of several right answers the nearest counts. For texts in ASCII these are the values of the
    package `rouge_score`.
    """

    def judge(item: Mapping[str, Any], results: Sequence[str]) -> Scored:
        golds = accepted(item)
        answer = said(results[0], golds)
        score = max(_rouge_l(gold, answer) for gold in golds)
        return {"score": score, "parsed": float(bool(answer))}

    return judge


def _by_form(form: Callable[[str], str]) -> ProcessResults:
    """The answer has the form of a right one."""

    def judge(item: Mapping[str, Any], results: Sequence[str]) -> Scored:
        golds = accepted(item)
        answer = said(results[0], golds)
        right = form(answer) in set(map(form, golds))
        return {"score": float(right), "parsed": float(right or bool(answer))}

    return judge


def _scored(right: bool) -> Scored:
    return {"score": float(right), "parsed": 1.0}


def _rouge_l(gold: str, answer: str) -> float:
    """ROUGE-L of two texts."""
    japanese = is_japanese(gold)
    ours, theirs = (words(text, by_characters=japanese) for text in (gold, answer))
    return f_measure(common_length(ours, theirs), len(ours), len(theirs))
