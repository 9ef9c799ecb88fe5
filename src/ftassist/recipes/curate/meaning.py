"""Rows by what they mean to a model: near others, in groups, or twice the same in other words.

Where a row lies is told by the base's own hidden states (`recipes.reading`), so nothing is
downloaded. A likeness is a cosine about the mean of the rows it is taken over: it tells rows of
one set of rows apart, and is no number to compare between sets. Training rows only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ftassist.errors import DataError
from ftassist.recipes.answers import final_answer
from ftassist.recipes.chat import response_of
from ftassist.recipes.checking import checked
from ftassist.recipes.curate.own_code import with_provenance
from ftassist.recipes.rows import Row, Rows, make_dataset

if TYPE_CHECKING:
    import numpy as np

FARTHER = "others lie nearer"
MOST_GROUPS = 500
_BLOCK = 512


@checked
def nearest(rows: Rows, to: Rows, size: int, *, model: str = "tiny") -> Rows:
    """Keeps the rows that lie nearest to others, such as to a few good ones of the kind wanted.

    How near a row is, is its likeness to the nearest of `to`; it stands in its `provenance`.

    Args:
        rows: The rows to choose from.
        to: The rows to be near to; they are not added (see `join`).
        size: Rows kept at most.
        model: Whose hidden states tell where a row lies: the base.

    Raises:
        DataError: `size` is negative, or `to` is empty.

    Example:
        >>> rows = curate.nearest(rows, made, 200, model=model)
    """
    if size < 0 or not len(to):
        raise DataError(
            f"size={size} with {len(to)} rows to be near to is not possible",
            where="nearest",
            fix="give a size of 0 or more, and rows to be near to",
        )
    chats = [*rows.column("messages"), *to.column("messages")]
    places = _places(chats, model)
    likeness = _best(places[: len(rows)], places[len(rows) :])
    order = sorted(range(len(rows)), key=lambda n: (-likeness[n], n))
    kept = sorted(order[:size])
    arguments = {"size": size, "to": to.by_source(), "model": model}
    return _marked(
        rows,
        kept,
        "nearest",
        arguments,
        {FARTHER: sorted(order[size:])},
        {n: {"nearness": round(likeness[n], 4)} for n in kept},
    )


@checked
def cluster(
    rows: Rows,
    groups: int,
    *,
    at_most: int | None = None,
    model: str = "tiny",
    seed: int = 0,
) -> Rows:
    """Finds groups of rows that mean alike, and keeps of each no more than `at_most`.

    Each row's `provenance` says which group it is of. Of a large group those nearest to its middle
    go first, so that what is rare stays.

    Args:
        rows: The rows.
        groups: How many groups (k-means).
        at_most: Rows kept of a group; None keeps all.
        model: Whose hidden states tell where a row lies: the base.
        seed: Where the search for groups begins.

    Raises:
        DataError: There are fewer rows than groups, or a number is not possible.

    Example:
        >>> rows = curate.cluster(rows, 4, at_most=50, model=model, seed=seed)
    """
    if not 1 <= groups <= min(MOST_GROUPS, max(1, len(rows))) or (at_most or 0) < 0:
        raise DataError(
            f"groups={groups}, at_most={at_most} of {len(rows)} rows is not possible",
            where="cluster",
            fix=f"give 1 to {MOST_GROUPS} groups, not more than rows, and at_most of 0 or more",
        )
    if not len(rows):
        return rows.select([], "cluster", {"groups": groups, "at_most": at_most})
    labels, distances = _grouped(_places(rows.column("messages"), model), groups, seed)
    kept: list[int] = []
    for group in range(groups):
        members = [n for n, label in enumerate(labels) if label == group]
        members.sort(key=lambda n: (-distances[n], n))
        kept += members if at_most is None else members[:at_most]
    kept.sort()
    gone = sorted(set(range(len(rows))) - set(kept))
    arguments = {"groups": groups, "at_most": at_most, "model": model, "seed": seed}
    return _marked(
        rows,
        kept,
        "cluster",
        arguments,
        {f"group holds more than {at_most}": gone},
        {n: {"group": labels[n]} for n in kept},
    )


@checked
def deduplicate_meaning(rows: Rows, *, near: float = 0.9, model: str = "tiny") -> Rows:
    """Drops rows that say the same as an earlier one in other words, with the same final answer.

    Rows with other answers are never duplicates, however alike they are worded: "3 + 4" and
    "3 + 5" lie near each other. What is the same to the letter, `deduplicate` drops sooner.

    Args:
        rows: The rows; the first of its kind stays.
        near: Likeness from which two rows are the same, in (0, 1]; small bases see less alike, so
            look at what is dropped.
        model: Whose hidden states tell where a row lies: the base.

    Raises:
        DataError: `near` is out of range.

    Example:
        >>> rows = curate.deduplicate_meaning(rows, near=0.9, model=model)
    """
    if not 0.0 < near <= 1.0:
        raise DataError(
            f"near={near} is no likeness", where="deduplicate_meaning", fix="give 0 < near <= 1"
        )
    chats = rows.column("messages")
    places = _places(chats, model)
    answers: dict[str, list[int]] = {}
    twice: list[int] = []
    for number, messages in enumerate(chats):
        known = answers.setdefault(final_answer(response_of(messages)), [])
        # Rounding alone keeps a row from being quite like itself.
        if known and float((places[known] @ places[number]).max()) >= near - 1e-6:
            twice.append(number)
        else:
            known.append(number)
    gone = set(twice)
    kept = [number for number in range(len(rows)) if number not in gone]
    reason = f"means what an earlier row does (likeness >= {near})"
    return rows.select(
        kept, "deduplicate_meaning", {"near": near, "model": model}, {reason: twice}
    )


def _places(chats: Sequence[Any], model: str) -> np.ndarray:
    from ftassist.recipes.reading import embeddings

    return embeddings(chats, model)


def _best(ours: np.ndarray, theirs: np.ndarray) -> list[float]:
    """Of each of our rows the likeness to the nearest of theirs, a block at a time."""
    found: list[float] = []
    for start in range(0, len(ours), _BLOCK):
        found += [float(value) for value in (ours[start : start + _BLOCK] @ theirs.T).max(1)]
    return found


def _grouped(places: np.ndarray, groups: int, seed: int) -> tuple[list[int], list[float]]:
    """The group of each row, and how far it lies from the middle of it."""
    from sklearn.cluster import KMeans

    found = KMeans(groups, random_state=seed % 2**32, n_init=4).fit(places)
    distances = found.transform(places).min(1)
    return [int(label) for label in found.labels_], [float(each) for each in distances]


def _marked(
    rows: Rows,
    kept: Sequence[int],
    operator: str,
    arguments: dict[str, Any],
    dropped: dict[str, list[int]],
    marks: dict[int, dict[str, Any]],
) -> Rows:
    """The rows that are kept, each saying what was found of it, with a step on the card."""
    chosen = rows.select(kept, operator, arguments, dropped)
    table: list[Row] = [
        with_provenance(row, marks[number]) for number, row in zip(kept, chosen, strict=True)
    ]
    return Rows(make_dataset(table), chosen.card)
