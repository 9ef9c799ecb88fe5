"""What a campaign was founded with is one record, which the fold makes of its first event."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.journal import Event, Kind, State, fold
from ftassist.journal.state import FRESH_SEEDS
from ftassist.records.settings import NOTHING_SAID

SAID: dict[str, Any] = {
    "name": "c",
    "task": "toy",
    "model": "tiny",
    "backend": "playbook",
    "policy": "asha",
    "rungs": [0.25, 1.0],
    "seed": 0,
    "feedback_part": {"seed": 0},
    "versions": {"python": "3.11"},
    "fresh_seeds": 0,
}


def founded(payload: dict[str, Any]) -> State:
    """A campaign that was founded so."""
    return fold(State(), [Event(1, 1.0, "person:ada", Kind.CAMPAIGN_CREATED, None, payload)])


def test_all_that_was_said_is_in_its_document_again() -> None:
    state = founded({**SAID, "later": 1, "budget": {"trials": 3}, "card": {"key": "toy"}})
    assert state.settings.to_dict() == SAID
    assert (state.task, state.fresh_seeds, state.budget.trials) == ("toy", 0, 3)


def test_a_journal_that_tells_less_opens() -> None:
    state = founded({"task": "toy"})
    assert (state.settings.seed, state.settings.rungs, state.settings.dry_run) == (0, (), None)
    assert state.settings.feedback_part is None
    assert state.fresh_seeds == FRESH_SEEDS


@pytest.mark.parametrize("name", ["task", "rungs"])
def test_notebooks_of_earlier_versions_ask_as_of_a_document(name: str) -> None:
    assert founded(SAID).settings[name] == SAID[name]


def test_before_a_campaign_is_founded_nothing_is_said() -> None:
    assert not NOTHING_SAID
    assert NOTHING_SAID.to_dict() == {}
