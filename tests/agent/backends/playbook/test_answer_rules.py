"""Each rule about answers: where it speaks, and where it keeps quiet."""

from __future__ import annotations

from typing import Any

from ftassist.agent.backends.playbook.answer_rules import (
    Balance,
    FitContract,
    LengthFilter,
    ShowWork,
)
from ftassist.agent.evidence import TokenAudit
from ftassist.agent.plan import Plan


def test_bare_answers_that_are_wrong_give_way_to_worked_rows(
    kit: Any, world: Any, try_rule: Any
) -> None:
    world.parent(kit.cells({"bulk_answers": 600}), score=0.1)
    (edit,) = try_rule(ShowWork(), world)
    sets = Plan.of(edit.cells).sets
    assert edit.key == "curate.load:swap:bulk_answers"
    assert "bulk_answers" not in sets
    assert all(kit.PROFILES[name]["worked_share"] == 1.0 for name in sets)


def test_worked_rows_are_not_swapped(kit: Any, world: Any, try_rule: Any) -> None:
    assert not try_rule(ShowWork(), world.parent())


def test_bare_answers_that_are_right_are_left_alone(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"bulk_answers": 600}), score=0.95)
    assert not try_rule(ShowWork(), world)


def test_unreadable_answers_send_sets_in_another_form_out(
    kit: Any, world: Any, try_rule: Any
) -> None:
    world.parent(kit.cells({"recipes": 300, "orchard_steps": 300}), parse_rate=0.5)
    edits = try_rule(FitContract(), world)
    assert [edit.key for edit in edits] == ["curate.load:drop:recipes"]


def test_unreadable_answers_bring_sets_in_the_asked_form(
    kit: Any, world: Any, try_rule: Any
) -> None:
    world.parent(kit.cells({"recipes": 300}), parse_rate=0.1, score=0.0)
    edits = try_rule(FitContract(), world)
    assert edits
    assert all(edit.key.startswith("curate.load:add:") for edit in edits)


def test_readable_answers_leave_the_form_alone(world: Any, kit: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"recipes": 300, "orchard_steps": 300}), parse_rate=0.95)
    assert not try_rule(FitContract(), world)


def test_a_skewed_set_is_balanced(kit: Any, world: Any, try_rule: Any) -> None:
    world.parent(kit.cells({"polls": 300, "orchard_steps": 300}))
    (edit,) = try_rule(Balance(), world)
    balance = Plan.of(edit.cells).operator("curate.balance")
    assert balance is not None
    assert balance.keywords["at_most"] == 45
    assert balance.keywords["by"] == ["source", "answer"]


def test_even_answers_are_not_balanced(world: Any, try_rule: Any) -> None:
    assert not try_rule(Balance(), world.parent())


def test_balancing_that_would_empty_other_sets_is_not_proposed(
    kit: Any, world: Any, try_rule: Any
) -> None:
    world.profiles["even"] = kit.profile(900, answers={"a": 0.5, "b": 0.5})
    world.parent(kit.cells({"polls": 150, "even": 600}))
    assert not try_rule(Balance(), world)


def test_cut_rows_are_filtered_by_length(world: Any, try_rule: Any) -> None:
    world.parent(audit=TokenAudit(0.3, 600, 60, 400))
    (edit,) = try_rule(LengthFilter(), world)
    filtered = Plan.of(edit.cells).operator("curate.filter_length")
    assert filtered is not None
    assert filtered.keywords["max_tokens"] == 256


def test_answers_that_run_on_call_for_shorter_rows(world: Any, try_rule: Any) -> None:
    (edit,) = try_rule(LengthFilter(), world.parent(truncated=0.3))
    assert edit.key == "curate.filter_length:add"


def test_where_all_rows_are_long_none_is_filtered_away(world: Any, try_rule: Any) -> None:
    for name in ("orchard_steps", "harbour_steps"):
        world.profiles[name]["prompt_characters"] = {"p50": 9000}
    assert not try_rule(LengthFilter(), world.parent(truncated=0.9))


def test_rows_that_are_mostly_cut_are_not_filtered_away(world: Any, try_rule: Any) -> None:
    assert not try_rule(LengthFilter(), world.parent(audit=TokenAudit(0.3, 600, 500, 400)))


def test_rows_that_fit_are_not_filtered(world: Any, try_rule: Any) -> None:
    assert not try_rule(LengthFilter(), world.parent(audit=TokenAudit(0.3, 600, 0, 90)))
