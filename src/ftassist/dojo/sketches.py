"""How alike two texts are written: MinHash over their pairs of neighbouring tokens.

Tokens that stand in a large part of the texts are their frame - a prompt, a pattern of questions -
and tell nothing. Chinese and Japanese are compared sign by sign. Knows no records and no splits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from ftassist.dojo.normalise import Token

FRAME_SHARE = 0.3
"""A token in more than this share of all texts belongs to their frame."""

_PERMUTATIONS = 64
_IDEOGRAMS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def by_sign(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens, with those of Chinese and Japanese signs taken apart."""
    for token in tokens:
        signs = list(_IDEOGRAMS.finditer(token.text))
        if not signs:
            yield token
            continue
        placed = len(token.text) == token.end - token.start
        for sign in signs:
            start = token.start + sign.start() if placed else token.start
            end = token.start + sign.end() if placed else token.end
            yield Token(sign.group(), start, end)


def frame_of(texts: Sequence[Collection[str]]) -> set[str]:
    """The tokens that many of the texts share."""
    frequency = Counter(token for tokens in texts for token in set(tokens))
    return {token for token, n in frequency.items() if n > max(2, FRAME_SHARE * len(texts))}


def pairs_of(tokens: Sequence[str]) -> set[tuple[str, str]]:
    """Neighbouring tokens, the beginning and the end as neighbours of their own."""
    return set(pairwise(["", *tokens, ""]))


def sketch(pairs: Collection[tuple[str, str]]) -> Any:
    """The MinHash of a set of pairs."""
    from datasketch import MinHash

    made = MinHash(num_perm=_PERMUTATIONS, seed=1)
    made.update_batch(sorted(f"{a} {b}".encode() for a, b in pairs))
    return made


def sketch_index(threshold: float) -> Any:
    """An index of sketches that finds those of about this Jaccard similarity or more."""
    from datasketch import MinHashLSH

    return MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
