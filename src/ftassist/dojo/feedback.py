"""Feedback: what the evaluator tells about one scored model.

Pure: turns item scores into a `Feedback` and a `Feedback` into text and HTML. Knows nothing
of models, of processes or of how an item was scored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from ftassist.dojo.diagnosis import CountedItem, diagnose, many_labels, wrong_labels
from ftassist.dojo.task import Split, TaskCard
from ftassist.files import hash_text
from ftassist.records.feedback import (
    NO_DIAGNOSIS,
    Measured,
    MeasuredByView,
    TrialFeedback,
    WrongItem,
)
from ftassist.records.metric import Metric

if TYPE_CHECKING:
    from ftassist.dojo.scorers.scorer import Judged

MAX_WRONG = 10
"""How many wrong answers are shown at most."""

MAX_SHOWN = 2000
"""Longest text of a wrong answer that is shown, in characters."""


@dataclass(frozen=True)
class ItemScore:
    """One evaluation item, answered and scored.

    Attributes:
        id: The item's id, the same for every model (paired tests match on it).
        view: The part of the evaluation set it belongs to.
        score: 0 or 1 for binary metrics, any number otherwise.
        parsed: Whether an answer could be read from the output.
        truncated: Whether the limit of new tokens came before the end token.
        tokens: Tokens generated.
        prompt: What was asked.
        gold: The right answer.
        output: What the model wrote.
        judged: What the task's scorer found, where the task has one.
    """

    id: str
    view: str
    score: float
    parsed: bool
    truncated: bool
    tokens: int
    prompt: str
    gold: str
    output: str
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class Feedback(TrialFeedback):
    """What the evaluator tells about one scored model, so that all of it is known."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"shown", "rung", "diagnosis"})

    score: float
    low: float
    high: float
    n: int
    views: Mapping[str, Measured]
    parse_rate: float
    truncation_rate: float
    wrong: tuple[WrongItem, ...]
    seconds: float
    generated_tokens: int
    task: str
    split: Split
    metric: Metric
    model_digest: str
    evaluator_digest: str

    def in_part(self, rung: float) -> Feedback:
        """The feedback of a run that came to a rung: all of its items select, so none is told of.

        Args:
            rung: How far the training had come, as a share of it.
        """
        return replace(
            self,
            rung=rung,
            wrong=(),
            views={},
            metrics={},
            strict={},
            shown=None,
            diagnosis=NO_DIAGNOSIS,
        )

    def __repr__(self) -> str:
        """A few lines of text; wrong items are in `.wrong`.

        What a cell prints an agent reads, so it is the feedback as told to one.
        """
        told = self.told
        views = told.views
        head = (
            f"{self.task} {self.split}: {self.metric.name} "
            f"{_show(self.score, self.metric)} "
            f"[{_show(self.low, self.metric)}, {_show(self.high, self.metric)}], n={self.n}"
        )
        if self.rung is not None:
            return f"{head}\n  {_in_part(self.rung)}"
        width = max((len(view) for view in views), default=0)
        lines = [
            f"  {view:<{width}}  {_show(e.score, self.metric)} "
            f"[{_show(e.low, self.metric)}, {_show(e.high, self.metric)}], n={e.n}"
            for view, e in views.items()
        ]
        if self.shown:
            lines.insert(0, f"  on {self.shown.n} other items, which are shown and do not count:")
        tail = (
            f"  parsed {told.parse_rate:.0%}, truncated {told.truncation_rate:.0%}, "
            f"{len(self.wrong)} wrong answers shown, {self.seconds:.1f} s"
        )
        return "\n".join([head, *lines, tail])

    def _repr_html_(self) -> str:
        """A table of scores and the wrong answers, every text escaped."""
        rows = [("all", Measured(self.score, self.low, self.high, self.n)), *self.views.items()]
        table = "".join(
            f"<tr><td>{escape(name)}</td><td>{_show(e.score, self.metric)}</td>"
            f"<td>{_show(e.low, self.metric)} to {_show(e.high, self.metric)}</td>"
            f"<td>{e.n}</td></tr>"
            for name, e in rows
        )
        part = f"<p>{escape(_in_part(self.rung))}</p>" if self.rung is not None else ""
        better = "higher" if self.metric.higher_is_better else "lower"
        head = (
            f"<p><b>{escape(self.task)}</b>, {escape(self.split)} split: "
            f"{escape(self.metric.name)} ({better} is better), "
            f"parsed {self.parse_rate:.0%}, truncated {self.truncation_rate:.0%}</p>"
        )
        columns = "<tr><th>view</th><th>score</th><th>95 % interval</th><th>items</th></tr>"
        return f"<div>{head}{part}<table>{columns}{table}</table>{self._wrong_html()}</div>"

    def _wrong_html(self) -> str:
        """The wrong answers, folded away."""
        if not self.wrong:
            return ""
        rows = "".join(
            f"<tr><td>{escape(w.view)}</td><td><pre>{escape(w.prompt)}</pre></td>"
            f"<td><pre>{escape(w.gold)}</pre></td><td><pre>{escape(w.output)}</pre></td></tr>"
            for w in self.wrong
        )
        columns = "<tr><th>view</th><th>prompt</th><th>right</th><th>written</th></tr>"
        summary = f"<summary>{len(self.wrong)} wrong answers</summary>"
        return f"<details>{summary}<table>{columns}{rows}</table></details>"


def summarise(
    card: TaskCard,
    split: Split,
    items: Sequence[ItemScore],
    *,
    seconds: float,
    model_digest: str,
    evaluator_digest: str,
    shown: Collection[str] = (),
) -> Feedback:
    """Sums item scores up: the headline reduction, intervals, rates and wrong answers.

    Args:
        card: The task's card.
        split: The split that the items are of.
        items: Every item of it, scored.
        seconds: What it took.
        model_digest: Of the model.
        evaluator_digest: Of the evaluator.
        shown: Ids of the items that may be shown and do not count; none where all do both.

    Raises:
        ValueError: No items, or none that count.
    """
    counted = [item for item in items if item.id not in shown]
    if not counted:
        raise ValueError("no items to sum up")
    told = [item for item in items if item.id in shown]
    many = many_labels(item.gold for item in items) if split == "validation" else frozenset()
    headline, views, metrics, strict = _summed(card, counted)
    return Feedback(
        task=card.key,
        split=split,
        n=len(counted),
        metric=card.metric,
        score=headline.score,
        low=headline.low,
        high=headline.high,
        views=views,
        parse_rate=_rate(item.parsed for item in counted),
        truncation_rate=_rate(item.truncated for item in counted),
        wrong=(
            wrong_items(card, told or items, spread=bool(told), many=many)
            if split == "validation"
            else ()
        ),
        seconds=round(seconds, 3),
        generated_tokens=sum(item.tokens for item in items),
        model_digest=model_digest,
        evaluator_digest=evaluator_digest,
        metrics=metrics,
        strict=strict,
        shown=_shown(card, told) if told else None,
        diagnosis=(
            diagnose(_counted(told or items), many) if split == "validation" else NO_DIAGNOSIS
        ),
    )


def _counted(items: Sequence[ItemScore]) -> list[CountedItem]:
    names = tuple(CountedItem.__dataclass_fields__)
    return [CountedItem(**{name: getattr(item, name) for name in names}) for item in items]


def _shown(card: TaskCard, items: Sequence[ItemScore]) -> MeasuredByView:
    """The items that may be shown; of a task with a scorer the mean of its items' scores."""
    groups = _by_view(items)
    reduced = "items" if card.reduction == "scorer" else card.reduction
    headline = _headline(replace(card, reduction=reduced), items, groups)
    return MeasuredByView(
        n=len(items),
        score=headline.score,
        low=headline.low,
        high=headline.high,
        views={view: _estimate(own, card.metric) for view, own in sorted(groups.items())},
        parse_rate=_rate(item.parsed for item in items),
        truncation_rate=_rate(item.truncated for item in items),
    )


def _rate(flags: Iterable[bool]) -> float:
    known = list(flags)
    return sum(known) / len(known)


_Summed = tuple[Measured, dict[str, Measured], dict[str, Measured], dict[str, float]]


def _summed(card: TaskCard, items: Sequence[ItemScore]) -> _Summed:
    """Headline, views, and a scorer's metrics with their strict reading."""
    if card.reduction == "scorer":
        return _scorers_word(card, items)
    groups = _by_view(items)
    views = {view: _estimate(scores, card.metric) for view, scores in sorted(groups.items())}
    return _headline(card, items, groups), views, {}, {}


def _by_view(items: Sequence[ItemScore]) -> dict[str, list[float]]:
    """The item scores of each view."""
    groups: dict[str, list[float]] = {}
    for item in items:
        groups.setdefault(item.view, []).append(item.score)
    return groups


def _scorers_word(card: TaskCard, items: Sequence[ItemScore]) -> _Summed:
    """What the task's scorer makes of the items it judged.

    Raises:
        ValueError: An item was not judged by a scorer, or the card's metric is none of its.
    """
    from ftassist.dojo.scorers import scorer_for
    from ftassist.dojo.scorers.score import summed_up

    judged = [item.judged for item in items if item.judged is not None]
    if len(judged) < len(items):
        raise ValueError(f"{len(items) - len(judged)} items were not judged by {card.scorer!r}")
    scores = summed_up(card.scorer, scorer_for(card.scorer), judged)
    if card.metric.name not in scores.metrics:
        raise ValueError(f"the scorer {card.scorer!r} gives no {card.metric.name!r}")
    found = {
        name: Measured(value, *scores.intervals[name], _rows(scores.counts, name))
        for name, value in scores.metrics.items()
    }
    headline = found[card.metric.name]
    views = _views(card.metric, found, _by_view(items))
    return headline, views or {"all": headline}, found, scores.strict


def _views(
    metric: Metric, found: Mapping[str, Measured], groups: Mapping[str, Sequence[float]]
) -> dict[str, Measured]:
    """Each view in the headline's unit and direction, so that views can be compared.

    Where a view's own metric is another one (an error, of which less is better), the mean of its
    items' scores stands for it.
    """
    named = dict.fromkeys(name.rpartition(".")[0] for name in found)
    return {
        view: found.get(f"{view}.{metric.name}") or _estimate(groups[view], metric)
        for view in named
        if view in groups
    }


def _rows(counts: Mapping[str, int], metric: str) -> int:
    """How many rows a metric is about: its view's, or all."""
    return counts.get(metric.rpartition(".")[0], sum(counts.values()))


def wrong_items(
    card: TaskCard,
    items: Sequence[ItemScore],
    most: int = MAX_WRONG,
    *,
    spread: bool = False,
    many: Collection[str] = (),
) -> tuple[WrongItem, ...]:
    """At most `most` wrong items, in an order fixed by the hash of the item's id.

    The order is the same for every trial of a task, so that a campaign sees few of the
    validation items however many trials it runs.

    Args:
        card: The task's card.
        items: Items that may be shown.
        most: How many at most.
        spread: Whether views and ways to fail (cut off, unreadable, wrong) take turns, where items
            that are shown do not select and seeing more of them does no harm.
        many: The labels of the task, where they are a closed set of many.
    """
    if card.metric.binary:
        wrong = [item for item in items if item.score < 1]
    else:
        mean = sum(item.score for item in items) / len(items)
        sign = 1 if card.metric.higher_is_better else -1
        wrong = [item for item in items if sign * item.score < sign * mean]
    ordered = sorted(wrong, key=lambda item: hash_text(card.key, item.id))
    chosen = (_by_turns(ordered) if spread else ordered)[:most]
    said = wrong_labels(_counted(items), many)
    labels = {item.id: label for item, label in zip(items, said, strict=True)}
    return tuple(
        WrongItem(
            i.id,
            i.view,
            i.prompt[:MAX_SHOWN],
            i.gold[:MAX_SHOWN],
            i.output[:MAX_SHOWN],
            labels[i.id],
        )
        for i in chosen
    )


def _by_turns(items: Sequence[ItemScore]) -> list[ItemScore]:
    """Items of each view and way to fail by turns, each in the order it had."""
    groups: dict[tuple[str, bool, bool], list[ItemScore]] = {}
    for item in items:
        groups.setdefault((item.view, item.truncated, item.parsed), []).append(item)
    turns = zip_longest(*(groups[key] for key in sorted(groups)))
    return [item for turn in turns for item in turn if item is not None]


def _headline(
    card: TaskCard, items: Sequence[ItemScore], groups: dict[str, list[float]]
) -> Measured:
    """The headline over items, or the unweighted mean over views."""
    if card.reduction == "items":
        return _estimate([item.score for item in items], card.metric)
    from ftassist.statistics.intervals import grouped_bootstrap_interval

    parts = [groups[view] for view in sorted(groups)]
    score = sum(sum(part) / len(part) for part in parts) / len(parts)
    low, high = grouped_bootstrap_interval(parts)
    return Measured(score, low, high, len(items))


def _estimate(scores: Sequence[float], metric: Metric) -> Measured:
    """The mean with its interval."""
    from ftassist.statistics.intervals import bootstrap_interval, wilson_interval

    n, mean = len(scores), sum(scores) / len(scores)
    if metric.binary:
        low, high = wilson_interval(round(sum(scores)), n)
    else:
        low, high = bootstrap_interval(scores)
    return Measured(mean, low, high, n)


def _in_part(rung: float) -> str:
    return (
        f"trained to {rung:.0%} and scored on a part of the items: compared with other runs that "
        "came as far, and no score of the trial"
    )


def _show(value: float, metric: Metric) -> str:
    """A score as people read it: percent for fractions, else the number with its unit."""
    if not metric.unit and (metric.binary or metric.fraction):
        return f"{100 * value:.1f} %"
    return f"{value:.3f} {metric.unit}".rstrip()
