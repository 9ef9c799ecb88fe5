"""What every backend promises; a new backend is added to `BACKENDS` and runs this suite.

The backend `anthropic` talks to a stand-in on loopback. `replay` has no thoughts of its own that
could be promised anything of; its tests are in test_replay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ftassist.agent.backends import BACKENDS, OutOfIdeasError, backend_by_name
from ftassist.agent.proposal import read_proposal
from ftassist.agent.trial_view import digest
from ftassist.errors import FtassistError, UnknownNameError
from ftassist.journal import Kind

from ..stand_in import standing_in

pytestmark = pytest.mark.parametrize("name", sorted(set(BACKENDS) - {"replay"}))


@pytest.fixture(autouse=True)
def model(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The stand-in for a model, for the backend that asks one."""
    if name != "anthropic":
        yield
        return
    with standing_in(monkeypatch):
        yield


def test_a_backend_answers_to_its_name(name: str) -> None:
    assert backend_by_name(name).name == name


def test_proposals_are_valid_and_between_one_and_k(name: str, world: Any) -> None:
    context = world.parent().context()
    found = backend_by_name(name).propose(context, "t0001", k=3)
    assert 1 <= len(found) <= 3
    for proposal in found:
        assert read_proposal(json.loads(json.dumps(proposal.to_dict()))) == proposal


def test_a_proposal_grows_from_a_known_trial(name: str, world: Any) -> None:
    context = world.parent().context()
    for proposal in backend_by_name(name).propose(context, "t0001", k=5):
        assert proposal.parent in context.trials


def test_a_proposal_rests_on_known_trials(name: str, world: Any) -> None:
    context = world.parent().context()
    (proposal,) = backend_by_name(name).propose(context, "t0001")
    assert proposal.hypothesis.evidence
    assert all(e.trial in context.trials for e in proposal.hypothesis.evidence)


def test_no_trial_is_run_twice(name: str, world: Any) -> None:
    context = world.parent().context()
    for proposal in backend_by_name(name).propose(context, "t0001", k=10):
        assert digest(proposal.cells) not in context.digests


def test_the_seed_is_no_knob(name: str, world: Any) -> None:
    context = world.parent().context()
    for proposal in backend_by_name(name).propose(context, "t0001", k=10):
        assert proposal.seed == context.seed
        assert "seed=seed" in proposal.cells["train"]


def test_a_vetoed_change_is_not_proposed_next(name: str, world: Any) -> None:
    backend = backend_by_name(name)
    world.parent()
    vetoed = backend.propose(world.context("t0001"), "t0001")[0]
    world.veto(world.take(vetoed), "no")
    (following,) = backend.propose(world.context("t0001"), "t0001")
    assert following.change.key != vetoed.change.key


def test_the_context_is_left_as_it_was(name: str, world: Any) -> None:
    context = world.parent().context()
    before = json.dumps(context.to_dict())
    backend = backend_by_name(name)
    backend.propose(context, "t0001")
    backend.analyse(context, "t0001")
    backend.distil(context)
    assert json.dumps(context.to_dict()) == before


def test_an_unknown_parent_is_an_error_for_people(name: str, world: Any) -> None:
    with pytest.raises(FtassistError):
        backend_by_name(name).propose(world.parent().context(), "t0777")


def test_an_analysis_can_be_recorded(name: str, world: Any) -> None:
    analysis = backend_by_name(name).analyse(world.parent().context(), "t0001")
    world.tell(Kind.TRIAL_ANALYSED, json.loads(json.dumps(analysis.to_dict())), "t0001")
    assert set(world.state.trials["t0001"].analysis.to_dict()) == {
        "text",
        "causes",
        "try_next",
        "avoid",
    }


def test_insights_can_be_recorded_and_cite_trials(name: str, kit: Any, world: Any) -> None:
    world.parent()
    plan = kit.cells({"orchard_steps": 310})
    trial = world.propose(plan, "t0001", key="train.epochs:up", rule="more_epochs")
    world.run(trial, kit.feedback(0.9))
    world.judge(trial, "better", 0.4)
    for change in backend_by_name(name).distil(world.context()):
        kind, payload = change.to_event()
        world.tell(kind, json.loads(json.dumps(payload)), None)
    for insight in world.state.insights.values():
        assert set(insight.trials) <= set(world.state.trials)


def test_ideas_run_out_with_an_error_that_says_what_to_do(name: str, world: Any) -> None:
    own = dict.fromkeys(("curate", "train", "evaluate"), "mine()")
    try:
        backend_by_name(name).propose(world.parent(own).context(), "t0001")
    except OutOfIdeasError as error:
        assert error.what
        assert error.fix


def test_an_unknown_backend_names_the_nearest(name: str) -> None:
    with pytest.raises(UnknownNameError, match="backend") as caught:
        backend_by_name(name + "s")
    assert name in caught.value.fix
