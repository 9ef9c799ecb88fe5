"""What a campaign was founded with."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ftassist.records.record import EVERY_FIELD, Record


@dataclass(frozen=True, slots=True)
class FeedbackPart(Record):
    """The draw of the validation items that may be shown and do not select."""

    seed: int


@dataclass(frozen=True, slots=True)
class CampaignSettings(Record):
    """What a campaign was founded with, but for what changes later; empty where nobody said."""

    LEFT_OUT: ClassVar[Container[str]] = EVERY_FIELD

    name: str = ""
    task: str = ""
    """The task's key, or its folder."""
    model: str = ""
    """The base model's name or id, or its folder."""
    backend: str = ""
    """Who proposes."""
    policy: str = ""
    """The search policy."""
    rungs: tuple[float, ...] = ()
    """The shares of a training to which trials are run in part; empty where they are not."""
    seed: int = 0
    feedback_part: FeedbackPart | None = None
    """None in journals from before a part of the items was set apart."""
    day: str = ""
    """The day its base's chat template is told, as 2026-11-28."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of the packages it was founded with."""
    agent: Mapping[str, Any] = field(default_factory=dict)
    """How the backend's models are asked (`AgentSettings`)."""
    teacher: str = ""
    """The folder or id of a teacher model; "" for none."""
    panel: bool | None = None
    """Whether base and finalist are scored on the general panel."""
    dry_run: bool | None = None
    """Whether proposals are tried before they are made; None where nobody said."""
    base_notes: tuple[str, ...] = ()
    """What is peculiar of the base's chat template."""
    shape: Mapping[str, Any] = field(default_factory=dict)
    """The base's architecture and width."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """The base's parameters, where it lay here, and the cores of the machine that made this."""
    variants: int | None = None
    """Proposals a round; None for one."""
    fresh_seeds: int | None = None
    """On how many seeds the finalist is trained again; None where nobody said."""
    stopping: str = ""
    """What is done where nothing that is left to gain would be seen (`StoppingMode`); "" in
    campaigns whose policy never says so."""
    track: tuple[str, ...] = ()
    """The trackers that trials are mirrored to."""

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return self != NOTHING_SAID


NOTHING_SAID = CampaignSettings()
