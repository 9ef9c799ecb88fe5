"""Whole campaigns on a toy world: the playbook climbs, under noise, by either policy."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

import pytest

from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.plan import Plan
from ftassist.campaign.queries import search_tree
from ftassist.search.policies import policy_by_name

ABOUT = {
    "orchard_steps": ("apples",),
    "harbour_steps": ("boats",),
    "weather_steps": ("clouds",),
    "log": ("apples",),
    "polls": ("clouds",),
    "recipes": (),
}
WORTH = {"bulk_answers": 0.15, "crowd": 0.4, "log": 0.1, "polls": 0.05, "mirror": 0.8}
UNIQUE = {"log": 120}
NOISE = 0.02


def surface(kit: Any, cells: Mapping[str, str]) -> tuple[dict[str, float], dict[str, int], Any]:
    """The true score of each view, the rows by set, and the loss curve of a plan."""
    plan = Plan.of(cells)
    epochs = float(plan.training.get("epochs", 2))
    rate = float(plan.training["learning_rate"])
    rate /= 3.0 if plan.training.get("method") == "lora" else 1.0
    worth = dict.fromkeys(kit.CARD.views, 0.0)
    rows: dict[str, int] = {}
    for name, limit in plan.sets.items():
        there = UNIQUE.get(name, int(kit.PROFILES[name]["rows"]))
        rows[name] = there if limit is None else min(limit, there)
        each = WORTH.get(name, 1.0)
        if name == "crowd" and plan.operator("curate.filter_labels"):
            each = 0.7
        views = ABOUT.get(name, tuple(worth))
        for view in views:
            worth[view] += each * rows[name] / len(views) * (epochs / 2) ** 0.5
    rate_is_right = math.exp(-(math.log(rate / 1.4e-3) ** 2) / 3)
    found = {
        view: 0.05 + 0.85 * (1 - math.exp(-value / 350)) * rate_is_right
        for view, value in worth.items()
    }
    loss = kit.curve(2.0, 0.2 if epochs >= 4 else 0.4, falling=epochs < 4)
    return found, rows, loss


def mean(values: Mapping[str, float]) -> float:
    return sum(values.values()) / len(values)


def campaign(
    kit: Any, policy: str, seed: int, trials: int = 8, seconds: float = 1800
) -> tuple[list[float], Any]:
    """The best true score after each trial, and the campaign."""
    world = kit.World(budget={**kit.CARD.budget, "seconds": seconds}).base()
    luck = random.Random(seed)
    true: list[float] = []
    for _ in range(trials):
        choice = policy_by_name(policy).choose(search_tree(world.state, kit.CARD.metric), 1)[0]
        context = world.context(choice.parent)
        proposal = Playbook().propose(context, choice.parent)[0]
        name = world.take(proposal)
        views, rows, loss = surface(kit, proposal.cells)
        assert sum(rows.values()) <= 2000
        seen = {view: min(1.0, max(0.0, s + luck.gauss(0, NOISE))) for view, s in views.items()}
        world.run(name, kit.feedback(mean(seen), seen), data=rows, loss=loss)
        difference = mean(seen) - world.state.trials[proposal.parent].feedback.score
        verdict = "better" if difference > 0.06 else "worse" if difference < -0.06 else "tied"
        world.judge(name, verdict, difference)
        true.append(max([*true, mean(views)]))
    return true, world


@pytest.mark.parametrize("policy", ["greedy", "sequential"])
@pytest.mark.parametrize("seed", range(4))
def test_a_campaign_climbs_in_eight_trials(policy: str, seed: int, kit: Any) -> None:
    true, _ = campaign(kit, policy, seed)
    assert true[0] > 0.6, "the first plan is bold"
    assert true[2] > 0.72, "three trials reach what took eight with a timid start"
    assert true[-1] >= true[2]


@pytest.mark.parametrize("seed", range(4))
def test_a_campaign_climbs_from_a_start_that_time_keeps_small(seed: int, kit: Any) -> None:
    true, _ = campaign(kit, "greedy", seed, seconds=300)
    assert true[-1] > true[0] + 0.1
    assert true[-1] > 0.72


def test_a_campaign_gets_near_the_best_plan_by_hand(kit: Any) -> None:
    sets = {"orchard_steps": 500, "harbour_steps": 500, "weather_steps": 500, "mirror": 450}
    best, _, _ = surface(kit, kit.cells(sets, train={"epochs": 6, "learning_rate": 1.4e-3}))
    reached = [campaign(kit, "greedy", seed)[0][-1] for seed in range(4)]
    assert sum(reached) / len(reached) > mean(best) - 0.1


def test_a_campaign_never_runs_the_same_cells_twice(kit: Any) -> None:
    _, world = campaign(kit, "greedy", 1, trials=12)
    plans = [tuple(sorted(t.cells.items())) for t in world.state.trials.values() if t.cells]
    assert len(set(plans)) == len(plans) == 12


def test_most_predictions_hold(kit: Any) -> None:
    made = held = 0
    for seed in range(4):
        _, world = campaign(kit, "greedy", seed)
        record = world.context().calibration["overall"]
        made, held = made + record.made, held + record.held
    assert held / made >= 0.55


def test_the_same_campaign_runs_the_same_way(kit: Any) -> None:
    one, other = campaign(kit, "greedy", 3)[1], campaign(kit, "greedy", 3)[1]
    assert one.state.trials == other.state.trials
