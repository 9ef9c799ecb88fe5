"""Cells are tried before they cost a trial; what breaks is mended inside the proposal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ftassist.agent.backends.anthropic.backend import AnthropicBackend
from ftassist.documents import words
from ftassist.errors import DataError
from ftassist.journal import Kind
from ftassist.records.tried import Tried

from ...messages_server import MessagesServer, Reply
from .conftest import Told
from .test_backend import cells, idea, ideas, longer, surveyed

BROKE = Tried(
    False, 3.0, stage="train", failure="CONFIG", message="TypeError: no 'warm_up'", log="line 3"
)
PASSED = Tried(True, 6.0)


class Trying:
    """A dry run that answers as it is told, and keeps what it was given."""

    def __init__(self, *answers: Tried) -> None:
        self.answers = list(answers)
        self.given: list[Mapping[str, str]] = []

    def __call__(self, cells: Mapping[str, str]) -> Tried:
        self.given.append(dict(cells))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def backend(server: MessagesServer, told: Told) -> Any:
    def make(*answers: Tried, **settings: Any) -> tuple[AnthropicBackend, Trying]:
        told.settings = {"base_url": server.url, **settings}
        told.dry_run = trying = Trying(*answers)
        return AnthropicBackend(told.link), trying

    return make


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTASSIST_OFFLINE", "1")


def steps(world: Any, number: int) -> str:
    return longer(world).replace("epochs=4", f"epochs=4, max_steps={number}")


def test_cells_that_pass_cost_no_further_call(
    server: MessagesServer, world: Any, backend: Any
) -> None:
    context = surveyed(world).context("t0001")
    made, trying = backend(PASSED)
    server.say(ideas(idea()), cells(train=longer(world)))
    (proposal,) = made.propose(context, "t0001")
    assert len(server.requests) == 2
    assert [dict(proposal.cells)] == trying.given
    assert words.dry_run(proposal.dry_run) == "dry run passed in 6.0 s"


def a_try(**cells: str) -> Reply:
    return Reply(calls=[("try_cells", cells)])


def test_the_executor_tries_cells_before_it_hands_them_in(
    server: MessagesServer, told: Told, world: Any, backend: Any
) -> None:
    context = surveyed(world).context("t0001")
    made, trying = backend(BROKE, PASSED)
    server.say(ideas(idea()), a_try(train=steps(world, 90)), a_try(train=longer(world)))
    server.say(cells(train=longer(world)))
    (proposal,) = made.propose(context, "t0001")
    assert proposal.cells["train"] == longer(world)
    assert [one["train"] for one in trying.given] == [steps(world, 90), longer(world)]
    assert words.dry_run(proposal.dry_run) == "dry run passed in 6.0 s", "it was run once"
    assert [look["purpose"] for look in told.of(Kind.LOOKED)] == ["implement"] * 2
    *_, after = server.requests[2]["messages"]
    assert "⟪" in str(after) and "warm_up" in str(after), "behind the fence"
    assert "try_cells" in server.requests[1]["messages"][0]["content"][-1]["text"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"train": "import os"}, "is not allowed in an agent"),
        ({}, "give the cell"),
        ({"evaluate": "x = 1"}, "Additional properties"),
    ],
)
def test_what_may_not_be_tried_is_told_and_not_run(
    server: MessagesServer, world: Any, backend: Any, given: dict[str, str], why: str
) -> None:
    context = surveyed(world).context("t0001")
    made, trying = backend(PASSED)
    server.say(ideas(idea()), a_try(**given), cells(train=longer(world)))
    made.propose(context, "t0001")
    assert why in str(server.requests[2]["messages"][-1])
    assert len(trying.given) == 1


def test_tries_are_bounded_and_without_looks_there_are_none(
    server: MessagesServer, world: Any, backend: Any
) -> None:
    context = surveyed(world).context("t0001")
    made, trying = backend(BROKE, PASSED, looks=1)
    tries = [a_try(train=steps(world, 90 + number)) for number in range(3)]
    server.say(ideas(idea()), *tries, cells(train=longer(world)))
    made.propose(context, "t0001")
    assert len(trying.given) == 4
    assert server.requests[-1]["tool_choice"]["type"] == "tool", "no more looks: hand in"
    made, _ = backend(PASSED, looks=0)
    server.say(ideas(idea()), cells(train=longer(world)))
    made.propose(context, "t0001")
    assert [tool["name"] for tool in server.requests[-1]["tools"]] == ["write_cells"]


def test_a_crash_is_mended_inside_the_proposal_and_what_passed_stays(
    server: MessagesServer, world: Any, backend: Any
) -> None:
    context = surveyed(world).context("t0001")
    made, trying = backend(BROKE, PASSED)
    server.say(ideas(idea()), cells(train=longer(world)))
    server.say(cells(train=steps(world, 90), curate="rows = []"))
    (proposal,) = made.propose(context, "t0001")
    assert proposal.cells["train"] == steps(world, 90)
    assert proposal.cells["curate"] == trying.given[0]["curate"], "the curate cell had passed"
    asked = server.requests[-1]["messages"][0]["content"][-1]["text"]
    assert "no 'warm_up'" in asked
    assert "attempt 1 of 10" in asked
    assert words.dry_run(proposal.dry_run) == (
        "dry run passed in 9.0 s; mended before: train: TypeError: no 'warm_up' (CONFIG)"
    )


def test_a_proposal_that_cannot_be_mended_fails_with_what_was_wrong(
    server: MessagesServer, world: Any, backend: Any
) -> None:
    context = surveyed(world).context("t0001")
    made, trying = backend(BROKE, mends=3)
    server.say(ideas(idea()), cells(train=longer(world)))
    server.say(*(cells(train=steps(world, 90 + n)) for n in range(3)))
    with pytest.raises(DataError, match="break in a dry run: train: TypeError: no 'warm_up'"):
        made.propose(context, "t0001")
    assert len(trying.given) == 4


def test_the_same_cells_again_are_no_mend(
    server: MessagesServer, world: Any, told: Told, backend: Any
) -> None:
    context = surveyed(world).context("t0001")
    made, _ = backend(BROKE, PASSED)
    server.say(ideas(idea()), cells(train=longer(world)))
    server.say(cells(train=longer(world)), cells(train=steps(world, 90)))
    (proposal,) = made.propose(context, "t0001")
    assert proposal.cells["train"] == steps(world, 90)
    refused = told.of(Kind.ANSWER_REFUSED)
    assert [one["purpose"] for one in refused] == ["mend"]
    assert "nothing was changed" in refused[0]["message"]


def test_what_is_not_settled_is_said_and_held_against_nothing(
    server: MessagesServer, world: Any, backend: Any
) -> None:
    context = surveyed(world).context("t0001")
    made, _ = backend(Tried.unsettled("curate took longer than 120 s"))
    server.say(ideas(idea()), cells(train=longer(world)))
    (proposal,) = made.propose(context, "t0001")
    said = words.dry_run(proposal.dry_run)
    assert said == "the dry run settled nothing: curate took longer than 120 s"
