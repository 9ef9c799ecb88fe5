"""The first plan's size: bold where there is time, by what was measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.backends.playbook.first_size import first_size, shared
from ftassist.agent.plan import Plan
from ftassist.agent.situation import Situation
from ftassist.journal.events import Kind

SPEED = {
    "tokens_a_second": 250.0,
    "fixed_seconds": 10.0,
    "tokens_a_row": {"questions": 28.0, "foreign": 30.0},
    "width": 576,
    "architecture": "llama",
    "peak_memory": 2**30,
}


def measured(
    kit: Any,
    *,
    rows: int = 2000,
    seconds: float = 14_400,
    speed: dict[str, Any] | None = None,
    **settings: Any,
) -> Any:
    """A campaign on another model, whose speed was measured; nine thousand short rows."""
    sets = {"questions": kit.profile(9_000), "foreign": kit.profile(400)}
    there = kit.World(
        model="org/model",
        profiles=sets,
        budget={"trials": 8, "rows": rows, "seconds": seconds},
        settings=settings,
    ).base()
    there.tell(Kind.SPEED_MEASURED, speed or SPEED, None)
    found = {"name": "bag of words", "key": "baseline-words", "rows": 800, "labels": 77}
    score = {"score": 0.6, "low": 0.5, "high": 0.7, "sets": ["questions"]}
    there.tell(Kind.BASELINES_SCORED, {"baselines": [{**found, **score}]}, None)
    return there


def first(world: Any) -> Any:
    return Playbook().propose(world.context("t0000"), "t0000")[0]


def test_with_time_enough_the_first_plan_takes_all_rows_and_four_epochs(kit: Any) -> None:
    proposal = first(measured(kit))
    plan = Plan.of(proposal.cells)
    assert plan.sets == {"questions": 2000}
    assert plan.training["epochs"] == 4
    assert plan.training["batch_size"] == 16
    assert plan.training["learning_rate"] == 1e-3


def test_the_first_plan_keeps_within_its_share_of_the_budget(kit: Any) -> None:
    for seconds in (900, 1_800, 3_600, 14_400):
        proposal = first(measured(kit, seconds=seconds))
        assert proposal.estimate.seconds is not None
        assert proposal.estimate.seconds <= seconds / 10 + 1


def test_without_fresh_seeds_the_last_trial_may_take_all_that_is_left(kit: Any) -> None:
    """Nothing is kept free for runs that a campaign does not plan."""
    reserving = measured(kit, seconds=4_000)
    with_runs = Plan.of(first(reserving).cells).training["epochs"]
    assert reserving.context("t0000").budget.fresh_seeds == 2

    alone = measured(kit, seconds=4_000, fresh_seeds=0)
    assert Plan.of(first(alone).cells).training["epochs"] > with_runs


def test_rows_come_before_repetitions(kit: Any) -> None:
    """Time for one pass over all rows, and no more: all rows, one epoch, smaller batches."""
    plan = Plan.of(first(measured(kit, seconds=3_000)).cells)
    assert (plan.sets["questions"], plan.training["epochs"]) == (2000, 1)
    assert plan.training["batch_size"] == 8


def test_where_not_even_one_pass_fits_there_are_fewer_rows(kit: Any) -> None:
    plan = Plan.of(first(measured(kit, seconds=1_000)).cells)
    assert 100 <= (plan.sets["questions"] or 0) < 1_000
    assert plan.training["epochs"] == 1


def test_the_more_rows_the_fewer_epochs(kit: Any) -> None:
    plenty = measured(kit, rows=9_000, seconds=10**6)
    assert Plan.of(first(plenty).cells).training["epochs"] == 3


def test_a_faster_machine_gets_a_larger_plan(kit: Any) -> None:
    fast = {**SPEED, "tokens_a_second": 2_500.0}
    slow = Plan.of(first(measured(kit, seconds=1_200)).cells)
    quick = Plan.of(first(measured(kit, seconds=1_200, speed=fast)).cells)
    assert quick.training["epochs"] > slow.training["epochs"]


def test_sets_with_other_answers_than_the_task_s_are_left_to_the_last(kit: Any) -> None:
    sets = [Plan.of(p.cells).sets for p in Playbook().propose(measured(kit).context(), "t0000", 5)]
    assert sets[0] == {"questions": 2000}
    judged = Situation.of(measured(kit).context(), "t0000").sets["foreign"]
    assert judged.foreign
    assert "its answers are none of the task's" in judged.flaws


def test_a_set_with_other_answers_is_not_mixed_in_for_what_it_is_about(kit: Any) -> None:
    about = {
        name: f"{name} and more of {name}" for name in ("ants", "bees", "cats", "dogs", "eels")
    }
    there = measured(kit)
    there.card = replace(there.card, views=about)
    there.profiles["foreign"] = kit.profile(3_000, description=" ".join(about.values()))
    context = there.context()
    judged = Situation.of(context, "t0000").sets["foreign"]
    assert judged.foreign
    assert all(share > 0.9 for share in judged.views.values())
    proposals = Playbook().propose(context, "t0000", 3)
    assert Plan.of(proposals[0].cells).sets == {"questions": 2000}
    assert all(len(Plan.of(p.cells).sets) == 1 for p in proposals)


def test_the_tiny_model_is_opened_boldly_too(world: Any) -> None:
    plan = Plan.of(first(world.base()).cells)
    assert sum(n or 0 for n in plan.sets.values()) >= 1_400
    assert plan.training["epochs"] >= 8


def test_without_a_measurement_the_first_plan_stays_small(kit: Any) -> None:
    blind = kit.World(model="org/model", profiles={"phrases": kit.profile(60_000)}).base()
    proposal = first(blind)
    assert proposal.estimate.seconds is None
    assert Plan.of(proposal.cells).sets == {"phrases": 800}


@pytest.mark.parametrize(
    ("model", "speed", "rate"),
    [
        ("smollm2-135m", {}, 1e-3),
        ("qwen2.5-7b", {}, 5e-4),
        ("org/unknown", {}, 2e-4),
        ("org/unknown", {"width": 2048, "architecture": "llama"}, 5e-4),
    ],
)
def test_the_rate_comes_from_the_size_of_the_base(
    model: str, speed: dict[str, Any], rate: float, kit: Any
) -> None:
    there = kit.World(model=model).base()
    if speed:
        there.tell(Kind.SPEED_MEASURED, speed, None)
    assert Plan.of(first(there).cells).training["learning_rate"] == rate


def test_rows_are_shared_as_evenly_as_sets_allow(kit: Any) -> None:
    there = measured(kit)
    at = Situation.of(there.context(), "t0000")
    assert shared(list(at.sets.values()), 2_000) == {"foreign": 400, "questions": 1_600}
    assert sum(first_size(at, [at.sets["questions"]]).sets.values()) == 2_000


def test_a_set_that_fits_is_taken_whole(kit: Any) -> None:
    at = Situation.of(measured(kit).context(), "t0000")
    odd = replace(at.sets["questions"], rows=1_519)
    assert shared([odd], 2_000) == {"questions": 1_519}
    assert shared([odd], 1_234) == {"questions": 1_230}


def test_a_later_estimate_rests_on_what_trials_took(kit: Any) -> None:
    """Half as fast as the first steps foretold: what follows is estimated by that."""
    there = measured(kit)
    proposal = first(there)
    name = there.take(proposal)
    there.run(
        name, kit.feedback(0.5), loss=kit.curve(falling=True), data={"questions": 2000},
        seconds=(10 + 2 * 2000 * 28 * 4 / 250) / 0.7,
    )  # fmt: skip
    there.judge(name, "better", 0.45)
    options = Playbook().propose(there.context(name), name, k=20)
    again = next(p for p in options if p.change.key.startswith("train.learning_rate"))
    first_guess, later = proposal.estimate.seconds, again.estimate.seconds
    assert first_guess is not None
    assert later is not None
    assert 1.6 < later / first_guess < 2.9
