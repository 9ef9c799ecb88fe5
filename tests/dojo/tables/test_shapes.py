"""Known shapes: rows as data sets write them become what is asked and what is answered."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.dojo.tables.examples import Example, example_of
from ftassist.dojo.tables.shapes import recognise
from ftassist.dojo.tables.values import rest_of
from ftassist.errors import DataError

PAIR = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "good"}]
BAD = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "bad"}]


@dataclass(frozen=True)
class Known:
    """A row of a shape and what it says."""

    row: dict[str, Any]
    asked: str
    answered: str
    more: dict[str, Any] = field(default_factory=dict)


SHAPES = {
    "alpaca": Known({"instruction": "Add", "input": "1, 2", "output": "3"}, "Add\n\n1, 2", "3"),
    "alpaca, empty input": Known({"instruction": "Hi", "input": "", "output": "ho"}, "Hi", "ho"),
    "alpaca, null input": Known({"instruction": "Hi", "input": None, "output": "o"}, "Hi", "o"),
    "alpaca, no input": Known({"instruction": "Hi", "output": "ho"}, "Hi", "ho"),
    "dolly": Known(
        {"instruction": "Sum up", "context": "Text", "response": "T"}, "Sum up\n\nText", "T"
    ),
    "orca": Known(
        {"system_prompt": "Be kind", "question": "q", "response": "a"}, "Be kind\nq", "a"
    ),
    "orca, no system": Known({"system_prompt": "", "question": "q", "response": "a"}, "q", "a"),
    "squad": Known(
        {"context": "C", "question": "q", "answers": {"text": ["a", "b"], "answer_start": [1]}},
        "C\n\nq",
        "a",
        {"answers": ("a", "b")},
    ),
    "accepted answers": Known(
        {"question": "q", "answer": ["a", "b", "a"]}, "q", "a", {"answers": ("a", "b")}
    ),
    "prompt and completion": Known({"prompt": "q", "completion": "a"}, "q", "a"),
    "chats of prompt and completion": Known(
        {"prompt": PAIR[:1], "completion": PAIR[1:]}, "q", "good"
    ),
    "messages": Known({"messages": PAIR, "id": 3, "odd": {"x": [1]}}, "q", "good"),
    "sharegpt": Known(
        {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]},
        "q",
        "a",
    ),
    "a chat under another name": Known({"my_chat": PAIR}, "q", "good"),
    "system beside a chat": Known({"system": "s", "conversations": PAIR}, "s\nq", "good"),
    "pairs": Known({"prompt": "q", "chosen": "a", "rejected": "b"}, "q", "a", {"rejected": "b"}),
    "pairs of chats": Known({"chosen": PAIR, "rejected": BAD}, "q", "good", {"rejected": "bad"}),
    "pairs of answers in chats": Known(
        {"prompt": "q", "chosen": PAIR[1:], "rejected": BAD[1:]}, "q", "good", {"rejected": "bad"}
    ),
    "pairs of transcripts": Known(
        {
            "chosen": "\n\nHuman: q\n\nAssistant: a\n\nHuman: r\n\nAssistant: good",
            "rejected": "\n\nHuman: q\n\nAssistant: a\n\nHuman: r\n\nAssistant: bad",
        },
        "q\na\nr",
        "good",
        {"rejected": "bad"},
    ),
    "labels": Known(
        {"prompt": "q", "completion": "a", "label": False}, "q", "a", {"label": False}
    ),
    "options in a list, answer by letter": Known(
        {"question": "q", "choices": ["x", "y"], "answer": "B"}, "q\nA. x\nB. y", "B"
    ),
    "answer by number": Known(
        {"question": "q", "choices": ["x", "y"], "answer": 1}, "q\nA. x\nB. y", "B"
    ),
    "answer by text": Known(
        {"question": "q", "options": ["x", "y"], "answer": "y"}, "q\nA. x\nB. y", "B"
    ),
    "options by letter": Known(
        {"question": "q", "options": {"A": "x", "B": "y"}, "answer": "(b)"}, "q\nA. x\nB. y", "B"
    ),
    "labels and texts": Known(
        {"question": "q", "choices": {"label": ["1", "2"], "text": ["x", "y"]}, "answerKey": "2"},
        "q\n1. x\n2. y",
        "2",
    ),
    "options in columns": Known(
        {"Question": "q", "A": "x", "B": "y", "C": "z", "Answer": "C"},
        "q\nA. x\nB. y\nC. z",
        "C",
    ),
    "options as text of a list": Known(
        {"question": "q", "choices": "['x', 'y']", "answer": "x"}, "q\nA. x\nB. y", "A"
    ),
    "options in an array": Known(
        {"question": "q", "choices": np.array(["x", "y"], dtype=object), "answer": np.int64(0)},
        "q\nA. x\nB. y",
        "A",
    ),
    "a label with its name": Known({"text": "t", "label": 3, "label_text": "spam"}, "t", "spam"),
    "numbers": Known({"question": "q", "answer": 3}, "q", "3"),
    "rows that are lists": Known({"column_1": "t", "column_2": "label"}, "t", "label"),
}


def read(row: dict[str, Any], **given: str) -> Example:
    shape = recognise([row], given, "rows")
    return example_of(row, shape.fields, "row 1")


@pytest.mark.parametrize("name", SHAPES)
def test_each_known_shape_says_what_is_asked_and_answered(name: str) -> None:
    known = SHAPES[name]
    found = read(known.row)
    assert (found.prompt, found.response) == (known.asked, known.answered)
    for part, value in known.more.items():
        assert getattr(found, part) == value


def test_numbers_of_options_count_from_one_where_only_that_fits() -> None:
    rows = [{"question": "q", "choices": ["x", "y"], "answer": n} for n in (1, 2)]
    shape = recognise(rows, {}, "rows")
    assert [example_of(row, shape.fields, "r").response for row in rows] == ["A", "B"]


@pytest.mark.parametrize(
    ("row", "given", "what"),
    [
        ({"question": "q", "answer": None}, {}, "'answer' is missing"),
        ({"question": "q", "answer": ""}, {}, "'answer' is empty"),
        ({"question": "q", "answer": []}, {}, "'answer' is empty"),
        ({"question": "q", "answer": {"value": "a"}}, {}, "an object (value)"),
        ({"question": "q", "answer": ["a", {"b": 1}]}, {}, "an object"),
        ({"question": "q", "answer": float("nan")}, {}, "is nan"),
        ({"question": "q", "answer": float("inf")}, {}, "is inf"),
        ({"question": "q", "answer": "cut \ud83d"}, {}, "half of a sign"),
        ({"question": ["q"], "answer": "a"}, {}, "is a list, not text"),
        ({"question": " ", "answer": "a"}, {}, "turn 1 (user) is empty"),
        ({"instruction": "", "input": "x", "output": "a"}, {}, "'instruction' is empty"),
        ({"question": "q", "choices": ["x", "y"], "answer": "C"}, {}, "none of the options"),
        ({"prompt": "q", "completion": "a", "label": "maybe"}, {"label": "label"}, "neither true"),
        ({"chosen": PAIR, "rejected": [{**BAD[0], "content": "?"}, BAD[1]]}, {}, "differ before"),
        ({"q": "q", "a": "a"}, {}, "none of the fields prompt"),
        ({"question": "q", "foo": "a"}, {}, "none of the fields answer"),
    ],
)
def test_what_cannot_be_asked_or_answered_is_refused(
    row: dict[str, Any], given: dict[str, str], what: str
) -> None:
    with pytest.raises(DataError) as refusal:
        read(row, **given)
    assert what in refusal.value.what


def test_a_template_joins_fields_and_options() -> None:
    row = {"stem": "q", "options": ["x", "y"], "answer": "y"}
    found = read(row, prompt=r"{stem}\nOptions:\n{options}")
    assert (found.prompt, found.response) == ("q\nOptions:\nA. x\nB. y", "B")
    asked = read({"a": "1", "b": "", "answer": "x"}, prompt="{a}{b?}{c?}").prompt
    assert asked == "1"
    with pytest.raises(DataError, match="'b' is empty"):
        read({"a": "1", "b": "", "answer": "x"}, prompt="{a} {b}")


def test_a_path_reaches_into_an_object() -> None:
    row = {"question": "q", "answer": {"value": "a", "aliases": ["b"]}}
    assert read(row, response="answer.aliases").answers == ("b",)


_ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["prompt", "answer", "messages", "choices", "label", "chosen", "rejected", "input",
             "instruction", "output", "system", "question", "context", "answers", "A", "B"]
        ),
        _ANY,
        max_size=6,
    )
)  # fmt: skip
def test_any_row_is_read_or_named(row: dict[str, Any]) -> None:
    try:
        found = read(row)
    except DataError as error:
        assert error.where
    else:
        assert found.prompt.strip()
        assert all(answer.strip() for answer in found.answers)


@given(st.dictionaries(st.text(max_size=3), _ANY, max_size=4))
def test_columns_that_play_no_part_are_plain_whatever_they_hold(row: dict[str, Any]) -> None:
    told = json.dumps(rest_of(row, ()), ensure_ascii=False, allow_nan=False)
    assert len(json.loads(told.encode())) <= len(row)
