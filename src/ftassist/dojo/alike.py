"""Rows that are written almost like an evaluation item, by MinHash.

The leakage check (`leakage`) asks what identifies an item; this asks how it is worded. Where a
task's questions share their stories, rows with other numbers are written alike rightly. So this is
for a person to look at, in the report of a file, and refuses nothing. Tells about rows only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.dojo.normalise import Token, tokenise
from ftassist.dojo.sketches import by_sign, frame_of, pairs_of, sketch, sketch_index

ALIKE = 0.8
"""Jaccard similarity of token pairs from which two texts are written alike."""

_LOOKED_AT = 0.6  # a sketch only estimates: what may be alike is counted exactly

FEWEST = 5
"""Tokens a text must have: shorter ones agree by chance."""


@dataclass(frozen=True)
class Alike:
    """A row that is written like an item.

    Attributes:
        row: Its number in what was given.
        share: Jaccard similarity of the row's and the item's token pairs, 0 to 1.
        span: Where in the row the shared tokens stand, in characters: start and end.
    """

    row: int
    share: float
    span: tuple[int, int]


def alike_rows(
    texts: Iterable[Sequence[tuple[int, str]]], items: Sequence[Mapping[str, Any]]
) -> list[Alike]:
    """The rows that are written like an item; of several items the most similar one counts.

    Args:
        texts: The texts of each row that are compared on their own (its fields, or the whole),
            each with the place in the row where it starts.
        items: Evaluation items, rows `{"prompt": ..., ...}`.
    """
    prompts = [[token.text for token in _tokens(str(item["prompt"]))] for item in items]
    frame = frame_of(prompts)
    known = [pairs_of([text for text in prompt if text not in frame]) for prompt in prompts]
    index = sketch_index(_LOOKED_AT)
    for number, pairs in enumerate(known):
        if len(pairs) > FEWEST:
            index.insert(number, sketch(pairs))
    found: list[Alike] = []
    for row, parts in enumerate(texts):
        spans = [alike for part in parts for alike in _compared(row, part, frame, known, index)]
        if spans:
            found.append(max(spans, key=lambda alike: alike.share))
    return found


def _compared(
    row: int,
    part: tuple[int, str],
    frame: set[str],
    known: Sequence[set[tuple[str, str]]],
    index: Any,
) -> Iterator[Alike]:
    """What a text shares with the items its sketch comes near to, counted exactly."""
    start, text = part
    tokens = [token for token in _tokens(text) if token.text not in frame]
    if len(tokens) < FEWEST:
        return
    pairs = pairs_of([token.text for token in tokens])
    for number in index.query(sketch(pairs)):
        shared = pairs & known[number]
        share = len(shared) / len(pairs | known[number])
        if share >= ALIKE:
            words = {word for pair in shared for word in pair}
            inside = [token for token in tokens if token.text in words]
            span = (start + inside[0].start, start + inside[-1].end)
            yield Alike(row, round(share, 3), span)


def _tokens(text: str) -> list[Token]:
    return list(by_sign(tokenise(text)))
