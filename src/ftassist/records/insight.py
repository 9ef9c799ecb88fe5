"""Insights: sentences that cite the trials they rest on.

The record only. Who writes, pins or retracts one is decided elsewhere, by events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from ftassist.errors import DataError
from ftassist.records.record import Record

InsightStatus = Literal["active", "retracted"]


@dataclass(frozen=True, slots=True)
class Insight(Record):
    """What a campaign has learned, in one sentence."""

    id: str
    """Such as "i0002"."""
    text: str
    """The sentence."""
    trials: tuple[str, ...] = ()
    """Ids of the trials it rests on; at least one."""
    status: InsightStatus = "active"
    """It is retracted once later trials speak against it, and stays readable."""
    pinned: bool = False
    """Whether a person wants it in every prompt."""

    def checked(self) -> Self:
        """Itself, before it is written down.

        Raises:
            DataError: The text is empty, no trial is cited, or the status is unknown.
        """
        if not self.text.strip():
            raise DataError("an insight without a sentence", where=self.id, fix="write one")
        if not self.trials:
            raise DataError(
                "an insight that cites no trial",
                where=self.id,
                fix="name the trials it rests on",
            )
        if self.status not in ("active", "retracted"):
            raise DataError(
                f"an insight cannot be {self.status!r}",
                where=self.id,
                fix="use active or retracted",
            )
        return self
