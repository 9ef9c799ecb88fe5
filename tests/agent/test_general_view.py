"""What a trial kept of what the base could do is told to agents, and no question of the panel."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ftassist.agent.eyes import Sight
from ftassist.agent.general_view import view_general
from ftassist.agent.history import history_of
from ftassist.dojo.task import PANEL, Task, read_card
from ftassist.records.panel import PanelScore


def sight(world: Any) -> Sight:
    return Sight(
        repository=PANEL,
        model=lambda: "tiny",
        folder=lambda trial: PANEL / trial,
        state=world.state,
        context=world.context("t0001"),
    )


def test_a_loss_is_told_with_its_interval_and_what_was_lost_most(world: Any) -> None:
    world.parent().general("t0001", lost=0.12)
    told = history_of(world.context("t0001"), ())["more_of_trials"]
    assert told["t0000"]["general"]["parts"] == {"instructions": 0.5, "arithmetic": 0.25}
    assert told["t0001"]["general"] == {
        "found": "lost", "difference": -0.12, "low": -0.16, "high": -0.08, "margin": 0.05,
        "questions": 96,
        "parts": {"instructions": [-0.18, -0.16, -0.08], "arithmetic": [-0.06, -0.16, -0.08]},
    }  # fmt: skip
    assert list(told["t0001"]["general"]["parts"]) == ["instructions", "arithmetic"]
    assert len(json.dumps(told["t0001"]["general"])) < 300


def test_a_trial_that_was_not_asked_costs_nothing(world: Any) -> None:
    world.parent()
    assert "general" not in history_of(world.context("t0001"), ())["more_of_trials"]["t0001"]
    assert view_general(PanelScore(failed="it was never saved")) == {"found": "not known"}


def test_an_older_journal_tells_parts_without_intervals() -> None:
    against = {
        "kind": "lost", "difference": -0.1, "low": -0.2, "high": -0.01, "margin": 0.05,
        "views": {"copying": -0.1},
    }  # fmt: skip
    found = view_general(PanelScore.of({"score": 0.2, "n": 144, "against": against}))
    assert found["parts"] == {"copying": [-0.1]}


def test_a_look_tells_one_part(world: Any) -> None:
    world.parent().general("t0001", lost=0.12)
    look = sight(world).look("general_panel", {"trial": "t0001", "part": "arithmetic"})
    assert look.value["found"] == "lost"
    assert look.value["parts"] == {
        "arithmetic": {
            "right": 0.19, "base": 0.25, "difference": -0.06,
            "questions": 48, "low": -0.16, "high": -0.08,
        }
    }  # fmt: skip
    assert look.trail == "looked at what t0001 keeps in general, arithmetic"
    whole = sight(world).look("general_panel", {"trial": "t0001"})
    assert set(whole.value["parts"]) == {"instructions", "arithmetic"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"trial": "t0001"}, "t0001 was not asked the general questions"),
        ({"trial": "t0000", "part": "aritmetic"}, "aritmetic"),
    ],
)
def test_a_wrong_question_is_told_so(world: Any, asked: dict[str, str], said: str) -> None:
    world.parent()
    name = world.run(world.propose(world.state.trials["t0001"].cells), {"score": 0.5, "n": 300})
    world.general(name)
    look = sight(world).look("general_panel", asked)
    assert look.failed
    assert said in look.value["error"]


def test_no_question_of_the_panel_is_told(world: Any) -> None:
    world.parent().general("t0001", lost=0.12)
    context = world.context("t0001")
    look = sight(world).look("general_panel", {"trial": "t0001"})
    told = json.dumps([view.general for view in context.trials.values()]) + json.dumps(look.value)
    items = Task(read_card(PANEL / "card.yaml"), PANEL).items("validation")
    assert not [item["prompt"] for item in items if item["prompt"] in told]
