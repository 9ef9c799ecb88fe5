from __future__ import annotations

import random

import pytest

from ftassist.dojo import classical

COLOURS = {"grass": "green", "sky": "blue", "snow": "white", "coal": "black"}


def rows(number: int, answer: str = "{}", seed: int = 0) -> list[tuple[str, str]]:
    generator = random.Random(seed)
    things = [generator.choice(list(COLOURS)) for _ in range(number)]
    return [
        (f"Note {i}: which colour has {t}?", answer.format(COLOURS[t]))
        for i, t in enumerate(things)
    ]


def is_colour(label: str) -> bool:
    return label.split()[-1] in COLOURS.values()


@pytest.mark.parametrize("kind", classical.KINDS)
def test_a_linear_model_learns_what_words_tell(kind: str) -> None:
    training = classical.training_of({"notes": rows(200)}, is_colour, 200, seed=0)
    assert training is not None
    asked = rows(50, seed=1)
    found = classical.predict(kind, training, [prompt for prompt, _ in asked])
    assert found == [answer for _, answer in asked]


@pytest.mark.parametrize(
    ("response", "label"),
    [
        ("green", "green"),
        ("C O. Answer: 2", "Answer: 2"),
        ("s206 | 9. Final Answer: true", "Final Answer: true"),
        (r"3 + 4 = 7. \boxed{7}", r"\boxed{7}"),
        ("steps\n#### 72", "#### 72"),
        ("a text " * 30, None),
        ("", None),
    ],
)
def test_the_label_is_the_answer_at_the_end_of_a_response(
    response: str, label: str | None
) -> None:
    assert classical.label_of(response) == label


def test_sets_with_answers_of_another_kind_are_left_out() -> None:
    foreign = [(prompt, f"card {number % 5}") for number, (prompt, _) in enumerate(rows(200))]
    training = classical.training_of(
        {"notes": rows(100), "foreign": foreign}, is_colour, 1000, seed=0
    )
    assert training is not None
    assert training.sets == ("notes",)
    assert len(training.texts) == 100


def test_a_task_with_open_answers_has_no_baseline() -> None:
    essays = [(f"Write about {i}", f"text number {i}") for i in range(200)]
    assert classical.training_of({"essays": essays}, lambda _: True, 200, seed=0) is None


def test_no_more_rows_are_taken_than_a_trial_may_have() -> None:
    training = classical.training_of({"notes": rows(500)}, is_colour, 120, seed=0)
    assert training is not None
    assert len(training.texts) == 120
    assert training == classical.training_of({"notes": rows(500)}, is_colour, 120, seed=0)


def test_the_majority_is_the_most_frequent_label() -> None:
    texts = [("a", "x"), ("b", "y"), ("c", "y")]
    assert classical.majority(classical.ClassicalRows(texts, ("s",), 2)) == "y"
