"""What an agent can look at: rows, counts, tokens, wrong answers, comparisons, curves, logs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent.eyes import Sight
from ftassist.agent.planted import find_planted, quoted_texts
from ftassist.agent.trial_view import Quoted

WRONG = [
    {"view": "boats", "prompt": "How many oars?", "gold": "21", "output": "It is 20."},
    {"view": "boats", "prompt": "How many sails?", "gold": "4", "output": "no idea"},
    {"view": "clouds", "prompt": "Which month is wet?", "gold": "3", "output": ""},
]


@pytest.fixture
def sight(tmp_path: Path, kit: Any, world: Any) -> Sight:
    """A campaign of two trials, with one raw set."""
    notes = tmp_path / "repository" / "notes"
    notes.mkdir(parents=True)
    card = {
        "name": "notes", "title": "notes", "description": "notes", "licence": "CC0", "notes": "",
        "fields": {"prompt": "q", "response": "a"}, "rows": 30, "provenance": "a test",
    }  # fmt: skip
    (notes / "card.yaml").write_text(json.dumps(card))
    rows = [
        {"q": f"{n} boats with {n % 3} oars?", "a": str(n % 3), "kind": ["even", "odd"][n % 2]}
        for n in range(30)
    ]
    (notes / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    world.parent(wrong=WRONG)
    plan = dict(world.state.trials["t0001"].cells)
    plan["train"] = plan["train"].replace("epochs=2", "epochs=4")
    name = world.propose(plan, "t0001", key="train.epochs:up", changes=("training",))
    world.run(name, kit.feedback(0.6, wrong=WRONG[:1]))
    folder = tmp_path / "trials" / "t0001"
    folder.mkdir(parents=True)
    curve = [{"step": n + 1, "steps": 200, "loss": 2.0 - n / 200} for n in range(200)]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in curve))
    outputs = [{"output_type": "stream", "text": "read 30 notes\nkept 20\n"}]
    (folder / "trial.ipynb").write_text(json.dumps({"cells": [{"outputs": outputs}]}))
    steps = [{"operator": "map", "rows_in": 30, "rows_out": 20, "changed": 20, "dropped": {}}]
    (folder / "data").mkdir()
    (folder / "data" / "card.json").write_text(json.dumps({"rows": 20, "steps": steps}))
    return Sight(
        repository=tmp_path / "repository",
        model=lambda: "tiny",
        folder=lambda trial: tmp_path / "trials" / trial,
        state=world.state,
        context=world.context("t0001"),
    )


def plain(value: Any) -> Any:
    """A value with its quoted texts as they are."""
    if isinstance(value, Quoted):
        return value.quoted
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def seen(sight: Sight, name: str, **arguments: Any) -> Any:
    look = sight.look(name, arguments)
    assert not look.failed, look.value
    return plain(look.value)


def test_rows_are_read_filtered_and_told_how_many_there_are(sight: Sight) -> None:
    found = seen(sight, "read_rows", set="notes", pattern="^2[0-9] ", field="prompt", count=3)
    assert (found["rows"], found["found"]) == (30, 10)
    assert [row["row"] for row in found["shown"]] == [21, 22, 23]
    later = seen(sight, "read_rows", set="notes", pattern="^2[0-9] ", field="prompt", start=9)
    assert [row["row"] for row in later["shown"]] == [29, 30]
    look = sight.look("read_rows", {"set": "notes", "count": 20})
    assert look.trail == "looked at 20 rows of notes"


def test_all_text_of_rows_is_marked_as_untrusted(sight: Sight) -> None:
    look = sight.look("read_rows", {"set": "notes", "count": 1})
    assert "0 boats with 0 oars?" in list(quoted_texts(look.value))
    assert "boats" not in json.dumps({k: v for k, v in look.value.items() if k != "shown"})


def test_labels_and_fields_and_lengths_are_counted(sight: Sight) -> None:
    labels = seen(sight, "count_rows", set="notes")
    assert labels["different"] == 3
    assert {v["rows"] for v in labels["most_frequent"]} == {10}
    kinds = seen(sight, "count_rows", set="notes", by="kind", pattern="0 oars")
    assert kinds["found"] == 10
    assert sorted(v["value"] for v in kinds["most_frequent"]) == ["even", "odd"]
    assert seen(sight, "count_rows", set="notes", by="length")["response_characters"] == {
        "least": 1, "p10": 1, "median": 1, "p90": 1, "most": 1,
    }  # fmt: skip
    assert sight.look("count_rows", {"set": "notes"}).trail == "counted answers of notes"


def test_the_tokens_of_a_row_show_what_would_be_trained_on(sight: Sight) -> None:
    found = seen(sight, "show_tokens", set="notes", row=3)
    assert 0 < found["trained_tokens"] < found["tokens"]
    assert "⟦" in found["text"]
    trained = found["text"].partition("⟦")[2].partition("⟧")[0]
    assert "2" in trained
    assert "boats" not in trained


def test_wrong_answers_come_by_view_and_kind(sight: Sight) -> None:
    found = seen(sight, "wrong_answers", trial="t0001")
    kinds = {(one["view"], one["kind"]): one["count"] for one in found["by_view_and_kind"]}
    assert kinds[("boats", "off by one")] == 1
    assert kinds[("clouds", "empty")] == 1
    few = seen(sight, "wrong_answers", trial="t0001", view="boats", kind="no number")
    assert [one["prompt"] for one in few["answers"]] == ["How many sails?"]


def test_wrong_labels_of_many_are_told_with_the_confused_pairs(
    sight: Sight, kit: Any, world: Any
) -> None:
    plan = dict(world.state.trials["t0001"].cells)
    plan["train"] = plan["train"].replace("epochs=2", "epochs=6")
    name = world.propose(plan, "t0001", key="train.epochs:up", changes=("training",))
    pair = {"right": "age limit", "given": "atm support", "count": 3, "share": 0.75}
    wrong = [{**WRONG[0], "gold": "age limit", "output": "atm support", "label": "atm support"}]
    scored = kit.feedback(0.7, wrong=wrong) | {"diagnosis": {"reading": [], "pairs": [pair]}}
    world.run(name, scored)
    found = seen(replace(sight, state=world.state), "wrong_answers", trial=name)
    assert found["confused_pairs"] == "age limit -> atm support: 3 (75%)"
    assert [one["kind"] for one in found["answers"]] == ["another label of the set"]


def test_two_trials_are_compared_group_by_group(sight: Sight) -> None:
    look = sight.look("compare_trials", {"one": "t0001", "other": "t0002"})
    found = plain(look.value)
    assert found["score"] == {"t0001": 0.5, "t0002": 0.6}
    assert found["views"]["boats"] == {"t0001": 0.5, "t0002": 0.6}
    assert sum(one["count"] for one in found["wrong_by_view_and_kind"]["t0001"]) == 3
    assert "epochs=2" in found["cells"]["train"]
    assert "epochs=4" in found["cells"]["train"]
    assert found["cells"]["curate"] == ""
    assert look.trail == "compared t0001 with t0002"


def test_a_curve_is_thinned_and_keeps_its_ends(sight: Sight) -> None:
    found = seen(sight, "show_curve", trial="t0001")
    assert found["steps"] == 200
    assert len(found["training"]) == 24
    assert (found["training"][0]["step"], found["training"][-1]["step"]) == (1, 200)


def test_logs_cells_and_data_cards_are_read(sight: Sight) -> None:
    assert "kept 20" in seen(sight, "show_log", trial="t0001")["end"]
    assert seen(sight, "show_log", trial="t0001", pattern="^read")["end"] == "read 30 notes"
    cells = sight.look("show_cells", {"trial": "t0001"})
    assert "curate.load" in plain(cells.value)["cells"]["curate"]
    assert '"changed":20' in seen(sight, "data_card", trial="t0001")["card"]
    assert seen(sight, "data_card", trial="t0002")["card"] == "none was written"


def test_a_plan_is_estimated_and_told_what_is_wrong_with_it(sight: Sight) -> None:
    train = sight.state.trials["t0001"].cells["train"].replace("epochs=2", "epochs=8")
    longer = seen(sight, "estimate_plan", parent="t0001", train=train)
    same = seen(sight, "estimate_plan", parent="t0001")
    assert longer["seconds"] > same["seconds"]
    wrong = seen(sight, "estimate_plan", parent="t0001", train=train.replace("epochs", "epoch"))
    assert any("did you mean 'epochs'" in line for line in wrong["wrong"])


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("read_rows", {"set": "note"}, "notes"),
        ("read_rows", {"set": "../../etc"}, "notes"),
        ("read_rows", {"set": "notes", "pattern": "("}, "no regular expression"),
        ("read_rows", {"set": "notes", "field": "colour"}, "no field 'colour'"),
        ("read_rows", {"set": "notes", "count": 1000}, "count"),
        ("read_rows", {}, "'set' is a required property"),
        ("read_rows", {"set": "notes", "path": "/etc/passwd"}, "path"),
        ("show_tokens", {"set": "notes", "row": 99}, "no row 99"),
        ("show_log", {"trial": "t0099"}, "t0099"),
        ("show_log", {"trial": "../../x"}, "../../x"),
        ("read_file", {"path": "evaluation/test.jsonl"}, "read_file"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(
    sight: Sight, name: str, arguments: dict[str, Any], told: str
) -> None:
    look = sight.look(name, arguments)
    assert look.failed
    assert told in look.value["error"]


def test_a_pattern_made_to_take_for_ever_is_given_up(
    sight: Sight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.agent.eyes.rows.SEARCH_SECONDS", 0.2)
    rows = tmp_path / "repository" / "notes" / "rows.jsonl"
    rows.write_text(json.dumps({"q": "a" * 5000 + "!", "a": "1"}) + "\n")
    look = replace(sight).look("read_rows", {"set": "notes", "pattern": "^((a+)+)+$"})
    assert look.failed
    assert "took longer" in look.value["error"]


def test_the_templates_own_marks_are_no_orders_and_a_rows_words_are_looked_at(
    sight: Sight,
) -> None:
    look = sight.look("show_tokens", {"set": "notes", "row": 5})
    assert not find_planted(look.material, "show_tokens")
    assert find_planted(look.value, "show_tokens"), "marks of a chat would be taken for orders"
    assert "4 boats" in repr(look.material)
