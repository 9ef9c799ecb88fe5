"""Decisions on trials: accept, edit, veto, and a veto taken back.

Each is checked and written in one transaction of the journal: a decision on something that has
changed since it was looked at is refused. Runs nothing; the runner does what the journal says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ftassist.errors import CellError, FtassistError, StaleDecisionError, UnknownNameError
from ftassist.journal.events import Event, Kind
from ftassist.journal.state import STAGES, Status
from ftassist.journal.store import refuse_stale

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign

LONGEST_CELL = 100_000
LONGEST_REASON = 2000


def accept(
    campaign: Campaign,
    trial: str,
    reason: str = "",
    *,
    seen: int | None = None,
    actor: str | None = None,
) -> Event:
    """Accepts a proposal: it will run. Its alternatives, if any, are set aside.

    Args:
        campaign: The campaign.
        trial: The proposal.
        reason: Why; optional.
        seen: The sequence number decided on; None for the state as it is now.
        actor: Who decides; None for whoever uses this process.

    Raises:
        StaleDecisionError: It was decided on or edited since `seen`.
        CellError: A cell of it cannot be run.
    """
    from ftassist.trial.cell_arguments import refuse_arguments
    from ftassist.trial.static_check import check_cells

    known = campaign.trial(trial)
    check_cells(known.cells)
    refuse_arguments({stage: known.cells[stage] for stage in known.edited})
    payload = {"reason": _checked_reason(reason, trial)}
    return _decide(campaign, Kind.DECISION_ACCEPTED, trial, payload, seen, actor)


def veto(
    campaign: Campaign,
    trial: str,
    reason: str,
    *,
    seen: int | None = None,
    actor: str | None = None,
) -> Event:
    """Vetoes a proposal, or a trial that runs; the reason steers the next proposal.

    Raises:
        StaleDecisionError: It was decided on or edited since `seen`.
        FtassistError: No reason is given.
    """
    if not reason.strip():
        raise FtassistError(
            "a veto needs a reason: it steers the next proposal",
            where=trial,
            fix='say why, for instance: veto t0003 "no answers without working"',
        )
    payload = {"reason": _checked_reason(reason, trial)}
    open_to: Sequence[Status] = ("proposed", "accepted", "running")
    return _decide(campaign, Kind.DECISION_VETOED, trial, payload, seen, actor, open_to)


def undo_veto(
    campaign: Campaign,
    trial: str,
    reason: str = "",
    *,
    seen: int | None = None,
    actor: str | None = None,
) -> Event:
    """Takes a veto back: the trial is a proposal again, and the agent forgets the reason.

    A proposal set aside because an alternative was accepted comes back the same way.

    Raises:
        StaleDecisionError: It changed since `seen`, or is not vetoed.
    """
    payload = {"reason": _checked_reason(reason, trial)}
    return _decide(campaign, Kind.DECISION_UNVETOED, trial, payload, seen, actor, ("vetoed",))


def edit(
    campaign: Campaign,
    trial: str,
    cells: Mapping[str, str],
    *,
    seen: int | None = None,
    actor: str | None = None,
) -> Event:
    """Replaces cells of a proposal; the person is credited with them.

    Args:
        campaign: The campaign.
        trial: The proposal.
        cells: The new source by stage.
        seen: The sequence number decided on; None for the state as it is now.
        actor: Who decides; None for whoever uses this process.

    Raises:
        StaleDecisionError: It was decided on or edited since `seen`.
        UnknownNameError: No such stage.
        CellError: A source is not valid Python, there is none, or a recipe is called with an
            argument it does not take.
    """
    from ftassist.trial.cell_arguments import refuse_arguments
    from ftassist.trial.static_check import check_cells

    if not cells:
        raise CellError("there is no cell to replace", where=trial, fix="name a stage")
    for stage, source in cells.items():
        if stage not in STAGES:
            raise UnknownNameError.of("stage", stage, STAGES)
        if len(source) > LONGEST_CELL:
            raise CellError(
                f"a cell of {len(source)} characters is too long",
                where=f"{trial} {stage}",
                fix=f"keep it below {LONGEST_CELL} characters",
            )
    check_cells({**campaign.trial(trial).cells, **cells})
    refuse_arguments(cells, incomplete=True)
    payload = {"cells": dict(cells)}
    return _decide(campaign, Kind.DECISION_EDITED, trial, payload, seen, actor)


def _decide(
    campaign: Campaign,
    kind: str,
    trial: str,
    payload: dict[str, Any],
    seen: int | None,
    actor: str | None,
    open_to: Sequence[Status] = ("proposed",),
) -> Event:
    from ftassist.campaign.campaign import person

    looked_at = campaign.refresh().seq if seen is None else seen
    known = campaign.trial(trial)

    def check(_: int) -> None:
        now = campaign.refresh().trials[known.id]
        refuse_stale(looked_at, now.changed, known.id)
        if now.status not in open_to:
            raise StaleDecisionError(
                f"{known.id} is {now.status} and cannot be decided on any more",
                where=known.id,
                fix="ask for a new proposal",
            )

    event = campaign.journal.append_when(
        check,
        actor=actor or person(),
        kind=kind,
        trial=known.id,
        payload={**payload, "seen": looked_at},
    )
    campaign.refresh()
    return event


def _checked_reason(reason: str, trial: str) -> str:
    if len(reason) > LONGEST_REASON:
        raise FtassistError(
            f"a reason of {len(reason)} characters is too long",
            where=trial,
            fix=f"keep it below {LONGEST_REASON} characters",
        )
    return reason.strip()
