"""Divides a benchmark's records into validation and test.

`ours`: seeded, disjoint, views in proportion, and near-duplicates (the same question in other
spelling, a record repeated in another view) on one side or left out. It depends on what the
records say, not on their order. `released`: as FT-Dojo's code cuts, the first and the last
`min(100, N // 2)` records of each view in the benchmark's order; nothing is said there about
duplicates, and a record that stands in two views can be in both splits.

A benchmark that divides its records itself keeps its test set, whole, as the test split under
either policy; validation is drawn by seed from the records it names for that, and what is alike to
a record of either split is not trained on. Knows no files.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ftassist.dojo.normalise import tokenise
from ftassist.dojo.record import Record
from ftassist.dojo.sketches import by_sign, frame_of, pairs_of, sketch, sketch_index
from ftassist.dojo.task import SplitPolicy, Splits
from ftassist.files import hash_text

SEED = "2603.01712"
RELEASED_MOST = 100
NEAR = 0.85
"""Estimated Jaccard similarity of token pairs from which two records are near-duplicates."""


@dataclass(frozen=True)
class Divided:
    """Records by split; `unused` are alike to none in the splits."""

    validation: list[Record]
    test: list[Record]
    unused: list[Record]


def divide(records: Sequence[Record], sizes: Splits | None, policy: SplitPolicy) -> Divided:
    """Divides records by a policy.

    Args:
        records: All records, in the benchmark's order.
        sizes: Wanted sizes of `ours`; None takes half and half.
        policy: "ours" or "released".
    """
    groups = near_duplicates(records)
    if any(record.part for record in records):
        return _official(records, groups, sizes)
    if policy == "released":
        return _released(records, groups)
    half = len(records) // 2
    wanted = sizes or Splits(half, half, "")
    return _ours(records, groups, wanted)


def near_duplicates(records: Sequence[Record]) -> list[int]:
    """The group of each record; near-duplicates and their near-duplicates share one.

    Tokens that stand in a large part of all records are their frame and are not compared.
    """
    texts = [_tokens(record) for record in records]
    frame = frame_of(texts)
    parent = list(range(len(records)))
    first: dict[str, int] = {}
    index = sketch_index(NEAR)
    for number, tokens in enumerate(texts):
        bare = [token for token in tokens if token not in frame] or tokens
        key = " ".join(bare)
        if key in first:
            _join(parent, number, first[key])
            continue
        first[key] = number
        made = sketch(pairs_of(bare))
        for other in index.query(made):
            _join(parent, number, other)
        index.insert(number, made)
    return [_root(parent, number) for number in range(len(records))]


def _ours(records: Sequence[Record], groups: Sequence[int], wanted: Splits) -> Divided:
    """Fills both splits view by view, in an order fixed by the hash of what records say."""
    share = min(1.0, len(records) / max(1, wanted.validation + wanted.test))
    quota = {
        "validation": _quota(records, round(wanted.validation * share)),
        "test": _quota(records, round(wanted.test * share)),
    }
    chosen: dict[str, list[Record]] = {"validation": [], "test": [], "unused": []}
    for members in _ordered(records, groups):
        side = _side(members, quota)
        for record in members:
            if side == "unused" or quota[side][record.view] <= 0:
                # What is alike to a chosen record is left out altogether, not trained on.
                chosen["unused"] += [record] if side == "unused" else []
                continue
            quota[side][record.view] -= 1
            chosen[side].append(record)
    return Divided(chosen["validation"], chosen["test"], chosen["unused"])


def _official(records: Sequence[Record], groups: Sequence[int], sizes: Splits | None) -> Divided:
    """The benchmark's own test set, and a validation split drawn from what it leaves for that."""
    test = [record for record in records if record.part == "test"]
    taken = {group for record, group in zip(records, groups, strict=True) if record.part == "test"}
    pool = [
        (record, group)
        for record, group in zip(records, groups, strict=True)
        if record.part == "validation" and group not in taken
    ]
    drawn = [record for record, _ in pool]
    quota = _quota(drawn, min(sizes.validation if sizes else len(drawn) // 2, len(drawn)))
    validation: list[Record] = []
    group_of = {(record.id, record.view): group for record, group in pool}
    for members in _ordered(drawn, [group for _, group in pool]):
        record = members[0]
        if quota[record.view] > 0:
            quota[record.view] -= 1
            validation.append(record)
            taken.add(group_of[record.id, record.view])
    unused = [record for record, group in zip(records, groups, strict=True) if group not in taken]
    return Divided(validation, test, unused)


def _side(members: Sequence[Record], quota: Mapping[str, Mapping[str, int]]) -> str:
    """The split that lacks most of what a group of near-duplicates would bring."""
    views = {record.view for record in members}
    lack = {side: max(left[view] for view in views) for side, left in quota.items()}
    side = max(lack, key=lambda name: (lack[name], name == "validation"))
    return side if lack[side] > 0 else "unused"


def _ordered(records: Sequence[Record], groups: Sequence[int]) -> list[list[Record]]:
    """Groups in an order that depends on what their records say alone."""
    members: dict[int, list[tuple[str, Record]]] = defaultdict(list)
    for record, group in zip(records, groups, strict=True):
        key = hash_text(SEED, record.view, record.id, " ".join(_tokens(record)))
        members[group].append((key, record))
    ordered = sorted(
        (sorted(found, key=lambda pair: pair[0]) for found in members.values()),
        key=lambda found: found[0][0],
    )
    return [[record for _, record in found] for found in ordered]


def _quota(records: Sequence[Record], size: int) -> dict[str, int]:
    """How many records of each view a split of `size` has; the largest remainders round up."""
    counts = Counter(record.view for record in records)
    exact = {view: size * n / len(records) for view, n in counts.items()}
    quota = {view: int(value) for view, value in exact.items()}
    rest = sorted(exact, key=lambda view: (quota[view] - exact[view], view))
    for view in rest[: size - sum(quota.values())]:
        quota[view] += 1
    return quota


def _released(records: Sequence[Record], groups: Sequence[int]) -> Divided:
    """The first and the last records of each view."""
    views: dict[str, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        views[record.view].append(number)
    validation: list[int] = []
    test: list[int] = []
    for numbers in views.values():
        size = min(RELEASED_MOST, len(numbers) // 2)
        validation += numbers[:size]
        test += numbers[len(numbers) - size :]
    taken = {groups[number] for number in (*validation, *test)}
    return Divided(
        [records[number] for number in validation],
        [records[number] for number in test],
        [record for record, group in zip(records, groups, strict=True) if group not in taken],
    )


def _tokens(record: Record) -> list[str]:
    """What a record says, as normalised tokens; Chinese and Japanese text sign by sign."""
    texts = (
        str(value)
        for key, value in sorted(record.doc.items())
        if isinstance(value, str | list) and key.lower() not in _NAMES
    )
    return [token.text for token in by_sign(tokenise("\n".join(texts)))]


_NAMES = frozenset({"id", "document_id", "encounter_id", "reaction_id", "label"})
"""Fields that name a record or class it: two records are alike whatever these say."""


def _root(parent: list[int], number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def _join(parent: list[int], one: int, other: int) -> None:
    parent[_root(parent, one)] = _root(parent, other)
