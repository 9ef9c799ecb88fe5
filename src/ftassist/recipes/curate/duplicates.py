"""Duplicates: rows that say the same thing twice, exactly or nearly.

Looks at the rows only; likeness to evaluation items is the evaluator's business (`leakage`).
"""

from __future__ import annotations

import re
from collections import defaultdict

from ftassist.errors import DataError
from ftassist.recipes.answers import final_answer, normalise
from ftassist.recipes.chat import prompt_of, response_of
from ftassist.recipes.checking import checked
from ftassist.recipes.rows import Message, Rows

SHINGLE = 3
"""Words (or signs) in a shingle."""
PERMUTATIONS = 64
"""Hash functions of a MinHash signature; candidates are then checked exactly."""

_WORDS = re.compile(r"\w+|[^\w\s]")


@checked
def deduplicate(rows: Rows, *, near: float | None = None) -> Rows:
    """Drops rows that repeat an earlier one.

    Two rows are the same when prompts and responses are equal up to white space. With `near`,
    they are also the same when their final answers are equal and the Jaccard similarity of their
    sets of three-word shingles is at least `near`. MinHash finds the candidates; the similarity
    itself is computed exactly, so no row is dropped by a hash collision.

    Args:
        rows: The rows; the first of its kind stays.
        near: Jaccard similarity in (0, 1], or None for exact duplicates only.

    Raises:
        DataError: `near` is out of range.

    Example:
        >>> rows = curate.deduplicate(rows, near=0.8)
    """
    if near is not None and not 0.0 < near <= 1.0:
        raise DataError(
            f"near={near} is not a similarity", where="deduplicate", fix="give 0 < near <= 1"
        )
    chats = rows.column("messages")
    firsts: list[int] = []
    exact: list[int] = []
    seen: set[tuple[str, str]] = set()
    for index, messages in enumerate(chats):
        key = (normalise(prompt_of(messages)), normalise(response_of(messages)))
        (exact if key in seen else firsts).append(index)
        seen.add(key)
    close = _near_duplicates([chats[i] for i in firsts], near) if near is not None else set()
    kept = [index for place, index in enumerate(firsts) if place not in close]
    dropped = {
        "exact duplicate": exact,
        f"near duplicate (Jaccard >= {near})": [firsts[place] for place in sorted(close)],
    }
    return rows.select(kept, "deduplicate", {"near": near}, dropped)


def shingles(text: str) -> frozenset[str]:
    """The three-word shingles of a text; the whole text where it is shorter."""
    words = _WORDS.findall(normalise(text))
    if len(words) <= SHINGLE:
        return frozenset({" ".join(words)})
    return frozenset(" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Size of the intersection over size of the union; 1 for two empty sets."""
    union = len(one | other)
    return len(one & other) / union if union else 1.0


def _near_duplicates(chats: list[list[Message]], near: float) -> set[int]:
    """Places of the chats that nearly repeat an earlier one that stays."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, messages in enumerate(chats):
        groups[final_answer(response_of(messages))].append(place)
    return {place for members in groups.values() for place in _repeats(chats, members, near)}


def _repeats(chats: list[list[Message]], members: list[int], near: float) -> set[int]:
    if len(members) < 2:
        return set()
    from datasketch import MinHash, MinHashLSH

    sets = {
        place: shingles("\n".join(turn["content"] for turn in chats[place])) for place in members
    }
    # Bands for a threshold somewhat below `near`: a missed pair cannot be mended later, a false
    # candidate is thrown out by the exact check.
    index = MinHashLSH(threshold=max(0.05, 0.8 * near), num_perm=PERMUTATIONS)
    encoded = [[shingle.encode() for shingle in sets[place]] for place in members]
    repeats: set[int] = set()
    signatures = MinHash.generator(encoded, num_perm=PERMUTATIONS, seed=1)
    for place, signature in zip(members, signatures, strict=True):
        candidates = index.query(signature)
        if any(jaccard(sets[place], sets[other]) >= near for other in candidates):
            repeats.add(place)
        else:
            index.insert(place, signature)
    return repeats
