"""Insights: sentences that cite the trials they rest on.

The record only. Who writes, pins or retracts one is decided elsewhere, by events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ftassist.errors import DataError

InsightStatus = Literal["active", "retracted"]


@dataclass(frozen=True)
class Insight:
    """What a campaign has learned, in one sentence.

    Attributes:
        id: Such as "i0002".
        text: The sentence.
        trials: Ids of the trials it rests on; at least one.
        status: "retracted" once later trials speak against it; it stays readable.
        pinned: Whether a person wants it in every prompt.

    Raises:
        DataError: The text is empty, no trial is cited, or the status is unknown.
    """

    id: str
    text: str
    trials: tuple[str, ...]
    status: InsightStatus = "active"
    pinned: bool = False

    def __post_init__(self) -> None:
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

    def to_dict(self) -> dict[str, Any]:
        """The insight as JSON."""
        return {**asdict(self), "trials": list(self.trials)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Insight:
        """The insight back from JSON.

        Raises:
            DataError: A field is missing or unknown.
        """
        try:
            return cls(**{**raw, "trials": tuple(raw["trials"])})
        except (KeyError, TypeError) as error:
            raise DataError(
                f"not an insight: {error}",
                where=str(raw.get("id", "")),
                fix="compare it with Insight.to_dict",
            ) from error
