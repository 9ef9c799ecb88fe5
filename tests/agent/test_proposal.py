"""Proposals are checked on their way in."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.proposal import read_proposal
from ftassist.errors import DataError


@pytest.fixture
def document(world: Any) -> dict[str, Any]:
    return Playbook().propose(world.base().context(), "t0000")[0].to_dict()


def test_a_document_comes_back_as_it_was(document: dict[str, Any]) -> None:
    assert read_proposal(document).to_dict() == document


def test_a_missing_field_is_named(document: dict[str, Any]) -> None:
    del document["hypothesis"]["refuted_if"]
    with pytest.raises(DataError, match="refuted_if") as caught:
        read_proposal(document)
    assert caught.value.where == "hypothesis"


def test_an_unknown_field_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="reward"):
        read_proposal({**document, "reward": 1})


def test_an_interval_upside_down_is_refused(document: dict[str, Any]) -> None:
    document["hypothesis"] |= {"low": 0.3, "high": 0.1}
    with pytest.raises(DataError, match="upside down"):
        read_proposal(document)
