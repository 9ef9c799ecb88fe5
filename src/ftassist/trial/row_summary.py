"""What the rows of a training set look like: how long they are, and a few of them.

Counted by the program over the rows that curate exported, whatever the cell says of them. Bins
are the same for every trial, so that a child's lengths can be drawn over its parent's.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from ftassist.recipes.chat import prompt_of, response_of

SAMPLES = 5
"""Rows that are shown."""
LONGEST_TURN = 600
"""Most characters of a turn that are shown."""
MOST_TURNS = 6
"""Most turns of a row that are shown, the last ones."""
_EDGES = (0, *(round(2 ** (quarter / 4)) for quarter in range(8, 81)))
"""Where bins begin, in characters: a quarter of an octave each, from 4 to a million."""

Rows = Sequence[Mapping[str, Any]]


def summarise(rows: Rows, seed: int) -> dict[str, Any]:
    """Lengths and samples of rows.

    Args:
        rows: Rows with messages, at least one.
        seed: Which rows are drawn as samples.

    Returns:
        `lengths`: {"prompt" and "answer": {edges, counts, median, longest}} in characters, bin i
        from edges[i] up to edges[i + 1]; `samples`: rows with their number, id, source and
        messages, long turns cut.
    """
    lengths = {
        "prompt": _histogram([len(prompt_of(row["messages"])) for row in rows]),
        "answer": _histogram([len(response_of(row["messages"])) for row in rows]),
    }
    drawn = random.Random(f"{seed}:samples").sample(range(len(rows)), min(SAMPLES, len(rows)))
    return {"lengths": lengths, "samples": [_sample(n, rows[n]) for n in sorted(drawn)]}


def _histogram(lengths: Sequence[int]) -> dict[str, Any]:
    bins = [_bin(length) for length in lengths]
    first, last = min(bins), max(bins)
    counts = [0] * (last - first + 1)
    for number in bins:
        counts[number - first] += 1
    return {
        "edges": list(_EDGES[first : last + 2]),
        "counts": counts,
        "median": median(lengths),
        "longest": max(lengths),
    }


def _bin(length: int) -> int:
    """The bin of a length; what is longer than the last edge counts in the last bin."""
    return min(bisect_right(_EDGES, length), len(_EDGES) - 1) - 1


def _sample(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    turns = row["messages"][-MOST_TURNS:]
    return {
        "row": number + 1,
        "id": str(row.get("id"))[:200],
        "source": str(row.get("source"))[:200],
        "turns_left_out": len(row["messages"]) - len(turns),
        "messages": [{"role": turn["role"], "content": _cut(turn["content"])} for turn in turns],
    }


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TURN else f"{text[:LONGEST_TURN]}…"
