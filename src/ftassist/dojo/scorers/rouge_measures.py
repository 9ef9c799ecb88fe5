"""ROUGE F-measures, the values of the package `rouge_score` without stemming, by bits.

That package fills a table in Python for every pair of sentences, which takes a tenth of a second
for a clinical note. A test compares the two.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from ftassist.dojo.scorers.subsequences import Sentences, common_length

KINDS = ("rouge1", "rouge2", "rougeL", "rougeLsum")
_WORD = re.compile("[a-z0-9]+")


class Reference:
    """A text that others are compared with; lines are its sentences."""

    def __init__(self, text: str) -> None:
        self._lines = _lines(text)
        self._words = [word for line in self._lines for word in line]
        self._single = Counter(self._words)
        self._pairs = Counter(pairwise(self._words))
        self._sentences = Sentences(self._lines)

    def measures(self, candidate: str) -> dict[str, float]:
        """ROUGE-1, -2, -L and -Lsum of another text, 0..1."""
        lines = _lines(candidate)
        words = [word for line in lines for word in line]
        single, pairs = Counter(words), Counter(pairwise(words))
        united, places = self._sentences.united(lines), self._sentences.places
        summary = sum(
            min((united & places[word]).bit_count(), count)
            for word, count in single.items()
            if word in places
        )
        ours, theirs = len(self._words), len(words)
        return {
            "rouge1": f_measure((self._single & single).total(), ours, theirs),
            "rouge2": f_measure((self._pairs & pairs).total(), ours - 1, theirs - 1),
            "rougeL": f_measure(common_length(self._words, words), ours, theirs),
            "rougeLsum": f_measure(summary, ours, theirs),
        }


@lru_cache(maxsize=1024)
def reference(text: str) -> Reference:
    """The text, ready to be compared with."""
    return Reference(text)


def _lines(text: str) -> list[list[str]]:
    """The words of each line in lower case; anything but ASCII letters and digits parts them."""
    return [_WORD.findall(line.lower()) for line in text.split("\n")]


def f_measure(hits: int, ours: int, theirs: int) -> float:
    """The harmonic mean of precision and recall; 0 without a hit."""
    if not hits:
        return 0.0
    precision, recall = hits / theirs, hits / ours
    return 2 * precision * recall / (precision + recall)
