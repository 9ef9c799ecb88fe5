"""TableBench visualization: does generated plotting code run, and plot the right series.

Official: the last python block, else the whole text if it mentions import, plt, numpy, pandas, pd
or df; run apart for at most 10 s; the plotted series must be as many as the references and equal
in order to 0.01. A NaN equals anything, and a reference that is no list is not compared. Strict:
exactly one python block, and every value compared.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ftassist.dojo.catalog.tablebench.tablebench_visualization.chart_program import (
    SECONDS,
    plotted,
)
from ftassist.dojo.scorers.scorer import COUNT, WHOLE, Array, Doc, Judged, Scorer, Sums, ratio

TOLERANCE = 1e-2
_BLOCK = re.compile(r"```python\s*(.*?)\s*```", re.DOTALL)
_CODE_WORDS = ("import", "plt", "numpy", "pandas", "pd", "df")


def extract(prediction: str) -> str:
    """The code by the official rule; "" if there is none."""
    if blocks := _BLOCK.findall(prediction):
        return str(blocks[-1]).strip()
    return prediction.strip() if any(word in prediction for word in _CODE_WORDS) else ""


def references_of(doc: Doc) -> list[Any] | None:
    """The series of the record's `y_references = [[...]]`; None if it cannot be read."""
    answer = doc["answer"]
    if isinstance(answer, str):
        text = answer
        if "y_references" in text.lower() and "=" in text:
            text = text[text.index("=") + 1 :].strip()
        try:
            answer = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return None
    return answer if isinstance(answer, list) else None


def is_same(series: Sequence[Any], references: Sequence[Any], *, strict: bool = False) -> bool:
    """Whether the plotted series are the reference series."""
    if not series or not references or len(series) != len(references):
        return False
    for mine, theirs in zip(series, references, strict=True):
        if not isinstance(theirs, list | tuple):
            if strict:
                return False
            continue
        if len(mine) != len(theirs):
            return False
        if not all(_near(a, b, strict=strict) for a, b in zip(mine, theirs, strict=True)):
            return False
    return True


class TableVisualization(Scorer):
    """Pass@1, execution rate and parse rate.

    Attributes:
        seconds: Wall time a program may take, imports included.
    """

    seconds: ClassVar[float] = SECONDS

    required = ("table", "answer")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {
        "pass_at_1": ("passed", COUNT),
        "ecr_at_1": ("executed", COUNT),
        "parse_at_1": ("extracted", COUNT),
    }

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for the right series."""
        table = doc["table"]
        if not isinstance(table, Mapping):
            raise TypeError('`table` must be {"columns": [...], "data": [[...]]}')
        code, references = extract(prediction), references_of(doc)
        single = len(_BLOCK.findall(prediction)) == 1 and bool(code)
        found = None
        if code and references is not None:
            found = plotted(code, table, self.seconds).series
        ran = found is not None
        passed = found is not None and is_same(found, references or [])
        exactly = found is not None and is_same(found, references or [], strict=True)
        official = _statistics(bool(code), ran, passed)
        strict = _statistics(single, single and ran, single and exactly)
        return Judged(view, single, official, strict, official["passed"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """The three rates."""
        of = sums[WHOLE]
        return {name: ratio(of[part], of[whole]) for name, (part, whole) in self.rates.items()}

    def gold(self, doc: Doc, view: str) -> str | None:
        """A program that plots the references."""
        del view
        references = references_of(doc)
        if not references:
            return None
        lines = [f"plt.bar(range({len(s)}), {s!r})" for s in references]
        program = "\n".join(["import matplotlib.pyplot as plt", *lines, "plt.show()"])
        return f"```python\n{program}\n```"


def _statistics(extracted: bool, executed: bool, passed: bool) -> dict[str, float]:
    return {"extracted": float(extracted), "executed": float(executed), "passed": float(passed)}


def _near(mine: Any, theirs: Any, *, strict: bool) -> bool:
    """Whether two values are equal to the tolerance, or as texts where one is no number."""
    try:
        gap = abs(float(mine) - float(theirs))
    except (ValueError, TypeError):
        return str(mine) == str(theirs)
    except OverflowError:
        return False
    if math.isnan(gap):
        return not strict
    return gap <= TOLERANCE
