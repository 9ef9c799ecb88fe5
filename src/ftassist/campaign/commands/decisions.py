"""Decisions on trials: accept, edit, veto, a veto taken back, a reading of its reason corrected.

Each is checked and written in one transaction of the journal: a decision on something that has
changed since it was looked at is refused. Runs nothing; the runner does what the journal says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from ftassist.agent.knobs import readings
from ftassist.agent.reasons import named, read_reason
from ftassist.agent.sets import SetView, known_sets
from ftassist.campaign.campaign import By, Campaign, person
from ftassist.campaign.commands.proposals import may_be_retried, propose_again
from ftassist.errors import (
    CellError,
    DataError,
    FtassistError,
    StaleDecisionError,
    UnknownNameError,
)
from ftassist.journal.events import Event, Kind
from ftassist.journal.state import STAGES, Status
from ftassist.journal.store import refuse_stale
from ftassist.records.understanding import Understanding, Wish

_TAKEN_BACK: Sequence[Status] = ("vetoed", "set_aside")
LONGEST_CELL = 100_000
LONGEST_REASON = 2000


def accept(campaign: Campaign, trial: str, reason: str = "", **by: Unpack[By]) -> Event:
    """Accepts a proposal: it will run. Its alternatives, if any, are set aside.

    Args:
        trial: The proposal.
        reason: Why; optional.
        by: Who acts, and on what.

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
    return _decide(campaign, Kind.DECISION_ACCEPTED, trial, payload, by)


def veto(campaign: Campaign, trial: str, reason: str, **by: Unpack[By]) -> Event:
    """Vetoes a proposal, or a trial that runs; the reason steers the next proposal.

    How the reason is understood is written with it (`agent/reasons.py`), to be shown at once.

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
    checked = _checked_reason(reason, trial)
    read = read_reason(checked, raw_sets(campaign))
    payload = {"reason": checked, "understood": read.to_dict()}
    open_to: Sequence[Status] = ("proposed", "accepted", "running")
    return _decide(campaign, Kind.DECISION_VETOED, trial, payload, by, open_to)


def correct(
    campaign: Campaign,
    trial: str,
    avoid: Sequence[str] = (),
    attempt: Sequence[str] = (),
    **by: Unpack[By],
) -> Event:
    """Corrects how the reason of a veto is understood; the person's reading stands from then on.

    Args:
        trial: The vetoed trial.
        avoid: What is not to be proposed, as keys or words ("more rows", "set:crowd").
        attempt: What is to be tried; nothing of both makes the reason a note.
        by: Who acts, and on what.

    Raises:
        StaleDecisionError: It changed since `seen`, or is not vetoed.
        UnknownNameError: A wish is not understood; names the nearest.
    """
    by["actor"] = reader = by.get("actor") or person()
    known = campaign.trial(trial)
    if known.decision.kind != "veto":
        raise StaleDecisionError(
            f"{known.id} is not vetoed, so there is no reason to be read",
            where=known.id,
            fix="correct the reading of a veto",
        )
    sets = raw_sets(campaign)
    choices = readings(list(sets))
    lists = [tuple(_wish(text, sets, choices) for text in texts) for texts in (avoid, attempt)]
    payload = {"understood": Understanding(lists[0], lists[1], reader).to_dict()}
    kind = Kind.DECISION_UNDERSTOOD
    return _decide(campaign, kind, trial, payload, by, ("vetoed",))


def _wish(text: str, sets: Mapping[str, SetView], choices: Sequence[Wish]) -> Wish:
    wish = named(text, sets, choices)
    if wish is None:
        raise UnknownNameError.of("thing to avoid or try", text, [one.words for one in choices])
    return wish


def raw_sets(campaign: Campaign) -> Mapping[str, SetView]:
    """The raw sets that a reason may speak of, as far as they are profiled."""
    state = campaign.refresh()
    return known_sets(state.profiles, lambda: campaign.card)


def undo_veto(campaign: Campaign, trial: str, reason: str = "", **by: Unpack[By]) -> Event:
    """Takes a veto back: the trial is a proposal again, and the agent forgets the reason.

    A proposal set aside because an alternative was accepted comes back the same way.

    Raises:
        StaleDecisionError: It changed since `seen`, or is neither vetoed nor set aside.
    """
    payload = {"reason": _checked_reason(reason, trial)}
    return _decide(campaign, Kind.DECISION_UNVETOED, trial, payload, by, _TAKEN_BACK)


def edit(
    campaign: Campaign,
    trial: str,
    cells: Mapping[str, str],
    *,
    prediction: tuple[float, float] | None = None,
    reason: str = "",
    **by: Unpack[By],
) -> Event:
    """Replaces cells of a proposal; from then on it is the person's hypothesis.

    The agent's prediction is withdrawn with its words (`agent/edited.py`). A trial that ended
    without a score stays as it is; the edit makes a new proposal from its cells, and the event
    is about that one.

    Args:
        trial: The proposal, or a trial that failed, was stopped or is invalid.
        cells: The new source by stage.
        prediction: The change of the metric that the person expects, from low to high (greater
            is better, whatever the metric).
        reason: Why; optional.
        by: Who acts, and on what.

    Raises:
        StaleDecisionError: It was decided on or edited since `seen`.
        UnknownNameError: No such stage.
        CellError: A source is not valid Python, there is none, or a recipe is called with an
            argument it does not take.
        DataError: The prediction is no interval.
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
    known = campaign.trial(trial)
    check_cells({**known.cells, **cells})
    refuse_arguments(cells, incomplete=True)
    payload: dict[str, Any] = {"cells": dict(cells)}
    if checked := _checked_reason(reason, trial):
        payload["reason"] = checked
    if prediction is not None:
        payload["prediction"] = _checked_prediction(prediction, trial)
    if may_be_retried(known):
        if (seen := by.pop("seen", None)) is not None:
            refuse_stale(seen, known.changed, known.id)
        trial, kept = propose_again(campaign, known, by.get("actor") or person())
        payload["cells"] = {**kept, **cells}
    return _decide(campaign, Kind.DECISION_EDITED, trial, payload, by)


def _decide(
    campaign: Campaign,
    kind: str,
    trial: str,
    payload: dict[str, Any],
    by: By,
    open_to: Sequence[Status] = ("proposed",),
) -> Event:
    seen = by.get("seen")
    looked_at = campaign.refresh().seq if seen is None else seen
    known = campaign.trial(trial)

    def check(_: int) -> None:
        now = campaign.refresh().trials[known.id]
        refuse_stale(looked_at, now.changed, known.id)
        if now.status not in open_to:
            raise StaleDecisionError(
                f"{known.id} is {now.status.replace('_', ' ')} and cannot be decided on any more",
                where=known.id,
                fix="ask for a new proposal",
            )

    event = campaign.journal.append_when(
        check,
        actor=by.get("actor") or person(),
        kind=kind,
        trial=known.id,
        payload={**payload, "seen": looked_at},
    )
    campaign.refresh()
    return event


def _checked_prediction(prediction: tuple[float, float], trial: str) -> dict[str, float]:
    low, high = prediction
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise DataError(
            f"{low:g} to {high:g} is no interval",
            where=f"{trial}, prediction",
            fix="give a lower end and a higher one, such as -0.02 to +0.08",
        )
    return {"low": float(low), "high": float(high)}


def _checked_reason(reason: str, trial: str) -> str:
    if len(reason) > LONGEST_REASON:
        raise FtassistError(
            f"a reason of {len(reason)} characters is too long",
            where=trial,
            fix=f"keep it below {LONGEST_REASON} characters",
        )
    return reason.strip()
