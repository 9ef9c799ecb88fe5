"""What the run of a trial that came to its end reported of itself."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ftassist.records.numerics import NO_NUMERICS, TrialNumerics
from ftassist.records.record import EVERY_FIELD, Record


@dataclass(frozen=True, slots=True)
class TrialOutcome(Record):
    """What a run cost and left behind; nothing of it is known before its end."""

    LEFT_OUT: ClassVar[Container[str]] = EVERY_FIELD

    seconds: Mapping[str, float] = field(default_factory=dict)
    """Wall-clock seconds of each stage."""
    rows: int | None = None
    """Rows it trained on; None where that is not known."""
    peak_memory_mb: float | None = None
    """Highest resident memory of its kernel, in MiB."""
    cuda_peak_mb: float | None = None
    """The most GPU memory that torch held, in MiB."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """The data card, as the cells wrote it; empty where they wrote none."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """What the training reported; empty where a cell did without the recipe."""
    numerics: TrialNumerics = NO_NUMERICS
    """What a training that ended in this run recorded of its numerics."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The digests of the files it left, by path in its folder."""


NO_OUTCOME = TrialOutcome()
