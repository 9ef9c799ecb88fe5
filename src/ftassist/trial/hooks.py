"""What a run asks before and after each stage.

The engine calls these; the stage cache and the preflight checks answer them. Hooks are called in
a thread of their own and one at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ftassist.errors import FtassistError
from ftassist.trial.failures import Failure


@dataclass(frozen=True)
class Reuse:
    """A stage's result that is there already.

    Attributes:
        message: One line for the cell's output.
        facts: What goes into the cell's metadata, such as `cached_from`.
    """

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class StageHooks(Protocol):
    """Answers of the stage cache and the preflight checks; a refusal is a StageFailedError."""

    def before_stage(self, stage: str) -> Reuse | None:
        """Called before a stage's cell; a `Reuse` skips the cell."""
        ...

    def after_stage(self, stage: str, seconds: float, reused: Reuse | None) -> None:
        """Called when a stage's cell ended well or was skipped."""
        ...


class NoHooks:
    """Runs every stage; for a notebook run outside a campaign."""

    def before_stage(self, stage: str) -> Reuse | None:
        """Runs the stage."""
        return None

    def after_stage(self, stage: str, seconds: float, reused: Reuse | None) -> None:
        """Accepts what the stage made."""


class StageFailedError(FtassistError):
    """A stage that did not end well, with the failure's class, message and log."""

    def __init__(self, failure: Failure, *, fix: str = "") -> None:
        super().__init__(
            f"{failure.failure}: {failure.message}",
            where=f"stage {failure.stage}",
            fix=fix or "see the cell's output in the notebook",
        )
        self.failure = failure
