"""From documents to batches of token rows; documents share a row but not their attention."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pretraining.mix import Document

SHORT, LONG = 256, 384
_SLACK = 2.0  # a pool holds this many batches' worth of tokens before one is cut from it


@dataclass(frozen=True)
class Encoded:
    """Token ids and the loss weight of each token as a target."""

    kind: str
    ids: list[int]
    weights: list[float]


@dataclass(frozen=True)
class Batch:
    """Rows of tokens: `segments` numbers the documents within a row from 1; 0 is padding."""

    ids: NDArray[np.int16]
    weights: NDArray[np.float32]
    segments: NDArray[np.int16]
    tokens: Counter[str]


def encode(tokenizer: Tokenizer, document: Document) -> Encoded:
    """Encode a document, leaving out the turns that do not fit into a long row."""
    ids: list[int] = []
    weights: list[float] = []
    encodings = tokenizer.encode_batch([text for text, _ in document.parts])
    pairs = list(zip(encodings, (weight for _, weight in document.parts), strict=True))
    turns = [pairs[i : i + 2] for i in range(0, len(pairs), 2)]
    for turn in turns:
        if len(ids) + sum(len(encoding.ids) for encoding, _ in turn) > LONG:
            break
        for encoding, weight in turn:
            ids += encoding.ids
            weights += [weight] * len(encoding.ids)
    if ids:
        weights[0] = 0.0
    return Encoded(document.kind, ids, weights)


def _fill(pool: list[Encoded], rows: int, length: int) -> Batch:
    """Take documents out of `pool`, longest first, and lay them into rows, best fit first."""
    ids = np.zeros((rows, length), np.int16)
    weights = np.zeros((rows, length), np.float32)
    segments = np.zeros((rows, length), np.int16)
    free = [length] * rows
    counts = [0] * rows
    tokens: Counter[str] = Counter()
    left = []
    for document in sorted(pool, key=lambda each: -len(each.ids)):
        size = len(document.ids)
        fitting = [row for row in range(rows) if free[row] >= size]
        if not fitting:
            left.append(document)
            continue
        row = min(fitting, key=free.__getitem__)
        start = length - free[row]
        counts[row] += 1
        ids[row, start : start + size] = document.ids
        weights[row, start : start + size] = document.weights
        segments[row, start : start + size] = counts[row]
        free[row] -= size
        tokens[document.kind] += size
    pool[:] = left
    return Batch(ids, weights, segments, tokens)


def batches(documents: Iterator[Document], tokenizer: Tokenizer, size: int) -> Iterator[Batch]:
    """Yield batches of `size` tokens: rows of `SHORT` or, for longer documents, of `LONG` tokens.

    The gaps that long documents leave are filled with short ones.
    """
    short: list[Encoded] = []
    long: list[Encoded] = []
    for document in documents:
        encoded = encode(tokenizer, document)
        if not encoded.ids:
            continue
        (short if len(encoded.ids) <= SHORT else long).append(encoded)
        if _held(long) >= size and _held(short) >= size / 4:
            pool = long + short
            yield _fill(pool, size // LONG, LONG)
            short = [each for each in pool if len(each.ids) <= SHORT]
            long = [each for each in pool if len(each.ids) > SHORT]
        if _held(short) >= size * _SLACK:
            yield _fill(short, size // SHORT, SHORT)


def _held(pool: list[Encoded]) -> int:
    return sum(len(each.ids) for each in pool)
