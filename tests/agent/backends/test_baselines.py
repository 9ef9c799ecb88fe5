"""What thinks nothing, thinks nothing: one plain training, or none at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ftassist.agent.backends import OutOfIdeasError, backend_by_name, check_backend
from ftassist.agent.backends.baselines import Plain, Untouched
from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.plan import Plan
from ftassist.agent.proposal import read_proposal
from ftassist.errors import UnknownNameError


def test_a_plain_training_takes_every_raw_set_and_the_defaults(world: Any) -> None:
    context = world.context("t0000")
    (made,) = Plain().propose(context, "t0000", k=3)
    plan = Plan.of(made.cells)
    assert plan.sets == dict.fromkeys(context.profiles)
    sample = plan.operator("curate.sample")
    assert sample and sample.positional == (context.budget.rows,)
    assert set(plan.training) <= {"learning_rate", "max_length", "seed"}
    assert plan.operator("curate.decontaminate")


def test_its_proposal_is_a_valid_one(world: Any) -> None:
    (made,) = Plain().propose(world.context("t0000"), "t0000")
    assert read_proposal(json.loads(json.dumps(made.to_dict()))) == made
    assert made.parent == "t0000"


def test_it_trains_once_whatever_came_of_it(world: Any) -> None:
    world.take(Plain().propose(world.context("t0000"), "t0000")[0])
    with pytest.raises(OutOfIdeasError, match="once"):
        Plain().propose(world.context("t0000"), "t0000")


def test_the_untouched_base_proposes_nothing(world: Any) -> None:
    with pytest.raises(OutOfIdeasError, match="left as it is"):
        Untouched().propose(world.context("t0000"), "t0000")


@pytest.mark.parametrize("name", ["plain", "untouched"])
def test_baselines_learn_nothing_and_ask_nobody(name: str, world: Any) -> None:
    backend = backend_by_name(name)
    assert backend.name == name
    world.parent()
    context = world.context("t0001")
    assert backend.distil(context) == []
    assert backend.analyse(context, "t0001").text == Playbook().analyse(context, "t0001").text


def test_a_backend_that_is_none_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="untouched"):
        check_backend("untuched")
