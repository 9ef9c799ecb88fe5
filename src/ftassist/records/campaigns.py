"""The list of campaigns, as faces are sent it."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from ftassist.records.budget import Budget
from ftassist.records.kinds import Phase, TrialId, WaitsFor, document


@document
class CampaignRow(TypedDict):
    """A row of the list of campaigns."""

    id: str
    name: str
    path: str
    """Relative to the server's root."""
    task: str
    model: str
    backend: str
    review: str
    phase: Phase | Literal["damaged"]
    reason: str
    waits_for: WaitsFor
    """What a paused campaign waits for; empty for a person's word."""
    seq: int
    runner_alive: bool
    running: list[TrialId]
    pending: list[TrialId]
    best: TrialId | None
    best_score: float | None
    base_score: float | None
    trials_used: int
    seconds_used: float
    budget: Budget | None
    """None where the journal cannot be read at all."""
    created: float
    damage: str
    """Why the journal cannot be read further; empty for a sound one."""


@document
class CampaignList(TypedDict):
    """The campaigns below the server's root, newest first."""

    schema: Literal["ftassist/campaigns/1"]
    campaigns: list[CampaignRow]
    cut: bool
    """Whether the search for campaigns stopped before it had seen all folders."""
