"""Runs a scoring file on made-up answers, apart: behind a trial's walls, within limits.

    with ScoringFile(text) as scorer: scorer.judge([(item, "an answer"), ...])

Nobody has read the file when it is first tried. What it writes is not trusted to be well formed.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ftassist.errors import DataError
from ftassist.files import open_inside
from ftassist.isolation.run import CODE_LIMITS, run_isolated

SECONDS = 60.0
_LARGEST = 4 * 1024 * 1024
_RUN = """\
import json, sys
sys.path.insert(0, ".")
import scoring
with open("asked.json", encoding="utf-8") as file:
    asked = json.load(file)
told = {"scores": [], "right": []}
try:
    for item, text in asked["pairs"]:
        told["scores"].append(float(scoring.process_results(item, [text])["score"]))
    if hasattr(scoring, "right_answer"):
        told["right"] = [str(scoring.right_answer(item)) for item in asked["items"]]
except Exception as error:
    told = {"error": f"{type(error).__name__}: {error}"}
with open("told.json", "w", encoding="utf-8") as file:
    json.dump(told, file)
"""


class ScoringFile:
    """A scoring file of somebody's.

    Args:
        source: Its text.
        where: What is named where it fails.
    """

    def __init__(self, source: str, where: str) -> None:
        self._source = source
        self._where = where

    def judge(self, pairs: Sequence[tuple[Mapping[str, Any], str]]) -> list[float]:
        """The scores of answers to items.

        Raises:
            DataError: It fails, or gives no numbers.
        """
        told = self._run(pairs, ())
        scores = told.get("scores")
        if not isinstance(scores, list) or len(scores) != len(pairs):
            raise self._failed("it gives no scores")
        if not all(isinstance(s, int | float) and math.isfinite(s) for s in scores):
            raise self._failed("a score is not a number")
        return [float(score) for score in scores]

    def right_answers(self, items: Sequence[Mapping[str, Any]]) -> list[str]:
        """What its `right_answer` says of items; none where it has none."""
        if "right_answer" not in self._source:
            return []
        found = self._run((), items).get("right")
        good = isinstance(found, list) and len(found) == len(items)
        return [str(text) for text in found] if good and found is not None else []

    def _run(
        self,
        pairs: Sequence[tuple[Mapping[str, Any], str]],
        items: Sequence[Mapping[str, Any]],
    ) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="ftassist-scorer-") as name:
            folder = Path(name)
            (folder / "scoring.py").write_text(self._source, encoding="utf-8")
            (folder / "run.py").write_text(_RUN, encoding="utf-8")
            asked = {"pairs": [[dict(i), t] for i, t in pairs], "items": [dict(i) for i in items]}
            (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
            limits = replace(CODE_LIMITS, seconds=SECONDS)
            ended = run_isolated([sys.executable, "-I", "run.py"], folder, limits)
            told = _read(folder, "told.json")
        if told is None:
            said = ended.message or (ended.stderr.strip().splitlines() or ["without a word"])[-1]
            raise self._failed(f"it did not come to its end: {said}")
        if "error" in told:
            raise self._failed(str(told["error"]))
        return told

    def _failed(self, why: str) -> DataError:
        return DataError(
            f"the scoring file cannot be used: {why[:400]}",
            where=self._where,
            fix='process_results(item, results) returns {"score": number, "parsed": 0 or 1}',
        )


def _read(folder: Path, name: str) -> dict[str, Any] | None:
    try:
        with open_inside(folder, name) as file:
            told = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
