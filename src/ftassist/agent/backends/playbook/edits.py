"""Edits of a plan, as the rules need them: other sets, an operator more, another argument.

Each returns an `Edit` with one thing changed, or None where the cell is a person's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.agent.backends.playbook.rule import Edit
from ftassist.agent.cells import Call, render
from ftassist.agent.plan import (
    EVALUATE,
    operator_call,
    with_operator,
    with_sets,
    with_trainer,
    with_training,
)
from ftassist.agent.situation import Situation

ROUND_TO = 10


def sets_edit(
    at: Situation, key: str, statement: str, description: str, sets: Mapping[str, int | None]
) -> Edit | None:
    """The plan with other sets, or other numbers of their rows."""
    if at.plan.curate is None or not sets:
        return None
    cells = at.plan.with_stage("curate", with_sets(at.plan.curate, sets))
    before, after = _listed(at.plan.sets), _listed(sets)
    return _edit(at, key, statement, description, "data", cells, before, after)


def operator_edit(
    at: Situation, key: str, statement: str, description: str, operator: Call
) -> Edit | None:
    """The plan with an operator added, or set to other arguments."""
    if at.plan.curate is None:
        return None
    before = at.plan.operator(operator.function)
    cells = at.plan.with_stage("curate", with_operator(at.plan.curate, operator))
    return _edit(
        at, key, statement, description, "data", cells, call_text(before), call_text(operator)
    )


def training_edit(
    at: Situation, key: str, statement: str, description: str, **arguments: Any
) -> Edit | None:
    """The plan with other training arguments."""
    if at.plan.train is None:
        return None
    now = at.plan.training
    cells = at.plan.with_stage("train", with_training(at.plan.train, **arguments))
    before = ", ".join(f"{name}={now.get(name)!r}" for name in arguments)
    after = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    return _edit(at, key, statement, description, "training", cells, before, after)


def trainer_edit(
    at: Situation,
    key: str,
    statement: str,
    description: str,
    function: str,
    operator: Call | None = None,
    **arguments: Any,
) -> Edit | None:
    """The plan with another call that trains, and the operator that gives it what it needs."""
    if at.plan.train is None or (operator is not None and at.plan.curate is None):
        return None
    train = with_trainer(at.plan.train, function, **arguments)
    cells = at.plan.with_stage("train", train)
    if operator is not None and at.plan.curate is not None:
        curate = with_operator(at.plan.curate, operator)
        cells["curate"] = at.plan.with_stage("curate", curate)["curate"]
    side = "training" if operator is None else "both"
    return _edit(at, key, statement, description, side, cells, at.plan.trainer, function)


def order_edit(at: Situation, key: str, statement: str, description: str) -> Edit | None:
    """The plan with the rows in the order of their length, and a training that keeps it."""
    if at.plan.train is None or at.plan.curate is None:
        return None
    curate = with_operator(at.plan.curate, operator_call("order", by="length"))
    cells = at.plan.with_stage("train", with_training(at.plan.train, order="given"))
    cells["curate"] = at.plan.with_stage("curate", curate)["curate"]
    return _edit(at, key, statement, description, "both", cells, "shuffled", "short rows first")


def drop_edit(at: Situation, name: str, why: str) -> Edit | None:
    """The plan without a set; None where it is the only one."""
    rest = {other: limit for other, limit in at.plan.sets.items() if other != name}
    return sets_edit(
        at,
        f"curate.load:drop:{name}",
        f"Train without {name}: {why}.",
        f"{name} is left out",
        rest,
    )


def add_edit(at: Situation, name: str, why: str, rows: int | None = None) -> Edit | None:
    """The plan with one set more, as many rows as the others have on average."""
    now = {other: at.limit(other) for other in at.plan.sets}
    if not now:
        return None
    each = rows if rows is not None else max(150, round(sum(now.values()) / len(now)))
    sets = capped({**now, name: min(each, at.sets[name].rows)}, at.row_cap)
    return sets_edit(
        at,
        f"curate.load:add:{name}",
        f"Add {sets[name]} rows of {name}: {why}.",
        f"{name} comes into the mix",
        sets,
    )


def capped(sets: Mapping[str, int], cap: int) -> dict[str, int]:
    """Numbers of rows, scaled down together where their sum is above the cap."""
    whole = sum(sets.values())
    factor = min(1.0, cap / whole) if whole else 1.0
    scaled = {name: int(count * factor) // ROUND_TO * ROUND_TO for name, count in sets.items()}
    return {name: max(count, min(ROUND_TO, sets[name])) for name, count in scaled.items()}


def call_text(call: Call | None) -> str:
    """A call as one line; "" for none."""
    if call is None:
        return ""
    return render("curate", [call]).splitlines()[-1] if len(call.keywords) < 4 else call.function


def _edit(
    at: Situation,
    key: str,
    statement: str,
    description: str,
    side: Any,
    cells: dict[str, str],
    before: str,
    after: str,
) -> Edit:
    if not cells.get("evaluate", "").strip():
        cells["evaluate"] = render("evaluate", EVALUATE)
    return Edit(key, statement, description, side, cells, before, after)


def _listed(sets: Mapping[str, int | None]) -> str:
    return ", ".join(f"{name} {'all' if n is None else n}" for name, n in sets.items())
