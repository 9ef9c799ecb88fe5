"""How answers came out, as small tables: what could be read, and what was taken for what.

A closed answer set of a few labels has the whole table; of a larger one the pairs are told that
are confused most often. Counts only, of the items that may be shown; no item and no output is in
them but for labels of a closed answer set. Pure; knows nothing of models and of who reads it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ftassist.dojo import classical
from ftassist.dojo.classical import label_of
from ftassist.dojo.near_misses import near_miss
from ftassist.records.feedback import ConfusedPair, Confusion, Diagnosis, ReadingRow

MOST_LABELS = 12
"""Different right answers of a view up to which they have a whole table."""
LONGEST_LABEL = 40
EACH = 3
"""How often a label of such a set occurs, on average, at least."""
LONGEST_OF_MANY = 60
EACH_OF_MANY = 2
"""The same of a larger set, over all items of the task."""
MOST_PAIRS = 20
"""Pairs that are told of a larger set."""
ANY, OTHER, UNREADABLE = "(any)", "(another)", "(unreadable)"
NEARLY = "(nearly the right one)"
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


def diagnose(items: Sequence[CountedItem], many: Collection[str] = ()) -> Diagnosis:
    """The tables of some scored items.

    Args:
        items: Those that may be shown.
        many: The labels of the task, where they are a closed set of many (`many_labels`).
    """
    views: dict[str, list[CountedItem]] = {}
    for item in items:
        views.setdefault(item.view, []).append(item)
    found = {view: _confusion(own) for view, own in sorted(views.items())}
    return Diagnosis(
        tuple(row for view, own in sorted(views.items()) for row in _reading(view, own)),
        {view: table for view, table in found.items() if table},
        _pairs([item for item in items if not found[item.view]], many) if many else (),
    )


def many_labels(golds: Iterable[str]) -> frozenset[str]:
    """The labels among a task's right answers, where they are a closed set of many; else none."""
    given = [_label(gold) for gold in golds]
    labels = frozenset(given)
    numbers = sum(any(map(str.isdigit, label)) for label in labels)
    closed = (
        MOST_LABELS < len(labels) <= classical.MOST_LABELS
        and len(given) >= EACH_OF_MANY * len(labels)
        and numbers <= classical.MOST_NUMBERS
    )
    return labels if closed and max(map(len, labels)) <= LONGEST_OF_MANY else frozenset()


def wrong_labels(items: Sequence[CountedItem], many: Collection[str] = ()) -> list[str]:
    """For each item the label of its closed answer set that was given and is wrong, else ""."""
    views: dict[str, list[str]] = {}
    for item in items:
        views.setdefault(item.view, []).append(_label(item.gold))
    sets = {view: _few_labels(own) or many for view, own in views.items()}
    found = ((_given(i, _label(i.gold), sets[i.view]), i) for i in items)
    return [said if said in sets[i.view] and said != _label(i.gold) else "" for said, i in found]


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
    """Which answer was given for which; None where the answers are no closed set of a few."""
    gold = [_label(item.gold) for item in items]
    labels = _few_labels(gold)
    if not labels:
        return None
    given: dict[str, Counter[str]] = {label: Counter() for label in sorted(labels)}
    for right, item in zip(gold, items, strict=True):
        given[right][_given(item, right, labels)] += 1
    return Confusion(
        {label: dict(counts.most_common()) for label, counts in given.items()},
        round(max(labels.values()) / len(items), 3),
    )


def _few_labels(golds: Sequence[str]) -> Counter[str]:
    """The labels of a view, where they are a closed set of a few; else none."""
    labels = Counter(golds)
    closed = 2 <= len(labels) <= MOST_LABELS and len(golds) >= EACH * len(labels)
    return labels if closed and max(map(len, labels)) <= LONGEST_LABEL else Counter()


def _pairs(items: Sequence[CountedItem], labels: Collection[str]) -> tuple[ConfusedPair, ...]:
    """The labels that are confused most often; first, how many answers are no label at all."""
    golds = [_label(item.gold) for item in items]
    given = [_given(item, right, labels) for item, right in zip(items, golds, strict=True)]
    counts = Counter(golds)
    none = Counter(
        s for s, right in zip(given, golds, strict=True) if s != right and s not in labels
    )
    confused = Counter(
        (right, said)
        for said, right in zip(given, golds, strict=True)
        if said != right and said in labels
    )
    ranked = sorted(confused.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_PAIRS]
    return (
        *(ConfusedPair(ANY, said, n, round(n / len(items), 3)) for said, n in none.most_common()),
        *(ConfusedPair(*pair, n, round(n / counts[pair[0]], 3)) for pair, n in ranked),
    )


def _given(item: CountedItem, right: str, labels: Collection[str]) -> str:
    """The label that an answer amounts to."""
    if item.score >= 1.0:
        return right
    if not item.parsed:
        return UNREADABLE
    said = _plain(label_of(item.output) or "")
    if said not in labels:
        said = _plain(said.rpartition(":")[2])
    # A wrong answer that holds the right label's text is another one all the same.
    if said in labels and said != right:
        return said
    return NEARLY if said and near_miss(said, right) else OTHER


def _label(gold: str) -> str:
    """The label that a right answer is."""
    return _plain(gold.partition(" | ")[0])


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .*`$").casefold()
