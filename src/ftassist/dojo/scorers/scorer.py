"""What a scorer is: from one answer to additive statistics, from their sums to metrics.

A scorer judges one row at a time and knows nothing of models, files or splits. What it finds is
added up per view, and every metric is a function of those sums. So a bootstrap draws weights for
the rows, multiplies matrices and calls `metrics` once for all resamples. A metric that is no
function of sums (a winsorised mean) is given by overriding `reduce`.

Two readings are kept apart all the way: `official` reproduces the benchmark's own evaluator with
its oddities, `strict` counts an answer only if it is one answer, given as the contract asks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

WHOLE = "all"
"""The view of tasks without views."""

COUNT = "n"
"""The statistic every view has: how many rows were added up."""

Array = NDArray[np.float64]
Statistics = Mapping[str, float]
Sums = Mapping[str, Mapping[str, Array]]
"""Sums by view and statistic; each array has the shape of the resamples, () for none."""

Doc = Mapping[str, Any]
Reading = Literal["official", "strict"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer, judged.

    Attributes:
        view: The view of the row; "all" for tasks without views.
        parsed: Whether an answer could be read as the output contract asks (the strict reading).
        official: Statistics of the official reading; they are added up over rows. The names are
            the same for all rows of a view.
        strict: The same statistics of the strict reading.
        item: The row's own score in the official reading, compared between models item by item;
            its direction is the one on the task's card.
    """

    view: str
    parsed: bool
    official: Statistics
    strict: Statistics
    item: float

    def of(self, reading: Reading) -> Statistics:
        """The statistics of a reading."""
        return self.official if reading == "official" else self.strict


class Judge(Protocol):
    """Somebody who looks again at an answer that a rule called wrong, such as a language model."""

    @property
    def model(self) -> str:
        """Who it is; named wherever its opinion counts."""
        ...

    def __call__(self, question: str, answer: str, prediction: str) -> bool:
        """Whether the prediction gives the answer after all."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Who it is and what it did, as JSON values."""
        ...


class Scorer(ABC):
    """The scoring rule of a task.

    Attributes:
        views: Its views in their order; `("all",)` for a task without views.
        required: Fields every record must have.
        rates: Metrics that are shares of 0/1 statistics (their interval is Wilson's): the
            metric's last name, with the statistic and the one it is divided by. They hold for
            `<view>.<name>` and, in tasks without views, for the plain name.
        pooled: Whether the headline is over rows, whatever their views; else it is the mean over
            views.
        second_look: Whether the benchmark lets a judge look again at answers its rule calls wrong.
        judges_all_views: Whether rows of a view that is not scored are judged all the same, for
            the metrics that can be had.
    """

    views: ClassVar[tuple[str, ...]] = (WHOLE,)
    required: ClassVar[tuple[str, ...]] = ()
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {}
    pooled: ClassVar[bool] = False
    judges_all_views: ClassVar[bool] = False
    second_look: ClassVar[bool] = False

    @abstractmethod
    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Judges an answer; never fails on account of `prediction`, whatever it holds.

        Raises:
            KeyError, TypeError, ValueError: The record is not in the benchmark's schema.
        """

    def look_again(self, doc: Doc, prediction: str, found: Judged, judge: Judge) -> Judged:
        """The same with a judge's opinion beside the rule's; for scorers with a `second_look`."""
        del doc, prediction, judge
        return found

    @abstractmethod
    def metrics(self, sums: Sums) -> dict[str, Array]:
        """All metrics from the sums of the views that have rows.

        Headline metrics have plain names, those of a view are named `<view>.<metric>`. A headline
        over views is taken over the views that are there.
        """

    def view_of(self, doc: Doc) -> str | None:
        """The view a record belongs to, where the record tells it."""
        del doc
        return self.views[0] if len(self.views) == 1 else None

    def reduce(self, judged: Sequence[Judged], reading: Reading = "official") -> dict[str, float]:
        """All metrics of some judged rows."""
        found = self.metrics(add_up(judged, reading))
        return {name: float(value) for name, value in found.items()}

    def rows_of(self, name: str, sums: Sums) -> int:
        """How many rows a metric is taken over: those of its view, or all for a headline."""
        view = name.rpartition(".")[0]
        return sum(
            int(of[COUNT]) for other, of in sums.items() if view not in sums or other == view
        )

    def gold(self, doc: Doc, view: str) -> str | None:
        """An answer that scores best, where one can be told from the record."""
        del doc, view
        return None

    def not_scored(self, view: str) -> str:
        """Why a view cannot be scored on this machine; "" where it can."""
        del view
        return ""


def add_up(judged: Sequence[Judged], reading: Reading = "official") -> dict[str, dict[str, Array]]:
    """Sums of the statistics, by view."""
    return {
        view: {name: np.asarray(column.sum()) for name, column in columns.items()}
        for view, columns in table(judged, reading).items()
    }


def table(judged: Sequence[Judged], reading: Reading) -> dict[str, dict[str, Array]]:
    """The statistics as columns over the rows of each view, with the count of rows."""
    rows: dict[str, list[Statistics]] = {}
    for row in judged:
        rows.setdefault(row.view, []).append(row.of(reading))
    return {
        view: {
            COUNT: np.ones(len(found)),
            **{
                name: np.fromiter((s[name] for s in found), np.float64, len(found))
                for name in found[0]
            },
        }
        for view, found in rows.items()
    }


def ratio(part: Array, whole: Array, empty: float = 0.0) -> Array:
    """`part / whole`, and `empty` where `whole` is 0."""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    filled = np.full(np.broadcast_shapes(part.shape, whole.shape), empty)
    np.divide(part, whole, out=filled, where=whole != 0)
    return filled


def overall(sums: Sums, part: str, whole: str = COUNT) -> Array:
    """A ratio of two statistics over the rows of all views."""
    parts = np.sum(np.stack([found[part] for found in sums.values()]), axis=0)
    wholes = np.sum(np.stack([found[whole] for found in sums.values()]), axis=0)
    return ratio(parts, wholes)


def f1(hits: Array, false_positives: Array, false_negatives: Array) -> Array:
    """`2 TP / (2 TP + FP + FN)`, 0 where nothing was there and nothing was claimed."""
    return ratio(2 * hits, 2 * hits + false_positives + false_negatives)


def mean(values: Sequence[Array]) -> Array:
    """The unweighted mean of arrays of one shape.

    Raises:
        ValueError: There are none.
    """
    if not values:
        raise ValueError("no values to take the mean of")
    total: Array = np.mean(np.stack(values), axis=0)
    return total
