"""Scores rows of predictions with a task's scorer: metrics, the strict reading, intervals.

Pure: rows in, `Scores` out. Knows nothing of files, models or campaigns.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ftassist.dojo.scorers.lookup import scorer_for
from ftassist.dojo.scorers.scorer import (
    WHOLE,
    Array,
    Judge,
    Judged,
    Reading,
    Scorer,
    add_up,
    table,
)
from ftassist.dojo.scorers.thinking import after_thinking
from ftassist.errors import DataError
from ftassist.statistics.intervals import wilson_interval

RESAMPLES = 1000
SLOW_RESAMPLES = 200
"""Resamples of metrics that are no function of sums and so are computed anew for each."""

LEVEL = 0.95
_BLOCK = 2_000_000  # weights drawn at once, 16 MB
_MISFITS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What a scorer raises on a record that is not in its schema."""
_THINKING = re.compile(r"<think>.*?</think>\s*", re.DOTALL)

Interval = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """A prediction and the record it answers.

    Attributes:
        id: The record's id.
        doc: The record in the benchmark's own schema.
        prediction: The raw text the model wrote.
        view: The view, where the record does not tell it.
        where: The place of the row in a file, for errors.
    """

    id: str
    doc: Mapping[str, Any]
    prediction: str
    view: str | None = None
    where: str = ""


@dataclass(frozen=True)
class Scores:
    """What came out of scoring.

    Attributes:
        task: The task's key.
        n: Rows scored.
        metrics: The official reading by name; headline names are plain, others have their view.
        strict: The same of the strict reading.
        intervals: 95 % intervals of `metrics`: Wilson's for shares, bootstrap otherwise.
        counts: Rows by view.
        rows: Rows that each of `metrics` is taken over.
        parsed: Share of rows with an answer as the contract asks.
        left_out: Rows that could not be scored, with the reason (only where asked to go on).
        not_scored: Views that cannot be scored on this machine, with the reason.
        judge: Who looked again at answers the rule called wrong, and what came of it; empty where
            nobody did.
    """

    task: str
    n: int
    metrics: dict[str, float]
    strict: dict[str, float]
    intervals: dict[str, Interval]
    counts: dict[str, int]
    rows: dict[str, int]
    parsed: float
    left_out: tuple[str, ...] = ()
    not_scored: Mapping[str, str] | None = None
    judge: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The scores as JSON values."""
        return {
            "task": self.task,
            "n": self.n,
            "metrics": self.metrics,
            "strict": self.strict,
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "counts": self.counts,
            "rows": self.rows,
            "parsed": self.parsed,
            "left_out": list(self.left_out),
            "not_scored": dict(self.not_scored or {}),
            **({"judge": dict(self.judge)} if self.judge else {}),
        }


def score_rows(
    task: str,
    rows: Iterable[Row],
    *,
    strip_thinking: bool = False,
    keep_going: bool = False,
    judge: Judge | None = None,
) -> Scores:
    """Scores predictions by the official rule and strictly.

    Args:
        task: The task's key.
        rows: Predictions with their records.
        strip_thinking: Whether closed <think> blocks are taken away before scoring.
        keep_going: Whether a row that cannot be scored is left out instead of being an error.
        judge: Who looks again at answers the rule calls wrong; nobody by default.

    Raises:
        UnknownNameError: The task has no scorer.
        DataError: A judge is given and the benchmark has no second look; or a row cannot be
            scored (names it), or none is left.
    """
    scorer = scorer_for(task)
    if judge is not None and not scorer.second_look:
        raise DataError(f"{task} has no second look by a judge", fix="leave the judge away")
    judged: list[Judged] = []
    left_out: list[str] = []
    not_scored: dict[str, str] = {}
    for row in rows:
        try:
            view = view_of(scorer, row)
            if why := scorer.not_scored(view):
                not_scored[view] = why
            if not why or scorer.judges_all_views:
                judged.append(judge_row(scorer, row, strip_thinking=strip_thinking, judge=judge))
        except DataError as error:
            if not keep_going:
                raise
            left_out.append(f"{error.where}: {error.what}" if error.where else error.what)
    if not judged and not_scored:
        raise DataError(
            "no row could be scored",
            where="; ".join(not_scored),
            fix="; ".join(dict.fromkeys(not_scored.values())),
        )
    scores = summed_up(task, scorer, judged, tuple(left_out))
    return replace(scores, judge=judge.to_dict()) if judge is not None else scores


def judge_row(
    scorer: Scorer, row: Row, *, strip_thinking: bool = False, judge: Judge | None = None
) -> Judged:
    """Judges one row: the official reading as the rule has it, the strict one after thinking.

    Raises:
        DataError: The record is not in the benchmark's schema, or its view is not known.
    """
    where = row.where or f"row {row.id}"
    if missing := [name for name in scorer.required if name not in row.doc]:
        raise DataError(
            f"the record lacks {', '.join(map(repr, missing))}",
            where=where,
            fix="give `doc` in the benchmark's own schema (see docs/tasks.md)",
        )
    text = _THINKING.sub("", row.prediction) if strip_thinking else row.prediction
    answer = after_thinking(row.prediction)
    view = view_of(scorer, row)
    try:
        found = scorer.judge(row.doc, text, view)
        if answer != text:
            meant = scorer.judge(row.doc, answer, view)
            found = replace(found, parsed=meant.parsed, strict=meant.strict)
    except _MISFITS as error:
        raise _misfit(error, where) from error
    return found if judge is None else scorer.look_again(row.doc, text, found, judge)


def _misfit(error: Exception, where: str) -> DataError:
    """A record that is not in the benchmark's schema."""
    what = f"field {error} is missing" if isinstance(error, KeyError) else str(error)
    return DataError(
        f"the record does not fit the task: {what}",
        where=where,
        fix="give `doc` in the benchmark's own schema (see docs/tasks.md)",
    )


def view_of(scorer: Scorer, row: Row) -> str:
    """The view of a row: the one it names, or the one its record tells.

    Raises:
        DataError: It names none and the record does not tell it, or there is no such view.
    """
    where = row.where or f"row {row.id}"
    try:
        view = row.view or scorer.view_of(row.doc)
    except _MISFITS as error:
        raise _misfit(error, where) from error
    if view is None:
        raise DataError(
            "the view is not given and the record does not tell it",
            where=where,
            fix=f'add "view" or --view: one of {", ".join(scorer.views)}',
        )
    if view not in scorer.views:
        raise DataError(
            f"there is no view {view!r}",
            where=where,
            fix=f"choose one of {', '.join(scorer.views)}",
        )
    return view


def summed_up(
    task: str, scorer: Scorer, judged: Sequence[Judged], left_out: tuple[str, ...] = ()
) -> Scores:
    """The scores of judged rows.

    Raises:
        DataError: There are none.
    """
    if not judged:
        raise DataError(
            "no row could be scored",
            where=left_out[0] if left_out else "",
            fix="check that the file holds predictions of this task",
        )
    views = {view: sum(row.view == view for row in judged) for view in scorer.views}
    official = scorer.reduce(judged, "official")
    sums = add_up(judged, "official")
    return Scores(
        task=task,
        n=len(judged),
        metrics=official,
        strict=scorer.reduce(judged, "strict"),
        intervals=intervals(scorer, judged, official),
        counts={view: n for view, n in views.items() if n},
        rows={name: scorer.rows_of(name, sums) for name in official},
        parsed=sum(row.parsed for row in judged) / len(judged),
        left_out=left_out,
        not_scored={v: why for v in views if (why := scorer.not_scored(v))},
    )


def intervals(
    scorer: Scorer,
    judged: Sequence[Judged],
    values: Mapping[str, float],
    reading: Reading = "official",
) -> dict[str, Interval]:
    """The 95 % interval of every metric in `values`."""
    sums = add_up(judged, reading)
    shares = _shares(scorer, judged, reading)
    found = {name: _share(scorer, sums, name, shares) for name in values}
    if open_names := [name for name, ends in found.items() if ends is None]:
        drawn = bootstrap(scorer, judged, open_names, reading)
        drawn = {name: _not_certain(scorer, sums, name, drawn[name], shares) for name in drawn}
        return {name: ends or drawn[name] for name, ends in found.items()}
    return {name: ends for name, ends in found.items() if ends is not None}


def _shares(scorer: Scorer, judged: Sequence[Judged], reading: Reading) -> set[tuple[str, str]]:
    """The view and last name of metrics that are shares of rows: their statistics are 0 or 1."""
    columns = table(judged, reading)
    return {
        (view, name)
        for view, of in columns.items()
        for name, (part, whole) in scorer.rates.items()
        if part in of and all(np.isin(of[key], (0.0, 1.0)).all() for key in (part, whole))
    }


def _share(
    scorer: Scorer,
    sums: Mapping[str, Mapping[str, Array]],
    name: str,
    shares: Collection[tuple[str, str]],
) -> Interval | None:
    """Wilson's interval where a metric is a share of rows of one view."""
    view, _, last = name.rpartition(".")
    view = view or (WHOLE if scorer.views == (WHOLE,) else "")
    if (view, last) not in shares:
        return None
    part, whole = scorer.rates[last]
    n = round(float(sums[view][whole]))
    return wilson_interval(round(float(sums[view][part])), n) if n else (0.0, 1.0)


def _not_certain(
    scorer: Scorer,
    sums: Mapping[str, Mapping[str, Array]],
    name: str,
    drawn: Interval,
    shares: Collection[tuple[str, str]],
) -> Interval:
    """A drawn interval, but Wilson's over all rows for a share that every row agrees on.

    Drawing again from rows that are all right, or all wrong, gives the same each time; that is no
    certainty.
    """
    if drawn[0] != drawn[1] or not sums or not all((view, name) in shares for view in sums):
        return drawn
    part, whole = scorer.rates[name]
    right, n = (round(sum(float(of[key]) for of in sums.values())) for key in (part, whole))
    return wilson_interval(right, n) if n and right in (0, n) else drawn


def bootstrap(
    scorer: Scorer,
    judged: Sequence[Judged],
    names: Sequence[str],
    reading: Reading = "official",
    seed: int = 0,
) -> dict[str, Interval]:
    """Percentile bootstrap intervals; rows are drawn within their view."""
    drawn = scorer.metrics(_resampled(table(judged, reading), seed))
    if slow := [name for name in names if name not in drawn]:
        drawn |= _one_by_one(scorer, judged, slow, reading, seed)
    return {name: _ends(drawn[name]) for name in names}


def _resampled(
    columns: Mapping[str, Mapping[str, Array]], seed: int
) -> dict[str, dict[str, Array]]:
    """Sums of `RESAMPLES` data sets drawn with replacement, by view and statistic."""
    draws = np.random.default_rng(seed)
    found: dict[str, dict[str, Array]] = {}
    for view, statistics in columns.items():
        matrix = np.stack(list(statistics.values()), axis=1)
        rows = len(matrix)
        blocks = []
        for start in range(0, RESAMPLES, step := max(1, _BLOCK // rows)):
            size = min(step, RESAMPLES - start)
            chosen = draws.integers(rows, size=(size, rows)) + rows * np.arange(size)[:, None]
            weights = np.bincount(chosen.ravel(), minlength=size * rows).reshape(size, rows)
            # As floating-point numbers, for BLAS multiplies no integers.
            blocks.append(weights.astype(np.float64) @ matrix)
        sums = np.concatenate(blocks)
        found[view] = {name: sums[:, i] for i, name in enumerate(statistics)}
    return found


def _one_by_one(
    scorer: Scorer, judged: Sequence[Judged], names: Sequence[str], reading: Reading, seed: int
) -> dict[str, Array]:
    """Metrics that are no function of sums, reduced anew for each resample."""
    draws = np.random.default_rng(seed)
    by_view: dict[str, list[Judged]] = {}
    for row in judged:
        by_view.setdefault(row.view, []).append(row)
    values: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(SLOW_RESAMPLES):
        sample = [g[i] for g in by_view.values() for i in draws.integers(len(g), size=len(g))]
        reduced = scorer.reduce(sample, reading)
        for name in names:
            values[name].append(reduced[name])
    return {name: np.asarray(drawn) for name, drawn in values.items()}


def _ends(drawn: Array) -> Interval:
    """The middle 95 % of resampled values."""
    tail = (1.0 - LEVEL) / 2.0
    finite = drawn[np.isfinite(drawn)]
    if not len(finite):
        return float("nan"), float("nan")
    low, high = np.quantile(finite, [tail, 1.0 - tail])
    return float(low), float(high)
