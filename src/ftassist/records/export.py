"""A copy of a trial's model, as others load it: asked for, made, and scored again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class TrialExport(Record):
    """The last wish for a copy of a trial's model, and what came of it; false without one."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset(
        {
            "actor", "time", "folder", "files", "bytes", "message", "form", "runtime", "note",
            "prompts", "differences", "forced", "trial_score", "export_score", "difference", "low",
            "high", "n", "method", "bound", "same", "by_view",
        }
    )  # fmt: skip

    status: str = ""
    """asked, made or failed."""
    actor: str = ""
    """Who wished for it."""
    time: float | None = None
    """When, in seconds since 1970."""
    folder: str = ""
    """Below the campaign's."""
    files: int | None = None
    bytes: int | None = None
    message: str = ""
    """Why it could not be made."""
    form: str = ""
    """Of one that was scored again, with all that follows: what it is."""
    runtime: str = ""
    """What it was loaded by."""
    note: str = ""
    """What a person should know of it."""
    prompts: int | None = None
    """How many prompts were compared token by token."""
    differences: tuple[str, ...] = ()
    """How it asks otherwise than it was trained."""
    forced: bool | None = None
    """Whether it was kept although it does not behave as scored."""
    trial_score: float | None = None
    export_score: float | None = None
    difference: float | None = None
    """Export less trial, greater is better."""
    low: float | None = None
    """Lower end of its paired 95 % interval."""
    high: float | None = None
    """Upper end."""
    n: int | None = None
    """Items."""
    method: str = ""
    """What computed it, in words."""
    bound: float | None = None
    """The loss that was allowed."""
    same: float | None = None
    """Share of items whose answers are the same to the letter."""
    by_view: bool | None = None
    """Whether views weigh alike in the difference."""

    def __bool__(self) -> bool:
        """Whether there was a wish."""
        return bool(self.status)


NO_EXPORT = TrialExport()
