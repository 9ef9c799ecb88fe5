"""How answers came out, as two small tables: what could be read, and what was taken for what.

Counts only, of the items that may be shown; no item and no output is in them but for labels of a
closed answer set. Pure; knows nothing of models and of who reads it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ftassist.dojo.classical import label_of
from ftassist.records.feedback import Confusion, Diagnosis, ReadingRow

MOST_LABELS = 12
"""Different right answers of a view up to which they are a closed set."""
LONGEST_LABEL = 40
EACH = 3
"""How often a label of a closed set occurs, on average, at least."""
OTHER, UNREADABLE = "(another)", "(unreadable)"
COLUMNS = ("view", "prompt", "n", "score", "unreadable", "cut off")
_PARTS = ("short", "middle", "long")
_SPLIT_FROM = 9
"""Items of a view from which on it is divided by the length of prompts."""


@dataclass(frozen=True)
class CountedItem:
    """What is counted of a scored item (see `feedback.ItemScore`)."""

    view: str
    score: float
    parsed: bool
    truncated: bool
    prompt: str
    gold: str
    output: str


def diagnose(items: Sequence[CountedItem]) -> Diagnosis:
    """The tables of some scored items."""
    views: dict[str, list[CountedItem]] = {}
    for item in items:
        views.setdefault(item.view, []).append(item)
    found = {view: _confusion(own) for view, own in sorted(views.items())}
    return Diagnosis(
        tuple(row for view, own in sorted(views.items()) for row in _reading(view, own)),
        {view: table for view, table in found.items() if table},
    )


def _reading(view: str, items: Sequence[CountedItem]) -> list[ReadingRow]:
    ranked = sorted(items, key=lambda item: len(item.prompt))
    if len(ranked) < _SPLIT_FROM:
        return [_row(view, "all", ranked)]
    third = len(ranked) / len(_PARTS)
    return [
        _row(view, part, ranked[round(at * third) : round((at + 1) * third)])
        for at, part in enumerate(_PARTS)
    ]


def _row(view: str, part: str, items: Sequence[CountedItem]) -> ReadingRow:
    score = sum(item.score for item in items) / len(items)
    unreadable = sum(not item.parsed for item in items)
    cut = sum(item.truncated for item in items)
    return view, part, len(items), round(score, 3), unreadable, cut


def _confusion(items: Sequence[CountedItem]) -> Confusion | None:
    """Which answer was given for which; None where the answers are no closed set."""
    gold = [_plain(item.gold.partition(" | ")[0]) for item in items]
    labels = Counter(gold)
    closed = 2 <= len(labels) <= MOST_LABELS and len(items) >= EACH * len(labels)
    if not closed or max(map(len, labels)) > LONGEST_LABEL:
        return None
    given: dict[str, Counter[str]] = {label: Counter() for label in sorted(labels)}
    for right, item in zip(gold, items, strict=True):
        given[right][_given(item, right, labels)] += 1
    return Confusion(
        {label: dict(counts.most_common()) for label, counts in given.items()},
        round(max(labels.values()) / len(items), 3),
    )


def _given(item: CountedItem, right: str, labels: Mapping[str, int]) -> str:
    """The label that an answer amounts to."""
    if item.score >= 1.0:
        return right
    if not item.parsed:
        return UNREADABLE
    said = _plain(label_of(item.output) or "")
    if said not in labels:
        said = _plain(said.rpartition(":")[2])
    # A wrong answer that holds the right label's text is another one all the same.
    return said if said in labels and said != right else OTHER


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .*`$").casefold()
