"""ChemCoTBench molecule understanding: counting groups and rings, scaffolds, equivalence.

Official: closed thinking blocks and fences go, then the view's JSON key, then looser patterns. A
count that cannot be read costs the gold value, "2.0" among them. Strict: the view's key with one
value of the right kind; a count that is not stated costs the gold value, at least 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from ftassist.dojo.catalog.chemcotbench.answers import answer_object, answer_text, quoted, view_of
from ftassist.dojo.catalog.chemcotbench.chemistry import is_molecule, morgan_similarity
from ftassist.dojo.scorers.extraction import first_group, stated, text_of, whole_number
from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, mean, ratio

COUNTS = ("fg_count", "ring_count")
VERDICTS = ("equivalence", "ring_system_scaffold")
SCAFFOLD = "Murcko_scaffold"
BITS = 1024
FARTHEST = 10**300
"""The largest error a count can have, so that it can be added up; the official evaluator fails on
larger ones."""
_STATISTIC = {
    **dict.fromkeys(COUNTS, "error"),
    **dict.fromkeys(VERDICTS, "correct"),
    SCAFFOLD: "similarity",
}
_METRIC = {"error": "mae", "correct": "accuracy", "similarity": "tanimoto"}
_KEYS = {
    **dict.fromkeys(COUNTS, ("count", "answer")),
    **dict.fromkeys(VERDICTS, ("output", "answer")),
    SCAFFOLD: ("Output Scaffold", "output", "answer"),
}
_COUNT_PATTERNS = (
    re.compile(r'"count"\s*:\s*"?(\d+)"?'),
    re.compile(r'"answer"\s*:\s*"?(\d+)"?'),
    re.compile(r"\b(\d+)\b"),
)
_VERDICT_PATTERNS = (
    re.compile(r'"output"\s*:\s*"(Yes|No)"', re.IGNORECASE),
    re.compile(r'"answer"\s*:\s*"(Yes|No)"', re.IGNORECASE),
    re.compile(r"\b(yes)\b", re.IGNORECASE),
    re.compile(r"\b(no)\b", re.IGNORECASE),
)
_PATTERNS = {
    **dict.fromkeys(COUNTS, _COUNT_PATTERNS),
    **dict.fromkeys(VERDICTS, _VERDICT_PATTERNS),
    SCAFFOLD: quoted(*_KEYS[SCAFFOLD]),
}


def extract(prediction: str, view: str) -> str:
    """The answer by the official rule; "" for an empty text."""
    text = answer_text(prediction)
    answer = answer_object(text)
    if answer is not None:
        value: Any = None
        for key in _KEYS[view]:  # the first key that is there counts, even if it holds null
            if key in answer:
                value = answer[key]
                break
        if value is not None:
            return str(value).strip()
    found = first_group(_PATTERNS[view], text)
    return (text if found is None else found).strip()


def count_error(answer: str, gold: int) -> int:
    """How far off a count is; the gold value where the answer is no integer to Python."""
    try:
        return min(abs(int(answer) - gold), FARTHEST) if answer else abs(gold)
    except ValueError:
        return abs(gold)


class MoleculeUnderstanding(Scorer):
    """MAE of the counts, similarity of Murcko scaffolds, accuracy of the yes/no views."""

    views = ("fg_count", "ring_count", "Murcko_scaffold", "ring_system_scaffold", "equivalence")
    required = ("query", "gt")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def view_of(self, doc: Doc) -> str | None:
        """The record's subtask."""
        return view_of(doc, self.views)

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for the exact count or verdict, and the similarity for a scaffold."""
        if view in COUNTS:
            return self._count(int(doc["gt"]), prediction, view)
        gold, answer = str(doc["gt"]), extract(prediction, view)
        if view in VERDICTS:
            said = stated(prediction, "output", _verdict)
            right = float(answer.lower() == gold.lower())
            strictly = float(said == gold.strip().lower())
        else:
            said = stated(prediction, "Output Scaffold", text_of)
            said = said if is_molecule(said) else None
            right = morgan_similarity(answer, gold, BITS)
            strictly = right if said is None else morgan_similarity(said, gold, BITS)
            strictly = 0.0 if said is None else strictly
        name = _STATISTIC[view]
        official, strict = {name: right, "item": right}, {name: strictly, "item": strictly}
        return Judged(view, said is not None, official, strict, right)

    def _count(self, gold: int, prediction: str, view: str) -> Judged:
        """Judges a count."""
        error = float(count_error(extract(prediction, view), gold))
        said = stated(prediction, "count", whole_number)
        strictly = float(max(1, abs(gold)) if said is None else min(abs(said - gold), FARTHEST))
        official = {"error": error, "item": float(error == 0)}
        strict = {"error": strictly, "item": float(strictly == 0)}
        return Judged(view, said is not None, official, strict, official["item"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """`mae`, `tms` and `acc` of the paper, every view's own metric, and `score`.

        `score` is ours, for campaigns, since the paper's three rows have no common unit: the
        unweighted mean over views of exact counts, similarity and accuracy.
        """
        found = {
            f"{view}.{_METRIC[name]}": ratio(of[name], of[COUNT])
            for view, of in sums.items()
            for name in [_STATISTIC[view]]
        }
        headlines: dict[str, Array] = {}
        for headline, views in (("mae", COUNTS), ("tms", (SCAFFOLD,)), ("acc", VERDICTS)):
            values = [
                found[name]
                for view in views
                if (name := f"{view}.{_METRIC[_STATISTIC[view]]}") in found
            ]
            if values:
                headlines[headline] = mean(values)
        headlines["score"] = mean([ratio(of["item"], of[COUNT]) for of in sums.values()])
        return headlines | found

    def gold(self, doc: Doc, view: str) -> str:
        """The record's answer in the form its query asks for."""
        key = {**dict.fromkeys(COUNTS, "count"), **dict.fromkeys(VERDICTS, "output")}
        return f'{{"{key.get(view, "Output Scaffold")}": "{doc["gt"]}"}}'


def _verdict(value: Any) -> str | None:
    """A JSON value as "yes" or "no"."""
    text = value.strip().lower() if isinstance(value, str) else ""
    return text if text in {"yes", "no"} else None
