"""Operators that take code of one's own: what they keep, change, make and tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftassist.errors import CellError, DataError
from ftassist.recipes import curate
from ftassist.recipes.curate.results import agree
from ftassist.recipes.rows import Row, Rows


def rows_of(*pairs: tuple[str, str], **more: Any) -> Rows:
    raw = [{"q": question, "a": answer, **more} for question, answer in pairs]
    return curate.to_chat(raw, source="own", prompt="q", response="a")


def provenance(row: Row) -> dict[str, Any]:
    found = json.loads(row["fields"])["ftassist"]["provenance"]
    assert isinstance(found, dict)
    return found


def sums() -> Rows:
    return rows_of(("1 + 2?", "3"), ("2 + 2?", "5"), ("4 + 4?", "8"), tag="x")


def test_map_changes_responses_and_tells_which_rows_it_changed() -> None:
    def stepped(row: dict[str, Any]) -> str | None:
        if row["response"] == "5":
            return None
        return row["response"] if row["response"] == "3" else f"Eight: {row['response']}"

    rows = curate.map(sums(), stepped)
    assert [row["messages"][-1]["content"] for row in rows] == ["3", "Eight: 8"]
    assert [row["id"] for row in rows] == ["own/1", "own/3#mapped"]
    step = rows.card.steps[-1].to_dict()
    assert (step["rows_in"], step["rows_out"], step["changed"]) == (3, 2, 1)
    assert step["dropped"] == {"the function returned None": 1}
    told = provenance(list(rows)[1])
    assert told == {"by": "map", "function": "stepped", "from": "own/3"}
    assert json.loads(next(iter(rows))["fields"]) == {"tag": "x"}, "an untouched row is as it was"


def test_map_takes_a_dict_that_was_changed_in_place() -> None:
    def shouted(row: dict[str, Any]) -> dict[str, Any]:
        row["prompt"] = row["prompt"].upper()
        row["fields"]["loud"] = True
        return row

    (row,) = curate.map(rows_of(("how many?", "2")), shouted)
    assert row["messages"][0]["content"] == "HOW MANY?"
    assert json.loads(row["fields"])["loud"] is True


def test_map_keeps_a_system_turn_and_refuses_the_prompt_of_a_longer_chat() -> None:
    chat = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "a?"},
        {"role": "assistant", "content": "b"},
    ]
    rows = curate.to_chat([{"m": chat}], source="own", messages="m")
    (row,) = curate.map(rows, lambda row: {"prompt": f"{row['prompt']} please"})
    assert [turn["content"] for turn in row["messages"]] == ["Be short.", "a? please", "b"]
    longer = curate.to_chat([{"m": [*chat, *chat[1:]]}], source="own", messages="m")
    with pytest.raises(DataError, match="2 questions"):
        curate.map(longer, lambda row: {"prompt": "x"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (7, "gave int 7"),
        ({"answer": "7"}, "a row has no 'answer'"),
        ({"response": ""}, "turn 2"),
        ({"response": 7}, "int"),
        ({"id": "other"}, "the row's name"),
        ({"fields": {"x": {1, 2}}}, "cannot be written"),
        ({"messages": [], "response": "x"}, "as well"),
    ],
)
def test_what_is_no_row_is_refused_with_the_row(given: Any, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        curate.map(sums(), lambda row: given)
    assert "own/1" in caught.value.where


def test_a_function_that_fails_names_the_row_or_leaves_it_out() -> None:
    def halved(row: dict[str, Any]) -> str:
        return str(1 // (int(row["response"]) - 5))

    with pytest.raises(DataError, match="ZeroDivisionError") as caught:
        curate.map(sums(), halved)
    assert "own/2" in caught.value.where
    rows = curate.map(sums(), halved, on_bad="drop")
    assert rows.card.steps[-1].dropped == {"the function failed": 1}
    with pytest.raises(CellError, match="on_bad"):
        curate.map(sums(), halved, on_bad="skip")  # type: ignore[arg-type]


def test_filter_keeps_what_the_function_says_yes_to() -> None:
    rows = curate.filter(sums(), lambda row: row["response"] != "5", reason="known to be wrong")
    assert [row["id"] for row in rows] == ["own/1", "own/3"]
    assert rows.card.steps[-1].dropped == {"known to be wrong": 1}
    assert rows.card.steps[-1].arguments == {"function": "<lambda>"}


def test_verify_keeps_rows_on_which_program_and_label_agree() -> None:
    def added(row: dict[str, Any]) -> int | None:
        one, other = row["prompt"].rstrip("?").split(" + ")
        return None if one == "4" else int(one) + int(other)

    rows = curate.verify(sums(), added)
    assert [row["id"] for row in rows] == ["own/1"]
    step = rows.card.steps[-1]
    assert sum(step.dropped.values()) == 2
    assert step.arguments["agreed"] == 1
    assert provenance(next(iter(rows))) == {"verified_by": "added"}
    kept = curate.verify(sums(), added, unknown="keep")
    assert [row["id"] for row in kept] == ["own/1", "own/3"]


@pytest.mark.parametrize(
    ("response", "told", "same"),
    [
        ("So it is \\boxed{1,234}.", 1234, True),
        ("Answer: 0.5", "1/2", True),
        ("Answer: Yes.", True, True),
        ("Answer: no", True, False),
        ("CCO", "CCO", True),
        ("CCO", "cco", False),
        ("7", 8, False),
    ],
)
def test_answers_agree_by_what_they_say(response: str, told: object, same: bool) -> None:
    assert agree(response, told) is same


def test_generate_makes_the_same_rows_for_the_same_seed_and_says_so() -> None:
    def add(draw: Any) -> dict[str, Any] | None:
        one = draw.randint(1, 9)
        return {"prompt": f"{one} + 1?", "response": str(one + 1), "one": one} if one > 1 else None

    made = curate.generate(add, 40, source="sums", seed=1)
    again = curate.generate(add, 40, source="sums", seed=1)
    other = curate.generate(add, 40, source="sums", seed=2)
    assert made.column("messages") == again.column("messages") != other.column("messages")
    step = made.card.steps[0].to_dict()
    assert (step["rows_in"], step["rows_out"], step["made"]) == (0, len(made), len(made))
    assert sum(step["dropped"].values()) == 40 - len(made) > 0
    row = next(iter(made))
    assert provenance(row)["by"] == "generate"
    assert json.loads(row["fields"])["one"] > 1
    assert "made" in repr(made)


def test_a_made_row_that_is_none_is_refused_with_the_call() -> None:
    with pytest.raises(DataError, match="no row") as caught:
        curate.generate(lambda draw: {"prompt": "a", "reponse": "b"}, 3)
    assert "call 1" in caught.value.where
    with pytest.raises(DataError, match="KeyError"):
        curate.generate(lambda draw: {"a": 1}["x"], 1)


def test_joined_rows_tell_how_both_came_to_be_and_are_exported(tmp_path: Path) -> None:
    made = curate.generate(lambda draw: {"prompt": "p", "response": "r"}, 2, source="new")
    rows = curate.join(curate.map(sums(), lambda row: f"{row['response']}!"), made)
    assert rows.by_source() == {"own": 3, "new": 2}
    curate.export(rows, tmp_path / "data")
    card = json.loads((tmp_path / "data" / "card.json").read_text())
    assert [step["operator"] for step in card["steps"]] == ["to_chat", "map", "generate", "join"]
    lines = (tmp_path / "data" / "train.jsonl").read_text().splitlines()
    by = [json.loads(line)["provenance"]["by"] for line in lines]
    assert by == ["map"] * 3 + ["generate"] * 2
    with pytest.raises(DataError, match="own/1"):
        curate.join(sums(), sums())
