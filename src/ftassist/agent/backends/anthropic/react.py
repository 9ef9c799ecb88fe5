"""A plain agent to compare designs with: one loop of thought, act and look (ReAct, 2023).

It has a sandbox and a clock, and what it handed in before with what came of it. There is no
Researcher and no Executor, no requirement card, no analysis, no insight and no wish for a cause:
what a campaign gains by these is what it gains over this one, with the model held fixed. Walls,
rules, dry run and budget are those of every agent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.agent.backends.anthropic import forms
from ftassist.agent.backends.anthropic.cells import checked
from ftassist.agent.backends.anthropic.desk import Desk, Document
from ftassist.agent.backends.base import OutOfIdeasError
from ftassist.agent.cells import render as render_cell
from ftassist.agent.context import Context
from ftassist.agent.cost import estimate
from ftassist.agent.plan import EVALUATE, Plan, changed_parts
from ftassist.agent.reference import reference
from ftassist.agent.refutation import refuted_if
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import TrialView
from ftassist.errors import DataError
from ftassist.records.proposal import BETTER, Change, Hypothesis, Proposal

KEY = "react"


def propose(desk: Desk, context: Context, parent: str, backend: str) -> Proposal:
    """The next training that the model hands in.

    Args:
        desk: Where questions are asked from.
        context: The record.
        parent: The trial that it counts as grown from: what it is compared with.
        backend: Who thinks, for the proposal.

    Raises:
        OutOfIdeasError: It says that it is done.
        DataError: What it hands in breaks the rules, twice.
    """
    before = context.trial(parent).cells
    evaluate = before.get("evaluate", "").strip() or render_cell("evaluate", EVALUATE)
    looking = desk.hands(context, KEY, {**before, "evaluate": evaluate})

    def read(document: Document) -> Proposal | None:
        if document["done"]:
            return None
        cells = {stage: str(document.get(stage, "")).strip() for stage in ("curate", "train")}
        if missing := [stage for stage, source in cells.items() if not source]:
            raise DataError(f"there is no {missing[0]} cell", where=missing[0], fix="write it")
        return checked(
            context, _proposal(context, parent, {**cells, "evaluate": evaluate}, document, backend)
        )

    found = desk.ask(
        KEY,
        "researcher",
        forms.REACT,
        read,
        system=desk.prompt("react", reference=reference()),
        stable=desk.stable_briefly(context),
        turn=desk.prompt(
            "react_turn",
            done=desk.dump([_told(view) for view in context.trials.values()]),
            earlier=desk.dump(context.others) if context.others else "",
            vetoes=desk.dump(context.vetoes) if context.vetoes else "",
            left=desk.dump(context.budget),
            looks=looking.most if looking else 0,
            wish=desk.dump({"wish": context.wish}) if context.wish else "",
        ),
        looking=looking,
    )
    if found is None:
        raise OutOfIdeasError("the agent says that it is done", where=parent)
    return found


def _told(view: TrialView) -> Mapping[str, Any]:
    """A trial as the agent sees it: what it handed in, and what came of it."""
    return {
        "trial": view.id,
        "statement": view.statement,
        "cells": {stage: view.cells.get(stage, "") for stage in ("curate", "train")},
        "score": view.score,
        "interval": [view.low, view.high],
        "seconds": view.seconds,
        "rows": view.rows,
        "failure": view.failure,
        "failure_message": view.failure_message,
        "log": view.failure_log,
        "printed": view.printed,
    }


def _proposal(
    context: Context, parent: str, cells: dict[str, str], document: Document, backend: str
) -> Proposal:
    metric = context.task.metric.name
    parts = changed_parts(Plan.of(context.trial(parent).cells), Plan.of(cells))
    statement = str(document["statement"])[:300]
    return Proposal(
        parent=parent,
        hypothesis=Hypothesis(
            statement=statement,
            changes=("data", "training"),
            cause="A plain agent was not asked for a cause.",
            evidence=(),
            metric=metric,
            low=float(document["low"]),
            high=float(document["high"]),
            refuted_if=refuted_if(metric, BETTER),
        ),
        cells=cells,
        change=Change(f"{KEY}:{len(context.digests)}", statement, parts=tuple(parts)),
        estimate=estimate(Situation.of(context, parent), cells),
        backend=backend,
        rule=KEY,
        seed=context.seed,
    )
