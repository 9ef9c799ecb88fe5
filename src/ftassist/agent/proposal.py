"""A proposal of somebody else, checked on its way in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ftassist.agent.schema import misfit
from ftassist.errors import DataError
from ftassist.records.proposal import Proposal
from ftassist.records.schemas import schema_of


@cache
def proposal_schema() -> dict[str, Any]:
    """The JSON schema of a proposal."""
    return {"$id": "ftassist/proposal/1", **schema_of(Proposal)}


def read_proposal(document: Mapping[str, Any]) -> Proposal:
    """Reads a document.

    Raises:
        DataError: It does not fit the schema, or its interval is upside down.
    """
    if wrong := misfit(document, proposal_schema()):
        raise DataError(
            f"not a valid proposal: {wrong.message}",
            where=wrong.place or "the document",
            fix="return a document that fits the schema",
        )
    proposal = Proposal.of(document)
    low, high = proposal.hypothesis.low, proposal.hypothesis.high
    if low > high:
        raise DataError(
            f"the predicted interval is upside down: {low} > {high}",
            where="hypothesis.low",
            fix="give low <= high",
        )
    return proposal
