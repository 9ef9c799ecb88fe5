"""A proposal is one record: its schema is made of it, and what the journal holds comes back."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from ftassist.agent.proposal import proposal_schema, read_proposal
from ftassist.agent.variants import VARIANTS
from ftassist.errors import DataError
from ftassist.records.proposal import Change, Estimate, Evidence, Hypothesis, Proposal

MADE = Proposal(
    parent="t0000",
    hypothesis=Hypothesis(
        "fewer rows",
        ("data",),
        "noise",
        (Evidence("t0000", "score", 0.4),),
        "accuracy",
        0.0,
        0.1,
        "-",
    ),
    cells={"curate": "a", "train": "b", "evaluate": "c"},
    change=Change("curate.rows:down", "fewer rows"),
    estimate=Estimate(seconds=3.0),
    backend="playbook",
    beside="t0001",
)


def test_an_alternative_fits_the_schema_and_comes_back() -> None:
    document = MADE.to_dict()
    jsonschema.validate(document, proposal_schema())
    assert document["beside"] == "t0001"
    assert read_proposal(document) == MADE


def test_a_proposal_may_be_for_whatever_a_round_has_proposals_for() -> None:
    assert set(proposal_schema()["properties"]["variant"]["enum"]) == set(VARIANTS)


def test_what_is_empty_and_new_is_left_out_of_the_document() -> None:
    document = Proposal.of({**MADE.to_dict(), "beside": ""}).to_dict()
    assert not {"beside", "looked"} & set(document)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("parent", {"parent": "the first"}),
        ("cells", {"cells": {"curate": "a", "train": "b"}}),
        ("estimate.seconds", {"estimate": {"seconds": "long"}}),
        (
            "hypothesis.changes.0",
            {"hypothesis": {**MADE.to_dict()["hypothesis"], "changes": ["x"]}},
        ),
        ("seed", {"seed": -1}),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(place: str, change: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="not a valid proposal") as caught:
        read_proposal({**MADE.to_dict(), **change})
    assert caught.value.where == place
