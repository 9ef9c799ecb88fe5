"""ROUGE-L F1 as the Python package `rouge` 1.0.1 defines it, which the TableBench rule calls.

Summary level: sentences end at full stops, words are counted once however often they occur, and
the words of the longest common subsequences are united over sentences. Of several longest common
subsequences the one is taken that walking back from the ends finds, shortening the candidate first
where that loses nothing. That package walks by recursion and its failure counts as 0, so texts
whose walk is longer than Python's default limit allows score 0 here as well (give or take the
frames that were on the stack).
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST_WALK = 980
"""Steps of the walk back that fit under the default recursion limit of 1,000 frames."""

_TINY = 1e-8  # keeps the F1 of two zeros defined, as in the package


def rouge_l(candidate: str, reference: str) -> float:
    """ROUGE-L F1, 0..1; 0 where a text has no sentence."""
    candidates, references = _sentences(candidate), _sentences(reference)
    if not candidates or not references:
        return 0.0
    common: set[str] = set()
    for sentence in references:
        for other in candidates:
            words = _common_words(sentence, other)
            if words is None:
                return 0.0
            common |= words
    precision = len(common) / len({w for sentence in candidates for w in sentence})
    recall = len(common) / len({w for sentence in references for w in sentence})
    return 2.0 * precision * recall / (precision + recall + _TINY)


def _sentences(text: str) -> list[list[str]]:
    """Words by sentence; a sentence of blanks has one empty word."""
    return [" ".join(part.split()).split(" ") for part in text.split(".") if part]


def _common_words(first: Sequence[str], second: Sequence[str]) -> set[str] | None:
    """Words of a longest common subsequence, or None if the walk to find it is too long.

    Words of `second` that `first` does not have are walked over whatever the row, so they are left
    out of the table and only counted as steps.
    """
    known = set(first)
    places = [place for place, word in enumerate(second) if word in known]
    kept = [second[place] for place in places]
    lengths = _lengths(first, kept)
    words: set[str] = set()
    i, j, place, hits = len(first), len(kept), len(second), 0
    while i and j:
        place = places[j - 1] + 1
        if first[i - 1] == kept[j - 1]:
            words.add(first[i - 1])
            i, j, place, hits = i - 1, j - 1, place - 1, hits + 1
        elif lengths[i - 1][j] > lengths[i][j - 1]:
            i -= 1
        else:
            j, place = j - 1, place - 1
    steps = len(first) - i + len(second) - (place if not i else 0) - hits
    return words if steps <= LONGEST_WALK else None


def _lengths(first: Sequence[str], second: Sequence[str]) -> list[list[int]]:
    """Lengths of longest common subsequences of all beginnings."""
    rows = [[0] * (len(second) + 1)]
    for word in first:
        above, row = rows[-1], [0]
        for j, other in enumerate(second):
            row.append(above[j] + 1 if word == other else max(above[j + 1], row[j]))
        rows.append(row)
    return rows
