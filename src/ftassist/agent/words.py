"""Words of questions, cards and descriptions, to tell what a data set is about.

A small bag-of-words likeness without a model: words, numbers and signs are told apart only as far
as needed. It says whether texts share rare words, not whether they mean the same.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

_WORD = re.compile(r"[A-Za-z]{3,}")
_COMMON = """
the and for are with from that this what how many which each one all its their has have was were
will then than into any not but per out who whom whose does did can you your only some answer
answers question questions give given name text kind kinds
"""
_EVERYWHERE = frozenset(_COMMON.split())
_ENDINGS = ("ings", "ing", "ies", "es", "s", "ed", "e")


def words(text: str) -> list[str]:
    """The content words of a text: lower case, at least three letters, endings cut off.

    >>> words("Counting the rings of a molecule")
    ['count', 'ring', 'molecul']
    """
    return list(_words(text))


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[str, ...]:
    """The same; what sets and cards say is asked for again with every proposal."""
    lower = (word.lower() for word in _WORD.findall(text.replace("_", " ")))
    return tuple(stem(word) for word in lower if word not in _EVERYWHERE)


def stem(word: str) -> str:
    """A word without its most common English ending, if at least three letters are left."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def rarity(texts: Iterable[str]) -> dict[str, float]:
    """How telling each word is: log(1 + texts / texts with the word), the usual idf."""
    bags = [set(words(text)) for text in texts]
    counts = Counter(word for bag in bags for word in bag)
    return {word: math.log(1.0 + len(bags) / count) for word, count in sorted(counts.items())}


def coverage(wanted: str, offered: str, weights: Mapping[str, float]) -> float:
    """The share of the wanted text's words, by rarity, that the offered text has too; 0 to 1."""
    asked = set(words(wanted))
    whole = sum(weights.get(word, 1.0) for word in sorted(asked))
    shared = asked & set(words(offered))
    return sum(weights.get(word, 1.0) for word in sorted(shared)) / whole if whole else 0.0


def nearness(text: str, others: Sequence[str]) -> float:
    """The largest Jaccard likeness of a text's words to one of `others`; 0 for none."""
    own = set(words(text))
    best = 0.0
    for other in others:
        bag = set(words(other))
        union = len(own | bag)
        if union:
            best = max(best, len(own & bag) / union)
    return best
