"""How a trial ended that got no score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from ftassist.records.numerics import NO_NUMERICS, TrialNumerics
from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class TrialFailure(Record):
    """What went wrong in a trial; false where nothing did."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset(
        {"actor", "seconds", "peak_memory_mb", "cuda_peak_mb", "numerics", "files"}
    )

    class_: str = ""
    """CONFIG, OOM, DATA, ENV, TIMEOUT, KILLED, BUDGET, INVALID, or STOPPED by a person."""
    stage: str | None = None
    """The stage or the preflight check it ended in; None where none had begun."""
    message: str = ""
    """One or a few lines; of a stopped trial the reason, where one was given."""
    traceback: str = ""
    """Its last lines, plain text."""
    actor: str = ""
    """Who asked to stop it, where that is known."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Wall-clock seconds of each stage."""
    peak_memory_mb: float | None = None
    """Highest resident memory of its kernel, in MiB; None or 0 where it was not measured."""
    cuda_peak_mb: float | None = None
    """The most GPU memory that torch held, in MiB; None or 0 where it was not measured."""
    numerics: TrialNumerics = NO_NUMERICS
    """What the training that broke off recorded of its numerics."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The digests of the files it left, by path in its folder."""

    def __bool__(self) -> bool:
        """Whether anything went wrong."""
        return bool(self.class_)


NO_FAILURE = TrialFailure()
