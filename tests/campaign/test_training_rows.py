"""Training rows are read page by page, bounded, and never where evaluation items may be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign, training_rows
from ftassist.campaign.row_tokens import encoded, tokenised
from ftassist.campaign.template_variables import environment_of
from ftassist.campaign.training_rows import MOST, TrainingRows, shown
from ftassist.journal import Kind
from ftassist.models.reference import TINY_NAME
from ftassist.recipes.audit import marked, pieces
from ftassist.recipes.models import load_tokenizer
from ftassist.recipes.tokens import encode


def row(number: int, **more: Any) -> dict[str, Any]:
    source = "even" if number % 2 == 0 else "odd"
    turns = [
        {"role": "user", "content": f"What is {number} + 1? <b>"},
        {"role": "assistant", "content": f"It is {number + 1}."},
    ]
    return {"id": f"{source}/{number}", "source": source, "messages": turns, **more}


def wrote(campaign: Campaign, rows: list[Mapping[str, Any]], trial: str = "t0004") -> Path:
    path = campaign.folder / "trials" / trial / "data" / "train.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return path


@pytest.fixture
def checked(demo: Campaign) -> Campaign:
    """A campaign whose t0004 has rows that were found free of evaluation items."""
    passed = {"check": "leakage", "message": "no row repeats an item"}
    demo.say(Kind.PREFLIGHT_PASSED, passed, trial="t0004", actor="worker")
    wrote(demo, [row(number) for number in range(1, 1001)])
    return demo


def test_pages_follow_each_other_to_the_end(checked: Campaign) -> None:
    rows, trial = TrainingRows(checked.folder), checked.trial("t0004")
    first = rows.page(trial)
    assert [each["row"] for each in first["rows"]] == list(range(1, MOST + 1))
    assert (first["found"], first["total"], first["complete"]) == (1000, 1000, True)
    assert first["sources"] == [{"source": "odd", "rows": 500}, {"source": "even", "rows": 500}]
    last = rows.page(trial, 980, 1000)
    assert [each["row"] for each in last["rows"]] == list(range(981, 1001))
    assert rows.page(trial, 5000)["rows"] == []


def test_words_and_a_source_choose_rows_that_keep_their_numbers(checked: Campaign) -> None:
    rows, trial = TrainingRows(checked.folder), checked.trial("t0004")
    found = rows.page(trial, text="IT 100")
    assert [each["row"] for each in found["rows"]] == [99, 100, 999, 1000]
    found = rows.page(trial, text="it 100", source="even")
    assert [each["row"] for each in found["rows"]] == [100, 1000]
    assert (found["found"], found["total"]) == (2, 1000)
    assert rows.page(trial, text="nowhere")["found"] == 0


def test_a_file_that_changes_is_looked_through_anew(checked: Campaign) -> None:
    rows, trial = TrainingRows(checked.folder), checked.trial("t0004")
    assert rows.page(trial)["total"] == 1000
    wrote(checked, [row(1)])
    assert rows.page(trial)["total"] == 1


def test_a_row_says_why_it_is_there_and_what_of_it_is_learned() -> None:
    provenance = {"by": "teach", "from": "odd/1", "before": {"nearness": 0.83}}
    told = shown(row(1, provenance=provenance, untrained=[1]), 7)
    assert told["row"] == 7
    assert told["why"] == ["by: teach", "from: odd/1", "nearness: 0.83"]
    assert [turn["trained"] for turn in told["turns"]] == [False, False]
    assert [turn["trained"] for turn in shown(row(1), 1)["turns"]] == [False, True]
    assert "labelled as a wrong answer" in shown(row(1, label=False), 1)["why"]


def test_long_rows_are_cut_and_say_so() -> None:
    turns = [{"role": "user", "content": "x" * 50_000}] * 40
    told = shown({"id": "a", "source": "b", "messages": turns}, 1)
    assert told["turns_left_out"] == 40 - len(told["turns"])
    assert all(turn["cut"] for turn in told["turns"])
    assert sum(len(turn["content"]) for turn in told["turns"]) <= training_rows.ROW_CHARACTERS


def test_rows_that_may_hold_evaluation_items_are_not_shown(demo: Campaign) -> None:
    wrote(demo, [row(1)], "t0007")
    page = TrainingRows(demo.folder).page(demo.trial("t0007"))
    assert page["rows"] == []
    assert "repeat evaluation items" in page["withheld"]
    assert TrainingRows(demo.folder).some(demo.trial("t0007"), [1]) == []
    wrote(demo, [row(1)], "t0011")
    unchecked = TrainingRows(demo.folder).page(demo.trial("t0011"))
    assert "have not been checked" in unchecked["withheld"]


def test_a_link_and_what_is_no_row_give_nothing(checked: Campaign) -> None:
    rows, trial = TrainingRows(checked.folder), checked.trial("t0004")
    path = wrote(checked, [row(1)])
    path.write_text(f'not json\n{json.dumps(row(2))}\n[1]\n{{"messages": 4}}\n{"[" * 5000}\n')
    page = rows.page(trial)
    assert [each["id"] for each in page["rows"]] == ["even/2"]
    secret = checked.folder / "scores.jsonl"
    secret.write_text(json.dumps(row(3)))
    path.unlink()
    path.symlink_to(secret)
    assert rows.page(trial)["withheld"]


def test_an_endless_line_and_a_slow_file_end(
    checked: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wrote(checked, [row(1)])
    with path.open("a") as file:
        file.write("x" * (3 * training_rows.LONGEST_LINE) + "\n" + json.dumps(row(2)) + "\n")
    rows, trial = TrainingRows(checked.folder), checked.trial("t0004")
    assert [each["id"] for each in rows.page(trial)["rows"]] == ["odd/1", "even/2"]
    monkeypatch.setattr(training_rows, "SCAN_SECONDS", -1.0)
    assert not rows.page(trial, text="what")["complete"]


def test_tokens_are_those_of_the_training(checked: Campaign) -> None:
    (number, raw), *_ = TrainingRows(checked.folder).some(checked.trial("t0004"), [3, 3, 9999])
    (told,) = encoded(TINY_NAME, [(number, raw)])
    tokenizer = load_tokenizer(TINY_NAME)
    (coded,) = encode([raw["messages"]], tokenizer, frozenset())
    assert (told["tokens"], told["trained"]) == (len(coded), sum(coded.trained))
    assert [(p["text"], p["trained"]) for p in told["pieces"]] == pieces(coded, tokenizer.decode)
    learned = "".join(p["text"] for p in told["pieces"] if p["trained"])
    assert learned.startswith("It is 4.")
    assert f"⟦{learned}⟧" in marked(coded, tokenizer.decode)


def test_a_process_of_its_own_tokenises_and_tells_of_a_row_that_cannot_be(
    checked: Campaign,
) -> None:
    rows = [(1, row(1)), (2, {**row(2), "messages": [{"role": "user", "content": "alone"}]})]
    good, bad = tokenised(TINY_NAME, environment_of(checked), rows)
    assert good["trained"] > 0
    assert bad["problem"]
