"""How a campaign goes on: pause, resume, stop, review, budget, where trials run, and consent.

Starts and ends no process: the runner reads what is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.campaign.campaign import Campaign
from ftassist.campaign.executors import EXECUTORS
from ftassist.campaign.review import parse_review
from ftassist.cluster.request import ClusterRequest
from ftassist.errors import UnknownNameError
from ftassist.journal.events import Event, Kind
from ftassist.records.budget import Budget
from ftassist.records.executor import RAY


def pause(
    campaign: Campaign, reason: str = "", *, actor: str | None = None, seen: int | None = None
) -> Event:
    """Starts no new trial until `resume`; what runs ends where it can go on from later.

    A supervised training ends at its next step, with a checkpoint; every other stage, and a
    training by another method, at its end.
    """
    return campaign.act(Kind.CAMPAIGN_PAUSED, {"reason": reason}, actor=actor, seen=seen)


def resume(campaign: Campaign, *, actor: str | None = None, seen: int | None = None) -> Event:
    """Goes on after `pause` or `stop`, once a runner is there."""
    return campaign.act(Kind.CAMPAIGN_RESUMED, actor=actor, seen=seen)


def stop(
    campaign: Campaign, reason: str = "", *, actor: str | None = None, seen: int | None = None
) -> Event:
    """Stops what runs and ends the runner; `resume` goes on later."""
    payload = {"reason": reason or "asked for"}
    return campaign.act(Kind.CAMPAIGN_STOPPED, payload, actor=actor, seen=seen)


def set_review(
    campaign: Campaign, mode: str, *, actor: str | None = None, seen: int | None = None
) -> Event:
    """Changes the review mode.

    Raises:
        DataError: There is no such mode.
    """
    payload = {"review": str(parse_review(mode))}
    return campaign.act(Kind.REVIEW_CHANGED, payload, actor=actor, seen=seen)


def set_budget(
    campaign: Campaign,
    limits: Mapping[str, Any],
    *,
    actor: str | None = None,
    seen: int | None = None,
) -> Event:
    """Changes limits of the budget; a finished campaign goes on when there is budget again.

    Args:
        campaign: The campaign.
        limits: The limits that change, by name; the others stay.
        actor: Who changes them; None for whoever uses this process.
        seen: The sequence number it was decided on; None for the state as it is now.

    Raises:
        BudgetError: There is no such limit, or it is not positive.
    """
    budget = Budget.of({**campaign.refresh().budget.to_dict(), **limits})
    return campaign.act(Kind.BUDGET_CHANGED, {"budget": budget.to_dict()}, actor=actor, seen=seen)


def set_executor(
    campaign: Campaign,
    executor: str,
    request: Mapping[str, Any] | None = None,
    *,
    actor: str | None = None,
    seen: int | None = None,
) -> Event:
    """Changes where trials run from now on; what runs ends where it is.

    Args:
        campaign: The campaign.
        executor: "local" for the runner's machine, or "ray".
        request: Where the cluster is and what a trial needs there, as `cluster.request.Request`.
        actor: Who changes it; None for whoever uses this process.
        seen: The sequence number it was decided on; None for the state as it is now.

    Raises:
        UnknownNameError: There is no such executor.
        DataError: The request cannot be.
    """
    if executor not in EXECUTORS:
        raise UnknownNameError.of("executor", executor, EXECUTORS)
    payload: dict[str, Any] = {"executor": executor}
    if executor == RAY:
        payload["request"] = ClusterRequest.from_dict(request or {}).to_dict()
    return campaign.act(Kind.EXECUTOR_CHANGED, payload, actor=actor, seen=seen)


def allow_unisolated(
    campaign: Campaign, reason: str = "", *, actor: str | None = None, seen: int | None = None
) -> Event:
    """Lets cells that a model wrote run here without isolation (see `consent`).

    A campaign that waits for it goes on.
    """
    return campaign.act(Kind.UNISOLATED_ALLOWED, {"reason": reason}, actor=actor, seen=seen)
