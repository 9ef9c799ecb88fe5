"""GTA: questions that its authors answer with tools and images; here, answers in text alone.

The rule of open-compass/GTA (gta_bench.py) for objective answers: of every group of accepted words
one must stand in the output, none of the refused ones may, in any case and as whole words. Answers
compared by sentence embeddings and tasks that make an image are not scored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, ratio

OBJECTIVE, SUBJECTIVE, GENERATION = "objective", "subjective", "generation"
_REASONS = {
    SUBJECTIVE: "answers are compared by a sentence-embedding model upstream",
    GENERATION: "the answer is an image",
}


class Gta(Scorer):
    """Accuracy over objective questions."""

    views = (OBJECTIVE, SUBJECTIVE, GENERATION)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def view_of(self, doc: Doc) -> str | None:
        """Which kind of answer the record has."""
        answer = _answer(doc)
        if isinstance(answer, Mapping):
            return OBJECTIVE
        return SUBJECTIVE if answer else GENERATION

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Looks for the accepted and the refused words."""
        answer = _answer(doc)
        if not isinstance(answer, Mapping):
            raise TypeError("gt_answer is no object with a whitelist")
        groups: Sequence[Sequence[str]] = answer["whitelist"]
        refused = [word for group in answer.get("blacklist") or () for word in group]
        right = float(
            all(_stands(group, prediction) for group in groups)
            and not (refused and _stands(refused, prediction))
        )
        parsed = bool(prediction.strip())
        return Judged(view, parsed, {"correct": right}, {"correct": right * parsed}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy."""
        found = sums[OBJECTIVE]
        accuracy = ratio(found["correct"], found[COUNT])
        return {"accuracy": accuracy, f"{OBJECTIVE}.accuracy": accuracy}

    def gold(self, doc: Doc, view: str) -> str | None:
        """One accepted word of each group."""
        answer = _answer(doc)
        if not isinstance(answer, Mapping):
            return None
        return ", ".join(group[0] for group in answer["whitelist"])

    def not_scored(self, view: str) -> str:
        """Subjective answers and images are not."""
        return _REASONS.get(view, "")


def _answer(doc: Doc) -> Any:
    """The reference: an object with word lists, a list of texts, or nothing."""
    if "gt_answer" not in doc:
        return {"whitelist": [[str(doc["answer"])]], "blacklist": None}
    answer = doc["gt_answer"]
    return json.loads(answer) if isinstance(answer, str) else answer


def _stands(words: Sequence[str], text: str) -> bool:
    """Whether one of some words stands in a text, as a whole word in any case."""
    pattern = r"\b(?:" + "|".join(re.escape(str(word)) for word in words) + r")\b"
    return re.search(pattern, text, re.IGNORECASE) is not None
