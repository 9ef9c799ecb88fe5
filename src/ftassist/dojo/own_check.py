"""The scorer of a task of one's own, tried on answers of known worth before there is a task."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ftassist.dojo import own_metrics
from ftassist.dojo.scorer_check import Judge, check_scorer, sampled
from ftassist.dojo.scorer_file import ScoringFile
from ftassist.dojo.scorers.references import accepted
from ftassist.errors import DataError, UnknownNameError

REGEX, PYTHON = "regex", "python"
BUILT_IN: Mapping[str, own_metrics.ProcessResults] = {
    "exact_match": own_metrics.exact_match(),
    "accuracy": own_metrics.accuracy(),
    "macro_f1": own_metrics.accuracy(),  # which it is, answer by answer
    "rougeL": own_metrics.rouge_l(),
    "numeric": own_metrics.numeric(),
}


def check_own_scorer(metric: str, items: Sequence[Mapping[str, Any]]) -> None:
    """Refuses a metric that calls right answers of these items wrong, or junk right.

    Raises:
        DataError: It does, or its scoring file fails.
    """
    some = sampled(items)
    own = metric.startswith(f"{PYTHON}:")
    right = right_texts(metric, some)
    check_scorer(judge_of(metric), some, right, f"metric {metric}", lists=own)


def judge_of(metric: str) -> Judge:
    """What a metric says of answers; a scoring file is run apart, all else here.

    Raises:
        UnknownNameError: There is no such metric.
    """
    name, _, rest = metric.partition(":")
    if name == PYTHON:
        return ScoringFile(Path(rest).read_text(encoding="utf-8"), rest).judge
    return _here(process_of(metric))


def process_of(metric: str) -> own_metrics.ProcessResults:
    """How a metric that needs no file of somebody's scores one answer.

    Raises:
        UnknownNameError: There is no such metric.
        DataError: Its pattern is not valid.
    """
    name, _, rest = metric.partition(":")
    if name == REGEX:
        try:
            return own_metrics.regex(rest)
        except re.error as error:
            fix = "write a regular expression whose first group is the answer"
            what = f"the pattern {rest[:100]!r} is not valid: {error}"
            raise DataError(what, where="metric", fix=fix) from error
    if name not in BUILT_IN:
        near = UnknownNameError.of("metric", metric, [*BUILT_IN, "regex:PATTERN"])
        raise UnknownNameError(near.what, where="metric", fix=near.fix)
    return BUILT_IN[name]


def right_texts(metric: str, items: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Of each item, texts of which a metric must call one right."""
    name, _, rest = metric.partition(":")
    found = [list(accepted(item)) for item in items]
    if name == REGEX:
        compiled = re.compile(rest)
        return [[*texts, *(matched_text(compiled, t) for t in texts)] for texts in found]
    if name == PYTHON:
        scorer = ScoringFile(Path(rest).read_text(encoding="utf-8"), rest)
        own = scorer.right_answers(items)
        return [[*texts, own[n]] if own else texts for n, texts in enumerate(found)]
    return found


def _here(process: own_metrics.ProcessResults) -> Judge:
    def judge(pairs: Sequence[tuple[Mapping[str, Any], str]]) -> list[float]:
        return [float(process(item, [text])["score"]) for item, text in pairs]

    return judge


_CATEGORIES = {"CATEGORY_DIGIT": "1", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}


def matched_text(pattern: re.Pattern[str], group: str) -> str:
    r"""A text whose first group would be `group`, or that is it where there is no group.

    >>> matched_text(re.compile(r"[Aa]nswer:\s*(\w+)"), "red")
    'Answer:red'
    """
    if not pattern.groups:
        return group
    parsed = re._parser.parse(pattern.pattern, pattern.flags)  # type: ignore[attr-defined]
    return "".join(_part(str(name), value, group) for name, value in parsed)


def _part(name: str, value: Any, group: str) -> str:
    match name:
        case "LITERAL":
            return chr(int(value))
        case "ANY":
            return "a"
        case "IN":
            return _one_of(value)
        case "BRANCH":
            return "".join(_part(str(n), v, group) for n, v in value[1][0])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, _, inner = value
            return "".join(_part(str(n), v, group) for n, v in inner) * int(least)
        case "SUBPATTERN":
            number, _, _, inner = value
            if number == 1:
                return group
            return "".join(_part(str(n), v, group) for n, v in inner)
    return ""  # a place, such as ^, or what looks ahead


def _one_of(choices: Any) -> str:
    name, value = choices[0]
    match str(name):
        case "LITERAL":
            return chr(int(value))
        case "RANGE":
            return chr(int(value[0]))
        case "CATEGORY":
            return _CATEGORIES.get(str(value), "a")
    return "\u00b6"  # all but some characters
