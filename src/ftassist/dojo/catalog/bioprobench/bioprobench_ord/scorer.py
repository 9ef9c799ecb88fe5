"""BioProBench ORD: the steps of a protocol, shuffled, to be put in order by their indices.

Official (opencompass/datasets/bioprobench/bioprobench_ord.py of Jensen246/opencompass at
abc7c91a): after the last `</think>`, the last pair of tags, read as a Python list; its members
through int() ("2", 2.7 and True are 2, 2 and 1). It must hold the indices of the right order, each
as often. What does not is left out of both metrics. Kendall's tau is over the pairs of all rows
together, so long lists count for more: (2 concordant - pairs) / pairs. Gold indices are looked up
by text, so that of two equal steps both have the index of the later one.

Strict: one pair of tags with a JSON list of whole numbers, each index once (equal steps stand for
each other); what cannot be read has no pair in order.
"""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import ClassVar

from ftassist.dojo.catalog.bioprobench.tagged import after_last, last, only, tagged
from ftassist.dojo.scorers.scorer import WHOLE, Array, Doc, Judged, Scorer, Sums, ratio

_LONGEST = 20_000
"""Characters of a list that is read; no protocol has so many steps."""


def extract(prediction: str) -> list[int] | None:
    """The indices by the official rule."""
    inside = last(after_last(prediction, "</think>"))
    if inside is None or len(inside) > _LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = ast.literal_eval(inside.strip())
        if not isinstance(found, list | tuple):
            return None
        return [int(member) for member in found]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, OverflowError):
        return None


def stated(prediction: str, doc: Doc, gold: Sequence[int]) -> list[int] | None:
    """The same, as the contract asks for it; equal steps have one index, as in gold."""
    inside = only(after_last(prediction, "</think>"))
    try:
        found = json.loads(inside or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or any(type(member) is not int for member in found):
        return None
    if sorted(found) == list(range(len(doc["wrong_steps"]))):
        place = _places(doc)
        found = [place[str(doc["wrong_steps"][index])] for index in found]
    return found if sorted(found) == sorted(gold) else None


def right_order(doc: Doc) -> list[int] | None:
    """The indices of the shuffled steps in the right order; None where a step is not among them.

    Raises:
        KeyError: The steps are missing.
    """
    place = _places(doc)
    found = [place.get(str(step)) for step in doc["correct_steps"]]
    return None if None in found else [index for index in found if index is not None]


def _places(doc: Doc) -> dict[str, int]:
    """The index of each step; of equal ones the last."""
    return {str(step): index for index, step in enumerate(doc["wrong_steps"])}


def pairs_in_order(gold: Sequence[int], said: Sequence[int]) -> tuple[int, int]:
    """How many pairs of steps stand in the right order, and how many pairs there are."""
    right = {step: index for index, step in enumerate(gold)}
    ours = {step: index for index, step in enumerate(said)}
    pairs = list(combinations(right.keys() & ours.keys(), 2))
    agree = sum((right[a] - right[b]) * (ours[a] - ours[b]) > 0 for a, b in pairs)
    return agree, len(pairs)


class StepOrder(Scorer):
    """Kendall's tau over all pairs, and the share of orders that are right as a whole."""

    required = ("question", "wrong_steps", "correct_steps")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"exact_match": ("exact", "counted")}

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is the tau of this row, -1 where nothing can be read."""
        gold, said = right_order(doc) or [], extract(prediction) or []
        steps = len(gold)
        strictly = stated(prediction, doc, gold) if gold else None
        readable = bool(gold) and len(said) == steps and set(said) == set(gold)
        official = _statistics(gold, said) if readable else _nothing(0, counted=False)
        strict = _nothing(len(set(gold)), counted=bool(gold))
        if strictly is not None:
            strict = _statistics(gold, strictly)
        return Judged(view, strictly is not None, official, strict, _tau(official))

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Both over what could be read; 0 without any."""
        of = sums[WHOLE]
        return {
            "kendall_tau": ratio(2 * of["concordant"] - of["pairs"], of["pairs"]),
            "exact_match": ratio(of["exact"], of["counted"]),
        }

    def gold(self, doc: Doc, view: str) -> str | None:
        """The right order, where the record has one."""
        del view
        order = right_order(doc)
        return None if order is None else tagged(json.dumps(order))


def _statistics(gold: Sequence[int], said: Sequence[int]) -> dict[str, float]:
    agree, pairs = pairs_in_order(gold, said)
    exact = float(list(gold) == list(said))
    return {"counted": 1.0, "exact": exact, "concordant": float(agree), "pairs": float(pairs)}


def _nothing(steps: int, *, counted: bool) -> dict[str, float]:
    """No pair in order, of all there are."""
    pairs = steps * (steps - 1) / 2
    return {"counted": float(counted), "exact": 0.0, "concordant": 0.0, "pairs": pairs}


def _tau(found: Mapping[str, float]) -> float:
    """The tau of one row, -1 where nothing could be read; a single step is right or wrong."""
    pairs = found["pairs"]
    return (2 * found["concordant"] - pairs) / pairs if pairs else 2 * found["exact"] - 1
