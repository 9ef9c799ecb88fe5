"""What happened so far, as a model is told it: numbers as a table, cells as what differs.

The same content as the context has, said once: a number stands in a row of one table, in place of
its name and its value for each trial; a cell that only differs from its parent's is told by its
lines taken out and put in, and one that does not differ, not at all. The trial that is grown from
has its cells whole. An item on which several trials were wrong is told once. Of trials that are
neither near nor new nor the best, what they left behind is left out: it can be looked at.
Deterministic.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from ftassist.agent.context import Context
from ftassist.agent.prompt import without_empty
from ftassist.agent.trial_view import Quoted, TrialView, WrongItemView
from ftassist.agent.wrong_groups import group_wrong
from ftassist.journal.state import BASE


class WrongTable:
    """The items on which trials were wrong, numbered from 1 in the order they come.

    Args:
        views: The trials whose wrong answers are told.
    """

    def __init__(self, views: Iterable[TrialView]) -> None:
        self._numbers: dict[tuple[str, str, str], int] = {}
        for view in views:
            for item in view.wrong:
                self._numbers.setdefault(_key(item), len(self._numbers) + 1)

    def items(self) -> Quoted:
        """The items: number, view, prompt, right answer."""
        return Quoted(
            "\n".join(
                f"#{number} [{view}] {prompt} => {gold}"
                for (view, prompt, gold), number in self._numbers.items()
            )
        )

    def answers(self, view: TrialView) -> Quoted:
        """What a trial answered to them."""
        return Quoted(
            "\n".join(f"#{self._numbers[_key(i)]}: {i.output.quoted}" for i in view.wrong)
        )

    def groups(self, wrong: Sequence[WrongItemView]) -> list[dict[str, Any]]:
        """A trial's wrong answers in groups by view and how they fail, with numbers of items."""
        return [
            {
                "view": group.view,
                "shape": group.shape,
                "count": group.count,
                "examples": [self._numbers[_key(item)] for item in group.examples],
            }
            for group in group_wrong(wrong)
        ]


def _key(item: WrongItemView) -> tuple[str, str, str]:
    return item.view, item.prompt.quoted, item.gold.quoted


COLUMNS = (
    "id", "parent", "status", "key", "rule", "score", "low", "high", "verdict", "against",
    "difference", "difference_low", "difference_high", "against_best", "predicted", "held",
    "seconds", "rows",
)  # fmt: skip
"""What of a trial stands in the table."""
_IN_TEXT = ("cells", "even_views", "view_items", "description")
SAME = "as its parent's"
THIN = 3
"""Of so many points of a curve's ends one is told; a look has all of them."""
NEWEST = 4
"""The newest trials, which are told in full."""
_BRIEFLY = (
    "statement", "changes", "failure", "failure_message", "general", "analysis", "edited",
)  # fmt: skip
"""What is told of any other beside its row and its cells."""
_OF_BASELINE = ("name", "rows", "labels", "score", "low", "high", "sets")
"""What is told of a classical model."""


def history_of(context: Context, left_out: Iterable[str]) -> dict[str, Any]:
    """The history as JSON values; texts from data stay `Quoted`.

    Args:
        context: What happened, as it is shown.
        left_out: Fields of the context that are told elsewhere.
    """
    shown = context.shown
    full = _in_full(shown)
    hidden = {*left_out, "trials", "others", "outcomes"}
    names = [name for name in shown.__dataclass_fields__ if name not in hidden]
    trials = list(shown.trials.values())
    return {
        **{name: getattr(shown, name) for name in names},
        "baselines": [
            {name: getattr(one, name) for name in _OF_BASELINE} for one in shown.baselines
        ],
        **_trials(shown, trials, WrongTable(t for t in trials if t.id in full), full, shown.focus),
        "others": _records(shown.others),
        "outcomes": _records(
            one for one in shown.outcomes if one.trial not in shown.trials
        ),  # those of trials in the table stand there
    }


def result_of(context: Context, trial: str) -> dict[str, Any]:
    """A finished trial, what it grew from and what it was held against, in the same form.

    Of the others what they left behind is told as of a trial that is near; the cells of its
    parent are whole.
    """
    shown = context.shown
    view = shown.trial(trial)
    around = dict.fromkeys(name for name in (trial, view.parent, view.against, shown.best) if name)
    trials = [shown.trials[name] for name in around if name in shown.trials]
    table = WrongTable(trials)
    return {
        **_trials(shown, trials, table, around, view.parent or trial),
        "groups": table.groups(view.wrong),
        "items_by_view": view.view_items,
    }


def _trials(
    context: Context,
    trials: Sequence[TrialView],
    table: WrongTable,
    full: Collection[str],
    whole: str,
) -> dict[str, Any]:
    """Trials: a table of numbers, what else is known of each, items on which they were wrong."""
    return {
        "trials": _table(COLUMNS, [[getattr(one, name) for name in COLUMNS] for one in trials]),
        "more_of_trials": {
            one.id: _more(context, one, table if one.id in full else None, whole) for one in trials
        },
        "wrong_items": table.items(),
    }


def _in_full(context: Context) -> set[str]:
    """The trials that are told in full: where it is grown from, the best, the base, the newest."""
    focus = context.trials.get(context.focus)
    around = {context.focus, context.best, BASE, focus.parent if focus else None}
    return {name for name in around if name} | set(sorted(context.trials)[-NEWEST:])


def _more(
    context: Context, view: TrialView, table: WrongTable | None, whole: str
) -> dict[str, Any]:
    """What of a trial is no number of the table; briefly without a table of wrong items."""
    names = [n for n in view.__dataclass_fields__ if n not in COLUMNS and n not in _IN_TEXT]
    if table is None:
        names = [name for name in names if name in _BRIEFLY]
    found = {name: getattr(view, name) for name in names}
    if table is not None:
        found |= {"wrong": table.answers(view), "evidence": _evidence(view)}
    found["cells"] = _cells(context, view, whole)
    if view.description not in view.statement:
        found["description"] = view.description
    return dict(without_empty(found))


def _evidence(view: TrialView) -> dict[str, Any]:
    """What a trial left behind, with every third point of its curves' ends."""
    found: dict[str, Any] = dict(without_empty(view.evidence) or {})
    found.pop("seconds", None)  # stands in the table
    for name in ("loss", "supervised"):
        if name in found:
            ends = {end: found[name].get(end, [])[::-THIN][::-1] for end in ("head", "tail")}
            found[name] = {**found[name], **ends}
    return found


def _cells(context: Context, view: TrialView, whole: str) -> dict[str, str]:
    """The cells of a trial: whole where it is grown from, else what differs from its parent's."""
    parent = context.trials.get(view.parent or "")
    if view.id == whole or parent is None or not any(parent.cells.values()):
        return {stage: text for stage, text in view.cells.items() if stage != "evaluate"}
    return {
        stage: _diff(parent.cells.get(stage, ""), text)
        for stage, text in view.cells.items()
        if stage != "evaluate"
    }


def _diff(before: str, after: str) -> str:
    """The lines taken out and put in; the whole where that is not shorter."""
    if before == after:
        return SAME
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    told = "\n".join(line for line in lines if not line.startswith(("---", "+++")))
    return told if len(told) < len(after) else after


def _records(found: Iterable[Any]) -> dict[str, Any]:
    """Records of one kind as a table."""
    rows = [asdict(one) for one in found]
    names = tuple(rows[0]) if rows else ()
    return _table(names, [[row[name] for name in names] for row in rows])


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Columns that hold anything, and their rows."""
    used = [at for at, _ in enumerate(names) if any(_holds(row[at]) for row in rows)]
    if not used:
        return {}
    return {
        "columns": [names[at] for at in used],
        "rows": [[_short(row[at]) for at in used] for row in rows],
    }


def _holds(value: Any) -> bool:
    return value is not None and value != "" and value != ()


def _short(value: Any) -> Any:
    """A value of a table: numbers to four digits after the point."""
    return round(value, 4) if isinstance(value, float) else value
