"""How answers came out: what could be read by view and length, and what was taken for what."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.dojo.diagnosis import (
    ANY,
    COLUMNS,
    MOST_PAIRS,
    NEARLY,
    OTHER,
    UNREADABLE,
    CountedItem,
    diagnose,
    many_labels,
    wrong_labels,
)
from ftassist.records.feedback import ConfusedPair


def item(number: int, gold: str, output: str, **more: Any) -> CountedItem:
    right = output.endswith(gold)
    given: dict[str, Any] = {
        "view": "verdicts", "score": float(right), "parsed": True, "truncated": False,
        "prompt": "p" * (number + 1), "gold": gold, "output": output,
    }  # fmt: skip
    return CountedItem(**{**given, **more})


@pytest.fixture
def items() -> list[CountedItem]:
    """Twelve answers to questions whose right answers are yes, no or unclear."""
    said = [
        ("yes", "Answer: yes"), ("yes", "I think so. Answer: no"), ("yes", "Answer: no."),
        ("yes", "Answer: perhaps"), ("no", "Answer: no"), ("no", "Answer: no"),
        ("no", "Answer: yes"), ("no", "so it is"), ("unclear", "Answer: unclear"),
        ("unclear", "Answer: no"), ("unclear", "Answer: **yes**"), ("yes", "Answer: yes"),
    ]  # fmt: skip
    made = [item(n, gold, output) for n, (gold, output) in enumerate(said)]
    made[7] = item(7, "no", "so it is", parsed=False, truncated=True)
    return made


def test_a_closed_answer_set_has_a_table_of_what_was_given_for_what(
    items: list[CountedItem],
) -> None:
    table = diagnose(items).confusion["verdicts"]
    assert table.given == {
        "no": {"no": 2, "yes": 1, UNREADABLE: 1},
        "unclear": {"unclear": 1, "no": 1, "yes": 1},
        "yes": {"yes": 2, "no": 2, OTHER: 1},
    }
    assert table.commonest == pytest.approx(5 / 12, abs=1e-3), "what saying yes alone gets"


def test_the_rows_of_a_table_add_up_to_the_items(items: list[CountedItem]) -> None:
    given = diagnose(items).confusion["verdicts"].given
    assert sum(count for row in given.values() for count in row.values()) == len(items)


def test_what_could_be_read_is_told_by_view_and_by_length(items: list[CountedItem]) -> None:
    rows = diagnose([*items, item(99, "7", "Answer: 8", view="sums")]).reading
    assert [dict(zip(COLUMNS, row, strict=True)) for row in rows] == [
        {"view": "sums", "prompt": "all", "n": 1, "score": 0.0, "unreadable": 0, "cut off": 0},
        {"view": "verdicts", "prompt": "short", "n": 4, "score": 0.25, "unreadable": 0,
         "cut off": 0},
        {"view": "verdicts", "prompt": "middle", "n": 4, "score": 0.5, "unreadable": 1,
         "cut off": 1},
        {"view": "verdicts", "prompt": "long", "n": 4, "score": 0.5, "unreadable": 0,
         "cut off": 0},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "golds",
    [
        [str(n) for n in range(30)],
        ["one and the same"] * 30,
        ["a sentence that is much too long to be a label", "no"] * 15,
    ],
)
def test_open_answers_have_no_such_table(golds: list[str]) -> None:
    assert diagnose([item(n, gold, "Answer: x") for n, gold in enumerate(golds)]).confusion == {}


def test_no_prompt_and_no_output_is_in_the_tables(items: list[CountedItem]) -> None:
    told = repr(diagnose(items))
    assert "I think so" not in told and "so it is" not in told and "ppp" not in told


INTENTS = [f"intent {chr(97 + n // 9)}{chr(97 + n % 9)}" for n in range(77)]


def intents(number: int) -> list[CountedItem]:
    """Answers to items of 77 labels: two pairs are confused, one answer is nearly right."""
    given = {0: INTENTS[5], 3: INTENTS[4], 6: "weather", 7: INTENTS[7].replace(" ", "_")}
    return [
        item(n, INTENTS[n % 77], f"Answer: {given.get(n % 77, INTENTS[n % 77])}", view="bank")
        for n in range(number)
    ]


def test_a_closed_set_of_many_labels_has_its_most_confused_pairs_in_place_of_a_table() -> None:
    every = intents(4 * 77)
    many = many_labels(item.gold for item in every)
    assert many == frozenset(INTENTS)
    found = diagnose(every[:100], many)
    assert found.confusion == {}, "a hundred items are too few for a table of 77 labels"
    assert set(found.pairs[:2]) == {
        ConfusedPair(ANY, OTHER, 2, 0.02), ConfusedPair(ANY, NEARLY, 2, 0.02)
    }  # fmt: skip
    assert found.pairs[2:] == (
        ConfusedPair(INTENTS[0], INTENTS[5], 2, 1.0), ConfusedPair(INTENTS[3], INTENTS[4], 2, 1.0)
    )  # fmt: skip


def test_confused_pairs_are_bounded() -> None:
    wrong = [item(n, INTENTS[n], f"Answer: {INTENTS[n - 1]}") for n in range(77)]
    assert len(diagnose(wrong, frozenset(INTENTS)).pairs) == MOST_PAIRS


@pytest.mark.parametrize(
    "golds",
    [
        ["yes", "no"] * 50,
        [str(n) for n in range(60)] * 4,
        [f"a text {INTENTS[n % 77]} {n}" for n in range(200)],
        [f"{intent} {'and so on ' * 6}" for intent in INTENTS] * 4,
    ],
    ids=["few", "numbers", "open", "long"],
)
def test_what_is_no_closed_set_of_many_labels_has_no_pairs(golds: list[str]) -> None:
    assert many_labels(golds) == frozenset()


def test_a_wrong_label_of_the_set_is_told_from_another_text(items: list[CountedItem]) -> None:
    assert wrong_labels(items) == ["", "no", "no", "", "", "", "yes", "", "", "no", "yes", ""]
    asked = intents(8)
    assert wrong_labels(asked, frozenset(INTENTS)) == [
        INTENTS[5], "", "", INTENTS[4], "", "", "", ""
    ]  # fmt: skip
