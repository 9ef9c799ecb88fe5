"""The review gate: whether a proposal needs a person.

Modes: "always" (a person decides each), "never" (the campaign runs by itself), "timeout N"
(accepted when nobody decided for N seconds), "cost X" (a person decides only above an estimated
cost: "cost 120s" in seconds of compute, "cost $2" in money).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ftassist.errors import DataError
from ftassist.journal.state import Trial


@dataclass(frozen=True)
class Review:
    """A parsed review mode."""

    mode: str
    limit: float = 0.0
    unit: str = ""

    def __str__(self) -> str:
        """The mode as a person writes it."""
        if self.mode == "timeout":
            return f"timeout {self.limit:g}"
        if self.mode == "cost":
            return f"cost ${self.limit:g}" if self.unit == "usd" else f"cost {self.limit:g}s"
        return self.mode


def parse_review(text: str) -> Review:
    """Reads a review mode.

    Raises:
        DataError: It is none of the four.
    """
    text = text.strip().lower()
    if text in ("always", "never"):
        return Review(text)
    if found := re.fullmatch(r"timeout\s+(\d+(?:\.\d+)?)\s*s?", text):
        return Review("timeout", float(found[1]))
    if found := re.fullmatch(r"cost\s+\$\s*(\d+(?:\.\d+)?)", text):
        return Review("cost", float(found[1]), "usd")
    if found := re.fullmatch(r"cost\s+(\d+(?:\.\d+)?)\s*s", text):
        return Review("cost", float(found[1]), "seconds")
    raise DataError(
        f"there is no review mode {text!r}",
        where="review",
        fix='use "always", "never", "timeout 60", "cost 120s" or "cost $2"',
    )


def accepts_alone(review: Review, proposal: Trial, now: float) -> str:
    """Why the gate lets a proposal pass without a person; "" when it waits for one.

    Args:
        review: The mode.
        proposal: A pending trial.
        now: Seconds since 1970.
    """
    if review.mode == "never":
        return "review: never"
    if review.mode == "timeout" and now - proposal.created >= review.limit:
        return f"review: nobody decided for {review.limit:g} s"
    if review.mode == "cost":
        estimate = proposal.proposal.estimate
        cost = estimate.cost_usd if review.unit == "usd" else estimate.seconds
        if cost is not None and cost <= review.limit:
            return f"review: estimated {review.unit} {cost:.3g} within {review.limit:g}"
    return ""
