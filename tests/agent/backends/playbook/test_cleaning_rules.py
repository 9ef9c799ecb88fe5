"""Each rule about clean rows: where it speaks, and where it keeps quiet."""

from __future__ import annotations

from typing import Any

from ftassist.agent.backends.playbook.cleaning_rules import (
    Deduplicate,
    FilterLabels,
    NoisySource,
    OffTopic,
)
from ftassist.agent.plan import Plan
from ftassist.agent.situation import Situation


def test_contradicting_labels_are_filtered(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"crowd": 600}))
    (edit,) = try_rule(FilterLabels(), world)
    assert Plan.of(edit.cells).operator("curate.filter_labels") is not None


def test_filtering_promises_little_where_few_rows_of_the_set_are_loaded(kit: Any) -> None:
    def strength(rows: int) -> float:
        world = kit.World().parent(kit.cells({"crowd": rows}))
        at = Situation.of(world.context("t0001"), "t0001")
        return FilterLabels().applies(at)[0].strength

    assert strength(300) < 0.4 * strength(1500)


def test_labels_are_filtered_once(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"crowd": 600}, operators=[kit.operator("filter_labels")]))
    assert not try_rule(FilterLabels(), world)


def test_labels_that_agree_are_not_filtered(world: Any, try_rule: Any) -> None:
    assert not try_rule(FilterLabels(), world.parent())


def test_a_noisy_set_can_be_left_out(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"crowd": 300, "orchard_steps": 300}))
    (edit,) = try_rule(NoisySource(), world)
    assert list(Plan.of(edit.cells).sets) == ["orchard_steps"]


def test_the_only_set_is_never_left_out(kit: Any, world: Any, try_rule: Any) -> None:
    assert not try_rule(NoisySource(), world.parent(kit.cells({"crowd": 300})))


def test_repeats_are_taken_out(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"log": 300, "orchard_steps": 300}))
    (edit,) = try_rule(Deduplicate(), world)
    functions = [call.function for call in Plan.of(edit.cells).curate or ()]
    assert functions == ["curate.load", "curate.deduplicate", "curate.export"]


def test_unique_rows_are_not_deduplicated(world: Any, try_rule: Any) -> None:
    assert not try_rule(Deduplicate(), world.parent())


def test_a_set_of_another_topic_is_left_out(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"recipes": 300, "orchard_steps": 300}))
    (edit,) = try_rule(OffTopic(), world)
    assert edit.key == "curate.load:drop:recipes"


def test_sets_on_topic_stay(world: Any, try_rule: Any) -> None:
    assert not try_rule(OffTopic(), world.parent())
