"""The Executor: a language model that writes the cells of a trial, and mends cells that failed.

What the hypothesis does not touch stays word for word as it was, by the program and not by the
model's good will; the evaluate cell is never the model's. Runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ftassist.agent.advice import advice_for, sizes_of
from ftassist.agent.backends.anthropic import forms
from ftassist.agent.backends.anthropic.calls import Allowance
from ftassist.agent.backends.anthropic.cells import (
    PURPOSES,
    RULE,
    check_batch,
    checked,
    system_of,
    told_of,
    with_cells,
)
from ftassist.agent.backends.anthropic.desk import Desk, Document
from ftassist.agent.backends.anthropic.one_argument import cells_of
from ftassist.agent.backends.anthropic.researcher import Idea
from ftassist.agent.cells import render as render_cell
from ftassist.agent.context import Context
from ftassist.agent.cost import estimate
from ftassist.agent.plan import EVALUATE
from ftassist.agent.refutation import refuted_if
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import TrialView
from ftassist.errors import DataError
from ftassist.records.proposal import BETTER, Change, Estimate, Evidence, Hypothesis, Proposal

_MENDED = re.compile(rf"{RULE}:(t\d+):(\d+)")
_BEFORE_TRAINING = ("curate", "cells", "schema", "row_cap", "leakage", "start")


class CellExecutor:
    """Writes cells."""

    def __init__(self, desk: Desk, backend: str, rounds: int) -> None:
        self._desk = desk
        self._backend = backend
        self._rounds = rounds

    def implement(self, context: Context, idea: Idea, allowance: Allowance) -> Proposal:
        """The proposal of an idea, with its cells; for one argument no call is made.

        Raises:
            DataError: The cells break the rules, twice.
        """
        parent = context.trial(idea.parent)
        desk = self._desk
        if made := self._directly(context, idea):
            return made
        before = {**parent.cells, **_evaluate(parent)}
        looking = desk.hands(context, "implement", before, len(idea.looked))

        def read(document: Document) -> Proposal:
            cells = _cells(parent, idea.hypothesis.changes, document)
            return checked(context, _proposal(context, idea, cells, self._backend))

        return desk.ask(
            "implement",
            "executor",
            forms.CELLS,
            read,
            system=system_of(desk),
            stable=desk.stable(context),
            turn=desk.prompt(
                "implement",
                parent=idea.parent,
                idea=desk.dump(
                    {
                        "statement": idea.hypothesis.statement,
                        "cause": idea.hypothesis.cause,
                        "change": idea.change,
                        "instructions": idea.instructions,
                    }
                ),
                cells=desk.dump(parent.cells) if parent.cells else "none: the untouched base",
                sets=desk.dump({name: raw.get("rows") for name, raw in context.profiles.items()}),
                rows=context.budget.rows,
                device=desk.dump(context.device),
                untouched=_untouched(parent, idea.hypothesis.changes),
                setbacks=desk.setbacks(context, *PURPOSES),
                **told_of(looking),
            ),
            allowance=allowance,
            looking=looking,
        )

    def _directly(self, context: Context, idea: Idea) -> Proposal | None:
        """The proposal of an idea that changes one argument; None where a writer is needed."""
        if not self._desk.caller.settings.direct:
            return None
        parent = context.trial(idea.parent)
        cells = cells_of(parent.cells, idea.hypothesis.changes, idea.change)
        if cells is None:
            return None
        try:
            return checked(context, _proposal(context, idea, cells, self._backend))
        except DataError:
            return None  # the Executor is told what is wrong

    def repair(self, context: Context, failed: TrialView, number: int) -> Proposal:
        """A proposal that mends a failed trial; what passed stays.

        Args:
            context: The record.
            failed: The trial that failed last.
            number: Which attempt this is, from 1.

        Raises:
            DataError: The cells break the rules, twice.
        """
        desk = self._desk
        failure, stage = failed.failure["class"], failed.failure.get("stage", "")
        sizes = sizes_of(failed.cells)
        passed = "" if failure == "DATA" or stage in _BEFORE_TRAINING else "curate"
        looking = desk.hands(context, RULE, failed.cells)

        def read(document: Document) -> Proposal:
            cells = with_cells(failed.cells, passed, document)
            if failure == "OOM":
                check_batch(sizes, sizes_of(cells))
            made = _repaired(context, failed, cells, number, self._backend)
            return checked(context, made, again=failure == "ENV")

        return desk.ask(
            RULE,
            "executor",
            forms.CELLS,
            read,
            system=system_of(desk),
            stable=desk.stable(context),
            turn=desk.prompt(
                "repair",
                trial=failed.id,
                stage=stage or "an unknown stage",
                failure=failure,
                number=number,
                rounds=self._rounds,
                cells=desk.dump(failed.cells),
                log=desk.fence.quote(failed.failure_log.quoted),
                earlier=_earlier(context, failed),
                advice=advice_for(failure, sizes),
                statement=failed.statement,
                setbacks=desk.setbacks(context, *PURPOSES),
                passed="The curate cell passed and stays as it is." if passed else "",
                **told_of(looking),
            ),
            looking=looking,
            allowance=Allowance(2),
        )


def to_mend(context: Context, parent: str, rounds: int) -> tuple[TrialView, int] | None:
    """The failed trial to mend before anything new is thought up, and the number of the attempt.

    It is the newest child of the parent, failed with a class that other cells can mend, and was
    not mended `rounds` times yet.
    """
    from ftassist.agent.advice import REPAIRABLE

    children = context.children(parent)
    if not children:
        return None
    last = max(children, key=lambda view: view.id)
    if last.status != "failed" or last.failure.get("class") not in REPAIRABLE:
        return None
    mended = _MENDED.fullmatch(last.key)
    done = int(mended[2]) if mended else 0
    return (last, done + 1) if done < rounds else None


def _cells(
    parent: TrialView, changes: tuple[str, ...], document: Mapping[str, Any]
) -> dict[str, str]:
    """The cells of a trial: the model's where the hypothesis changes something, else the parent's.

    Raises:
        DataError: A cell is missing.
    """
    sides = {"curate": "data", "train": "training"}
    cells: dict[str, str] = {}
    for stage, side in sides.items():
        own = parent.cells.get(stage, "")
        wanted = not own.strip() or side in changes
        cells[stage] = (str(document.get(stage) or own) if wanted else own).strip()
        if not cells[stage]:
            raise DataError(f"the {stage} cell is missing", where=stage, fix=f"write {stage}")
    return {**cells, **_evaluate(parent)}


def _evaluate(parent: TrialView) -> dict[str, str]:
    """The evaluate cell, which is never the model's."""
    kept = parent.cells.get("evaluate", "").strip()
    return {"evaluate": kept or render_cell("evaluate", EVALUATE)}


def _untouched(parent: TrialView, changes: tuple[str, ...]) -> str:
    if not parent.cells.get("curate", "").strip():
        return "There are no cells yet: write both."
    kept = {"data": "The train cell stays.", "training": "The curate cell stays."}
    return kept[changes[0]] if len(changes) == 1 else ""


def _proposal(context: Context, idea: Idea, cells: dict[str, str], backend: str) -> Proposal:
    own = estimate(Situation.of(context, idea.parent), cells)
    given = idea.estimate
    return Proposal(
        parent=idea.parent,
        hypothesis=idea.hypothesis,
        cells=cells,
        change=idea.change,
        estimate=Estimate(
            seconds=own.seconds if own.seconds is not None else given.seconds,
            memory_mb=own.memory_mb if own.memory_mb is not None else given.memory_mb,
            cost_usd=own.cost_usd if own.cost_usd is not None else given.cost_usd,
            tokens=own.tokens,
        ),
        backend=backend,
        why_parent=idea.why_parent,
        looked=idea.looked,
        seed=context.seed,
        variant=idea.variant,
    )


def _repaired(
    context: Context, failed: TrialView, cells: dict[str, str], number: int, backend: str
) -> Proposal:
    mended = _MENDED.fullmatch(failed.key)
    first = mended[1] if mended else failed.id
    failure = failed.failure["class"]
    low, high = failed.predicted or (-0.05, 0.05)
    metric = context.task.metric.name
    parent = failed.parent or context.focus
    statement = failed.statement.removeprefix("Mended: ")
    return Proposal(
        parent=parent,
        hypothesis=Hypothesis(
            statement=f"Mended: {statement}"[:300],
            changes=failed.changes,
            cause=f"{failed.id} failed with {failure}; the hypothesis was not tested.",
            evidence=(Evidence(failed.id, f"failed with {failure}"),),
            metric=metric,
            low=low,
            high=high,
            refuted_if=refuted_if(metric, BETTER),
        ),
        cells=cells,
        change=Change(
            f"{RULE}:{first}:{number}",
            f"attempt {number} to mend {first} after {failure}",
            parts=("curate cell", "train cell", "mended"),
        ),
        estimate=estimate(Situation.of(context, parent), cells),
        backend=backend,
        rule=RULE,
        why_parent=f"{failed.id} failed and is mended first",
        seed=context.seed,
    )


def _earlier(context: Context, failed: TrialView) -> str:
    """What earlier attempts said, so that they are not repeated."""
    mended = _MENDED.fullmatch(failed.key)
    if not mended:
        return ""
    first = mended[1]
    told = [
        f"{view.id}: {view.failure.get('class', '')}"
        for view in context.trials.values()
        if (view.id == first or view.key.startswith(f"{RULE}:{first}:")) and view.id != failed.id
    ]
    return f"Earlier attempts that failed: {', '.join(told)}.\n\n" if told else ""
