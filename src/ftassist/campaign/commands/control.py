"""How a campaign goes on: pause, resume, stop, review, budget, where trials run, and consent.

Starts and ends no process: the runner reads what is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from ftassist.campaign.campaign import By, Campaign
from ftassist.campaign.executors import EXECUTORS
from ftassist.campaign.review import parse_review
from ftassist.cluster.request import ClusterRequest
from ftassist.errors import UnknownNameError
from ftassist.journal.events import Event, Kind
from ftassist.records.budget import Budget
from ftassist.records.executor import RAY


def pause(campaign: Campaign, reason: str = "", **by: Unpack[By]) -> Event:
    """Starts no new trial until `resume`; what runs ends where it can go on from later.

    A supervised training ends at its next step, with a checkpoint; every other stage, and a
    training by another method, at its end.
    """
    return campaign.act(Kind.CAMPAIGN_PAUSED, {"reason": reason}, **by)


def resume(campaign: Campaign, **by: Unpack[By]) -> Event:
    """Goes on after `pause` or `stop`, once a runner is there."""
    return campaign.act(Kind.CAMPAIGN_RESUMED, **by)


def stop(campaign: Campaign, reason: str = "", **by: Unpack[By]) -> Event:
    """Stops what runs and ends the runner; `resume` goes on later."""
    payload = {"reason": reason or "asked for"}
    return campaign.act(Kind.CAMPAIGN_STOPPED, payload, **by)


def set_review(campaign: Campaign, mode: str, **by: Unpack[By]) -> Event:
    """Changes the review mode.

    Raises:
        DataError: There is no such mode.
    """
    payload = {"review": str(parse_review(mode))}
    return campaign.act(Kind.REVIEW_CHANGED, payload, **by)


def set_budget(campaign: Campaign, limits: Mapping[str, Any], **by: Unpack[By]) -> Event:
    """Changes limits of the budget; a finished campaign goes on when there is budget again.

    Args:
        limits: The limits that change, by name; the others stay.
        by: Who acts, and on what.

    Raises:
        BudgetError: There is no such limit, or it is not positive.
    """
    budget = Budget.of({**campaign.refresh().budget.to_dict(), **limits})
    return campaign.act(Kind.BUDGET_CHANGED, {"budget": budget.to_dict()}, **by)


def set_executor(
    campaign: Campaign, executor: str, request: Mapping[str, Any] | None = None, **by: Unpack[By]
) -> Event:
    """Changes where trials run from now on; what runs ends where it is.

    Args:
        executor: "local" for the runner's machine, or "ray".
        request: Where the cluster is and what a trial needs there, as `ClusterRequest`.
        by: Who acts, and on what.

    Raises:
        UnknownNameError: There is no such executor.
        DataError: The request cannot be.
    """
    if executor not in EXECUTORS:
        raise UnknownNameError.of("executor", executor, EXECUTORS)
    payload: dict[str, Any] = {"executor": executor}
    if executor == RAY:
        payload["request"] = ClusterRequest.from_dict(request or {}).to_dict()
    return campaign.act(Kind.EXECUTOR_CHANGED, payload, **by)


def choose_executor(
    campaign: Campaign,
    executor: str,
    request: Mapping[str, Any] | None = None,
    *,
    actor: str | None = None,
) -> None:
    """Has trials run there from now on; writes it only where the journal holds another choice.

    Raises:
        UnknownNameError: There is no such executor.
        DataError: The request cannot be.
    """
    now = campaign.refresh().executor
    wanted = ClusterRequest.from_dict(request or {}).to_dict() if executor == RAY else {}
    if (now.name, dict(now.request)) != (executor, wanted):
        set_executor(campaign, executor, wanted, actor=actor)


def allow_unisolated(campaign: Campaign, reason: str = "", **by: Unpack[By]) -> Event:
    """Lets cells that a model wrote run here without isolation (see `consent`).

    A campaign that waits for it goes on.
    """
    return campaign.act(Kind.UNISOLATED_ALLOWED, {"reason": reason}, **by)
