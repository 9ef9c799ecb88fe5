"""What a trial used while it ran, as faces are sent it."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from ftassist.records.kinds import TrialId, document


@document
class UsageSample(TypedDict):
    """What a trial's processes used over a while."""

    seconds: float
    """Since its cells began, at the end of the while."""
    stage: str
    cores: float
    """Processors in use, on average."""
    memory_mb: float
    """Resident memory of all its processes, in MiB, at most."""
    gpu_memory_mb: float | None
    gpu_share: float | None
    """How busy its GPU was, 0 to 1."""


@document
class Usage(TypedDict):
    """What a trial used while it ran; no samples where nothing was written down."""

    schema: Literal["ftassist/usage/1"]
    trial: TrialId
    running: bool
    every: float
    """Seconds between two samples."""
    cores: float | None
    """Processors it could use."""
    memory_limit_mb: float | None
    gpu: str | None
    """The name of its GPU; null for none."""
    gpu_memory_mb: float | None
    """The memory that GPU has, in MiB."""
    samples: list[UsageSample]
