"""What the report tells of the search: what is believed of trials, and what would come next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftassist.documents.what_if import next_lines, what_if_document
from ftassist.errors import FtassistError
from ftassist.records.what_if import Believed

if TYPE_CHECKING:
    from ftassist.campaign import Campaign


@dataclass(frozen=True)
class ReportOutlook:
    """What is told; nothing where nothing has a score.

    Attributes:
        tied: Which trials cannot be told apart, in a sentence.
        front: Which trials no other beats in every metric, in a sentence; "" for one metric.
        sure: How sure one may be, and what more would buy, a sentence each.
        next: What would be done next, a line each.
        beliefs: What is believed of the scored trials, the best first.
    """

    tied: str = ""
    front: str = ""
    sure: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    beliefs: tuple[Believed, ...] = ()

    def of(self, trial: str) -> Believed | None:
        """What is believed of a trial; None where it has no score."""
        return next((one for one in self.beliefs if one["trial"] == trial), None)


def look_ahead(campaign: Campaign) -> ReportOutlook:
    """The outlook of a campaign, also where its policy cannot say what comes next."""
    try:
        found = what_if_document(campaign)
        coming = next_lines(found)
    except FtassistError as error:
        found = what_if_document(campaign, slots=0)
        coming = [f"what would come next cannot be told: {error.what}"]
    sure, beliefs = tuple(found["sure"]), tuple(found["beliefs"])
    tied, front = found["tied_sentence"], found["front_sentence"]
    return ReportOutlook(tied, front, sure, tuple(coming), beliefs)
