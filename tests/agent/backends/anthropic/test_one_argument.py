"""An idea that changes one argument is written by the program, and costs no call."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.backends.anthropic.backend import AnthropicBackend
from ftassist.agent.backends.anthropic.one_argument import cells_of
from ftassist.agent.plan import Plan
from ftassist.records.proposal import Change

from ...messages_server import MessagesServer
from .conftest import Told
from .test_backend import cells, idea, ideas, longer, surveyed


@pytest.fixture
def backend(server: MessagesServer, told: Told, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A backend of a campaign that was made lately."""
    monkeypatch.setenv("FTASSIST_OFFLINE", "1")
    told.settings = {"base_url": server.url, "direct": True, "looks": 0}
    return AnthropicBackend(told.link)


@pytest.mark.parametrize("after", ["4", "epochs=4"])
def test_one_argument_costs_one_call(
    server: MessagesServer, world: Any, backend: Any, after: str
) -> None:
    context = surveyed(world).context("t0001")
    server.say(ideas(idea(change={"after": after})))
    (proposal,) = backend.propose(context, "t0001")
    assert len(server.requests) == 1
    assert Plan.of(proposal.cells).training["epochs"] == 4
    assert proposal.cells == {**context.trials["t0001"].cells, "train": longer(world)}


def test_what_would_not_be_checked_goes_to_the_executor(
    server: MessagesServer, world: Any, backend: Any
) -> None:
    context = surveyed(world).context("t0001")
    wrong = idea(change={"key": "train.epoch_count:up", "after": "4"})
    server.say(ideas(wrong), cells(train=longer(world)))
    (proposal,) = backend.propose(context, "t0001")
    assert len(server.requests) == 2
    assert Plan.of(proposal.cells).training["epochs"] == 4


@pytest.mark.parametrize(
    ("change", "changes"),
    [
        (Change("train.epochs:up", "d", after="twice as many"), ("training",)),
        (Change("train.epochs:up", "d", after="2"), ("training",)),
        (Change("train.epochs:up", "d", after=""), ("training",)),
        (Change("train.epochs:up", "d", after="[4]"), ("training",)),
        (Change("train.seed:set", "d", after="7"), ("training",)),
        (Change("curate.sample:up", "d", after="4"), ("training",)),
        (Change("train.epochs:up", "d", after="4"), ("data", "training")),
        (Change("train.epochs:up", "d", after="4", parts=("a", "b")), ("training",)),
    ],
)
def test_what_is_not_one_argument_takes_a_writer(
    world: Any, change: Change, changes: tuple[str, ...]
) -> None:
    before = surveyed(world).context("t0001").trials["t0001"].cells
    assert cells_of(before, changes, change) is None


def test_a_cell_that_is_code_of_its_own_takes_a_writer(world: Any) -> None:
    before = dict(surveyed(world).context("t0001").trials["t0001"].cells)
    before["train"] += "\nfor _ in range(3):\n    print('x')"
    assert cells_of(before, ("training",), Change("train.epochs:up", "d", after="4")) is None
