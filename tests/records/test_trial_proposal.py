"""What was proposed is one record, which the fold makes of what the journal says."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.journal import Event, Kind, State, fold
from ftassist.records.proposal import NOT_PROPOSED, DryRun, Evidence, TrialProposal

CELLS = {"curate": "a", "train": "b", "evaluate": "c"}
FEW: dict[str, Any] = {"parent": "t0000", "cells": CELLS}
MANY: dict[str, Any] = {
    **FEW,
    "hypothesis": {
        "statement": "Longer helps.",
        "changes": ["training"],
        "cause": "it still falls",
        "evidence": [{"trial": "t0000", "claim": "score", "value": 0.5}],
        "metric": "accuracy",
        "low": 0.01,
        "high": 0.1,
        "refuted_if": "no gain",
        "claims": "better",
    },
    "change": {"key": "train.epochs:up", "description": "epochs 2 → 3"},
    "estimate": {"seconds": 20.0, "memory_mb": None, "cost_usd": 0.0},
    "backend": "playbook",
    "rule": "more_epochs",
    "seed": 3,
    "looked": ["at rows"],
    "dry_run": {"seconds": 2.0, "settled": True},
    "round": {"at": 7, "size": 2, "of": [["t0000", 2, {}]]},
}


def proposed(document: dict[str, Any]) -> TrialProposal:
    """The proposal of a trial after it was made so."""
    events = (
        Event(1, 1.0, "person:ada", Kind.CAMPAIGN_CREATED, None, {}),
        Event(2, 2.0, "agent:playbook", Kind.PROPOSAL_MADE, "t0001", document),
    )
    return fold(State(), events).trials["t0001"].proposal


@pytest.mark.parametrize("document", [FEW, MANY], ids=["few", "many"])
def test_all_that_was_proposed_is_in_its_document_again(document: dict[str, Any]) -> None:
    assert proposed(document).to_dict() == document


def test_what_is_nested_is_typed() -> None:
    found = proposed(MANY)
    assert found.hypothesis.predicted == (0.01, 0.1)
    assert found.hypothesis.evidence == (Evidence("t0000", "score", 0.5),)
    assert found.dry_run == DryRun(2.0, settled=True)
    assert found.round and found.round.of_ == (["t0000", 2, {}],)


def test_a_journal_of_another_version_tells_what_it_knows() -> None:
    found = proposed({**FEW, "later": 1, "beside": None})
    assert (found.parent, found.hypothesis.predicted) == ("t0000", None)
    assert found.to_dict() == FEW


def test_an_edited_one_keeps_what_was_proposed_first() -> None:
    found = proposed({**MANY, "author": "person:ada", "proposed": FEW})
    assert found.first.to_dict() == FEW
    assert proposed(FEW).first.to_dict() == FEW


def test_what_nobody_proposed_is_no_proposal() -> None:
    assert not NOT_PROPOSED
    assert NOT_PROPOSED.to_dict() == {}
