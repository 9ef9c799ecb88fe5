r"""AIME 2024 and 2025: integer answers in \boxed{}, compared by math-verify.

Official (opencompass/evaluator/math_evaluator.py of Jensen246/opencompass at abc7c91a): LaTeX
only, boxed first, nothing without an anchor ("final answer is $924$. I hope" is one), several
boxes together. Strict: one box, or several that say the same, with a plain integer in it.

The release then lets an LLM judge look again at what the rule calls wrong (cascade_evaluator.py).
That is off here unless a judge is given, and then it is a metric of its own,
`accuracy_with_judge`; `accuracy` stays the rule's. A blank answer is not shown to the judge. Of
AIME 2024 it asks for the rule alone (configs/datasets/aime2024/aime2024_gen_17d799.py).

math-verify limits its time by signals, which work in a main thread only: elsewhere the rule runs
in the main thread of a process of its own.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from typing import Any, ClassVar

from ftassist.dojo.scorers.scorer import (
    COUNT,
    WHOLE,
    Array,
    Doc,
    Judge,
    Judged,
    Scorer,
    Sums,
    ratio,
)

WITH_JUDGE = "accuracy_with_judge"
"""The metric, and its statistic."""

SECONDS = 60
"""Wall time for one answer; the library's 5 s would make scores depend on the machine's load."""

_BOX = re.compile(r"\\boxed\s*\{([^{}]*)\}")
_INTEGER = re.compile(r"\$?\s*(\d{1,9})\s*\$?")


def is_equal(prediction: str, gold: str) -> bool:
    """Whether math-verify finds the prediction equal to the gold answer."""
    if threading.current_thread() is threading.main_thread():
        return verified(prediction, gold)
    return bool(_process().submit(verified, prediction, gold).result())


def verified(prediction: str, gold: str) -> bool:
    """The rule itself; call it in a main thread."""
    from math_verify import parse, verify

    target = _gold(gold)
    if not target:
        return False
    found = parse(
        prediction.encode("utf-8", "replace").decode(),
        extraction_config=[_extraction()],
        extraction_mode="first_match",
        parsing_timeout=SECONDS,
    )
    return bool(verify(found, target, timeout_seconds=SECONDS))


def stated_integer(prediction: str) -> int | None:
    """The integer in the box or boxes of a text, if they say one."""
    boxes = [_INTEGER.fullmatch(inside.strip()) for inside in _BOX.findall(prediction)]
    said = {int(box.group(1)) if box else None for box in boxes}
    return said.pop() if len(said) == 1 else None


class Aime(Scorer):
    """Accuracy."""

    required = ("question", "answer")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {
        "accuracy": ("correct", COUNT),
        WITH_JUDGE: (WITH_JUDGE, COUNT),
    }
    second_look = True

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for a right answer."""
        gold = str(doc["answer"]).strip()
        right = float(is_equal(prediction, gold))
        said = stated_integer(prediction)
        strictly = float(said is not None and str(said) == str(int(float(gold))))
        return Judged(view, said is not None, {"correct": right}, {"correct": strictly}, right)

    def look_again(self, doc: Doc, prediction: str, found: Judged, judge: Judge) -> Judged:
        """Right by the rule, or else by the judge; the strict reading hears no judge."""
        right = found.item == 1.0 or (
            bool(prediction.strip())
            and judge(str(doc["question"]), str(doc["answer"]).strip(), prediction)
        )
        official = {**found.official, WITH_JUDGE: float(right)}
        return replace(
            found, official=official, strict={**found.strict, WITH_JUDGE: found.strict["correct"]}
        )

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy by the rule, and with the judge where there was one."""
        of = sums[WHOLE]
        found = {"accuracy": ratio(of["correct"], of[COUNT])}
        if WITH_JUDGE in of:
            found[WITH_JUDGE] = ratio(of[WITH_JUDGE], of[COUNT])
        return found

    def gold(self, doc: Doc, view: str) -> str:
        """The answer in its box."""
        del view
        return rf"\boxed{{{doc['answer']}}}"


@cache
def _extraction() -> Any:
    """What counts as an answer; newer releases remark at every answer that `equations` is old."""
    logging.getLogger("latex2sympy2_extended").setLevel(logging.ERROR)
    from latex2sympy2_extended import NormalizationConfig
    from math_verify import LatexExtractionConfig

    return LatexExtractionConfig(
        normalization_config=NormalizationConfig(
            nits=False,
            malformed_operators=False,
            basic_latex=True,
            equations=True,
            boxed="all",
            units=True,
        ),
        boxed_match_priority=0,
        try_extract_without_anchor=False,
    )


@cache
def _gold(answer: str) -> Any:
    """A gold answer as math-verify reads it."""
    from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse

    return parse(
        f"${answer}$",
        extraction_mode="first_match",
        extraction_config=[LatexExtractionConfig(), ExprExtractionConfig()],
    )


@cache
def _process() -> ProcessPoolExecutor:
    """The process the rule runs in when asked outside the main thread."""
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
