"""A stage of a trial that came to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ftassist.records.numerics import NO_NUMERICS, TrialNumerics
from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class StageRun(Record):
    """How a stage went; false for one that has not come to its end."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"numerics", "seconds_saved", "damaged"})

    stage: str = ""
    """curate, train or evaluate."""
    seconds: float | None = None
    """Wall-clock seconds it took here."""
    cached_from: str | None = None
    """The trial whose files it took instead of running; None where it ran."""
    key: str = ""
    """What it is known by in the stage cache."""
    summary: Any = ""
    """What it said of itself: the data card or the training's report, as its cells wrote them."""
    numerics: TrialNumerics = NO_NUMERICS
    """Of a training that ran here."""
    seconds_saved: float | None = None
    """What running it again would have taken."""
    damaged: str = ""
    """What was wrong with the files that the cache had of it."""

    def __bool__(self) -> bool:
        """Whether it came to its end."""
        return bool(self.stage)

    @property
    def document(self) -> Mapping[str, Any]:
        """What it said of itself, where that is an object; else an empty one."""
        return self.summary if isinstance(self.summary, Mapping) else {}


NOT_RUN = StageRun()
