"""A proposal is tried before it is made: what breaks in a dry run is mended inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ftassist.agent.advice import advice_for, sizes_of
from ftassist.agent.backends.anthropic import forms
from ftassist.agent.backends.anthropic.calls import Allowance
from ftassist.agent.backends.anthropic.cells import (
    MEND,
    PURPOSES,
    check_batch,
    checked,
    system_of,
    told_of,
    with_cells,
)
from ftassist.agent.backends.anthropic.desk import Desk, Document
from ftassist.agent.context import Context
from ftassist.agent.cost import estimate
from ftassist.agent.dry_run import broke, told
from ftassist.agent.plan import Plan, changed_parts
from ftassist.agent.situation import Situation
from ftassist.errors import DataError
from ftassist.records.proposal import Proposal
from ftassist.records.tried import Tried


def settled(desk: Desk, context: Context, proposal: Proposal) -> Proposal:
    """The proposal, tried on a few rows; what breaks is mended in it, and costs no trial.

    Args:
        desk: Where questions are asked from.
        context: The record.
        proposal: A proposal that keeps the rules.

    Raises:
        DataError: Its cells break, however often they are mended; says how they broke last.
    """
    run, mends = desk.tries, desk.caller.settings.mends
    if run is None:
        return proposal
    runs = [run(proposal.cells)]
    while not runs[-1].passed:
        if len(runs) > mends:
            raise DataError(
                f"its cells break in a dry run: {broke(runs[-1])}",
                where=runs[-1].stage,
                fix="propose what runs, or look at the cell and its rows first",
            )
        proposal = _asked(desk, context, proposal, runs)
        runs.append(run(proposal.cells))
    return replace(proposal, dry_run=told(runs))


def _asked(desk: Desk, context: Context, proposal: Proposal, runs: Sequence[Tried]) -> Proposal:
    """The proposal with other cells where they broke; what passed stays.

    A train cell that is the parent's has run before: what it stumbles over is in the rows.
    """
    failed, number = runs[-1], len(runs)
    parent = context.trial(proposal.parent).cells
    new = proposal.cells["train"] != parent.get("train", "").strip()
    passed = "curate" if failed.stage == "train" and failed.failure != "DATA" and new else ""
    sizes = sizes_of(proposal.cells)
    looking = desk.hands(context, MEND, proposal.cells)

    def read(document: Document) -> Proposal:
        cells = with_cells(proposal.cells, passed, document)
        if cells == proposal.cells:
            raise DataError("nothing was changed", where=failed.stage, fix="mend what broke in it")
        if failed.failure == "OOM":
            check_batch(sizes, sizes_of(cells))
        return checked(context, _mended(context, proposal, cells))

    return desk.ask(
        MEND,
        "executor",
        forms.CELLS,
        read,
        system=system_of(desk),
        stable=desk.stable(context),
        turn=desk.prompt(
            MEND,
            stage=failed.stage,
            failure=failed.failure,
            number=number,
            rounds=desk.caller.settings.mends,
            cells=desk.dump(proposal.cells),
            log=desk.fence.quote(f"{failed.message}\n{failed.log}"),
            earlier="; ".join(desk.fence.quote(broke(run)) for run in runs[:-1]),
            advice=advice_for(failed.failure, sizes),
            statement=proposal.hypothesis.statement,
            setbacks=desk.setbacks(context, *PURPOSES),
            passed="The curate cell passed and stays as it is." if passed else "",
            **told_of(looking),
        ),
        allowance=Allowance(2),
        looking=looking,
    )


def _mended(context: Context, proposal: Proposal, cells: dict[str, str]) -> Proposal:
    """The proposal with mended cells; where these change more, it says what."""
    before = Plan.of(context.trial(proposal.parent).cells)
    parts = tuple(changed_parts(before, Plan.of(cells)))
    stated = proposal.change.parts
    change = (
        proposal.change
        if len(parts) <= max(1, len(stated))
        else replace(proposal.change, parts=parts)
    )
    cost = estimate(Situation.of(context, proposal.parent), cells)
    return replace(proposal, cells=cells, change=change, estimate=cost)
