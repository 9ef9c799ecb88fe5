"""Each rule about the mix: where it speaks, and where it keeps quiet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.backends.playbook.mixture_rules import (
    EvenMix,
    ExploreSet,
    LeaveOneOut,
    MoreRows,
    WeakestView,
)
from ftassist.agent.plan import Plan
from ftassist.agent.situation import Situation

LAGGING = {"apples": 0.7, "boats": 0.7, "clouds": 0.1}


def test_the_weakest_view_gets_a_set_of_its_own(world: Any, try_rule: Any) -> None:
    edits = try_rule(WeakestView(), world.parent(views=LAGGING))
    assert edits[0].key == "curate.load:add:weather_steps"


def test_a_set_about_the_view_alone_comes_before_a_broad_one(
    kit: Any, world: Any, try_rule: Any
) -> None:
    world.profiles["almanac"] = kit.profile(
        description="Weather, rain, storms and forecasts; harbours, sailing, oars; orchards."
    )
    keys = [edit.key for edit in try_rule(WeakestView(), world.parent(views=LAGGING))]
    assert keys.index("curate.load:add:weather_steps") < keys.index("curate.load:add:almanac")


def test_the_weakest_view_gets_more_rows_of_a_used_set(
    kit: Any, world: Any, try_rule: Any
) -> None:
    sets = {"orchard_steps": 300, "harbour_steps": 300, "weather_steps": 100}
    world.parent(kit.cells(sets), views=LAGGING)
    more = [e for e in try_rule(WeakestView(), world) if e.key.startswith("curate.load:more:")]
    assert more[0].key == "curate.load:more:weather_steps"
    assert Plan.of(more[0].cells).sets["weather_steps"] == 200


def test_a_small_view_weighs_as_much_as_a_large_one_where_the_headline_is_the_mean_of_views(
    kit: Any,
) -> None:
    def expected(score: float) -> float:
        told = kit.feedback(score, LAGGING)
        told["views"]["clouds"]["n"] = 10
        world = kit.World(card=replace(kit.CARD, reduction="scorer")).base()
        world.run(world.propose(kit.cells({"orchard_steps": 300})), told, loss=kit.curve())
        finding = WeakestView().applies(Situation.of(world.context("t0001"), "t0001"))[0]
        assert finding.expected is not None
        return finding.expected

    by_items, by_views = expected(0.67), expected(0.5)
    assert by_views / by_items == pytest.approx((1 / 3) / (10 / 210))


def test_even_views_need_nothing(world: Any, try_rule: Any) -> None:
    views = {"apples": 0.5, "boats": 0.52, "clouds": 0.48}
    assert not try_rule(WeakestView(), world.parent(views=views))


def test_good_unused_sets_are_explored_and_bad_ones_are_not(world: Any, try_rule: Any) -> None:
    keys = [edit.key for edit in try_rule(ExploreSet(), world.parent())]
    assert "curate.load:add:weather_steps" in keys
    assert "curate.load:add:recipes" not in keys
    assert "curate.load:add:log" not in keys


def test_bare_answers_promise_little_beside_worked_rows(kit: Any, world: Any) -> None:
    def strength(world: Any) -> float:
        about = "Weather, rain, storms and forecasts: the numbers only."
        world.profiles["figures"] = kit.profile(2000, worked=0.0, description=about)
        at = Situation.of(world.context("t0001"), "t0001")
        return next(f.strength for f in ExploreSet().applies(at) if f.subject == "figures")

    bare = kit.World().parent(kit.cells({"polls": 300}))
    assert strength(world.parent()) < 0.5 * strength(bare)


def test_nothing_is_explored_when_all_good_sets_are_used(
    kit: Any, world: Any, try_rule: Any
) -> None:
    used = ("orchard_steps", "harbour_steps", "weather_steps", "mirror", "crowd", "bulk_answers")
    assert not try_rule(ExploreSet(), world.parent(kit.cells(dict.fromkeys(used, 100))))


def test_rows_grow_by_three_quarters(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"orchard_steps": 250, "harbour_steps": 250}))
    (edit,) = try_rule(MoreRows(), world)
    assert Plan.of(edit.cells).sets == {"orchard_steps": 430, "harbour_steps": 430}


def test_under_a_high_cap_rows_go_half_of_the_way_at_once(kit: Any, try_rule: Any) -> None:
    plenty = kit.World(
        budget={"trials": 8, "rows": 16_000, "seconds": 7200},
        profiles={"phrases": kit.profile(60_000)},
    )
    plenty.parent(kit.cells({"phrases": 1000}))
    (edit,) = try_rule(MoreRows(), plenty)
    assert Plan.of(edit.cells).sets == {"phrases": 4000}


def test_more_rows_promise_much_while_the_cap_is_far(kit: Any) -> None:
    def strength(cap: int) -> float:
        there = kit.World(
            budget={"trials": 8, "rows": cap, "seconds": 7200},
            profiles={"phrases": kit.profile(60_000)},
        ).parent(kit.cells({"phrases": 3000}))
        return MoreRows().applies(Situation.of(there.context("t0001"), "t0001"))[0].strength

    assert strength(16_000) > 1.5 * strength(4_000)


def test_rows_never_exceed_the_cap(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"crowd": 600, "bulk_answers": 900}))
    (edit,) = try_rule(MoreRows(), world)
    assert sum(n or 0 for n in Plan.of(edit.cells).sets.values()) <= 2000


def test_used_up_sets_do_not_grow(kit: Any, world: Any, try_rule: Any) -> None:
    assert not try_rule(MoreRows(), world.parent(kit.cells({"orchard_steps": 480})))


def test_a_crowding_set_is_evened_out(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"crowd": 900, "orchard_steps": 100}))
    (edit,) = try_rule(EvenMix(), world)
    assert Plan.of(edit.cells).sets == {"crowd": 500, "orchard_steps": 500}


def test_an_even_mix_stays(world: Any, try_rule: Any) -> None:
    assert not try_rule(EvenMix(), world.parent())


def test_a_doubtful_set_is_left_out_to_see(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"mirror": 300, "orchard_steps": 300}))
    (edit,) = try_rule(LeaveOneOut(), world)
    assert edit.key == "curate.load:drop:mirror"


def test_sets_without_flaws_are_not_left_out(world: Any, try_rule: Any) -> None:
    assert not try_rule(LeaveOneOut(), world.parent())
