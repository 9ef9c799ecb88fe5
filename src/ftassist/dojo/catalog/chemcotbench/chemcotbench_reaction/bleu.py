"""Corpus BLEU of characters as sums over rows: n-gram matches, totals and lengths.

The definition is Papineni et al. (2002) with orders 1 to 4, equal weights and no smoothing, with
the conventions of NLTK's `corpus_bleu`: an order without any match counts as the smallest positive
float, no match of single characters gives 0, and a row too short for an order counts one n-gram.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping

import numpy as np

from ftassist.dojo.scorers.scorer import Array

ORDERS = (1, 2, 3, 4)


def statistics(candidate: str | None, reference: str | None) -> dict[str, float]:
    """What a row adds; a row without a reference adds nothing."""
    if reference is None:
        return dict.fromkeys(_names(), 0.0)
    text = candidate or ""
    found = {"bleu length": float(len(text)), "bleu reference length": float(len(reference))}
    for n in ORDERS:
        mine, theirs = _ngrams(text, n), _ngrams(reference, n)
        found[f"bleu match {n}"] = float(sum((mine & theirs).values()))
        found[f"bleu total {n}"] = float(max(1, mine.total()))
    return found


def bleu(sums: Mapping[str, Array]) -> Array:
    """BLEU, 0..1, from the sums of `statistics`."""
    length, reference = sums["bleu length"], sums["bleu reference length"]
    shares = [sums[f"bleu match {n}"] / np.maximum(sums[f"bleu total {n}"], 1) for n in ORDERS]
    logs = np.sum([np.log(np.maximum(share, sys.float_info.min)) for share in shares], axis=0)
    shortness = np.minimum(0.0, 1.0 - reference / np.maximum(length, 1.0))
    value: Array = np.where(sums["bleu match 1"] > 0, np.exp(shortness + logs / len(ORDERS)), 0.0)
    return value


def _names() -> list[str]:
    """The names of the statistics."""
    counts = [f"bleu {kind} {n}" for n in ORDERS for kind in ("match", "total")]
    return ["bleu length", "bleu reference length", *counts]


def _ngrams(text: str, n: int) -> Counter[str]:
    """How often each run of n characters occurs."""
    return Counter(text[i : i + n] for i in range(len(text) - n + 1))
