"""Training rows in the form of a wrong answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent.eyes import Sight, similar
from ftassist.agent.eyes.form import alike, form_of

from .test_sight import plain, seen, sight  # noqa: F401


@pytest.fixture
def two_sets(sight: Sight, tmp_path: Path) -> Sight:  # noqa: F811
    """A second raw set, whose answers are sentences."""
    notes = tmp_path / "repository" / "notes"
    prose = tmp_path / "repository" / "prose"
    prose.mkdir()
    card = json.loads((notes / "card.yaml").read_text())
    (prose / "card.yaml").write_text(json.dumps({**card, "name": "prose", "rows": 4}))
    answers = ["They are 7.", "My whole answer is maybe", "There were 45.", "{7}"]
    rows = [{"q": f"prose question {n}", "a": a} for n, a in enumerate(answers)]
    (prose / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return sight


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It is 20.", "There were 1,300."),
        ("card_arrival", "lost_or_stolen_card"),
        (r"So \boxed{7}", r"Thus \boxed{12.5}"),
        ("Straße, année", "word, other"),
        ("a" + " b" * 20, "c" + " d" * 40),
    ],
)
def test_a_form_holds_no_content(one: str, other: str) -> None:
    assert form_of(one) == form_of(other)
    assert alike(form_of(one), form_of(other)) == 1


def test_other_forms_are_less_alike_the_more_they_differ() -> None:
    wanted = form_of("It is 20.")
    shares = [alike(wanted, form_of(text)) for text in ("It is 20", "It is [x]", "[x]", "")]
    assert 1 > shares[0] > shares[1] > shares[2] >= shares[3] == 0


def test_rows_in_the_form_of_a_wrong_answer_come_first(two_sets: Sight) -> None:
    look = two_sets.look("similar_rows", {"trial": "t0001", "answer": 1, "count": 3})
    found = plain(look.value)
    assert [(one["set"], one["row"]) for one in found["nearest"][:2]] == [
        ("prose", 1), ("prose", 3),
    ]  # fmt: skip
    assert (
        [one["alike"] for one in found["nearest"]][:2] == [1, 1] > [found["nearest"][2]["alike"]]
    )
    assert found["sets"]["prose"] == {"rows": 4, "compared": 4, "same_form": 2}
    assert found["sets"]["notes"]["same_form"] == 0
    assert found["form"] == "few words number ."
    assert look.trail == "looked for rows in the form of wrong answer 1 of t0001"


def test_answers_are_numbered_as_the_look_at_wrong_answers_has_them(two_sets: Sight) -> None:
    clouds = seen(two_sets, "wrong_answers", trial="t0001", view="clouds")
    (answer,) = [one["answer"] for one in clouds["answers"]]
    assert answer == 3
    assert seen(two_sets, "similar_rows", trial="t0001", answer=answer)["form"] == "nothing"


def test_one_set_can_be_asked_for(two_sets: Sight) -> None:
    found = seen(two_sets, "similar_rows", trial="t0001", answer=1, set="notes")
    assert {one["set"] for one in found["nearest"]} == {"notes"} == set(found["sets"])


@pytest.mark.parametrize("answer", [0, 4])
def test_an_answer_that_is_not_shown_is_refused_in_words(two_sets: Sight, answer: int) -> None:
    look = two_sets.look("similar_rows", {"trial": "t0001", "answer": answer})
    assert look.failed


def test_a_set_that_cannot_be_read_costs_the_others_nothing(
    two_sets: Sight, tmp_path: Path
) -> None:
    (tmp_path / "repository" / "prose" / "rows.jsonl").write_text("not a row\n")
    found = seen(two_sets, "similar_rows", trial="t0001", answer=1)
    assert found["sets"]["prose"] == "cannot be read"
    assert found["nearest"]


def test_rows_are_compared_only_so_long_and_it_is_said(
    two_sets: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "SECONDS", -1.0)
    found = seen(two_sets, "similar_rows", trial="t0001", answer=1)
    assert found["sets"]["notes"] == {"rows": 30, "compared": 0, "same_form": 0}
    assert found["nearest"] == []


def test_texts_of_rows_and_the_form_are_material(two_sets: Sight) -> None:
    look = two_sets.look("similar_rows", {"trial": "t0001", "answer": 1})
    told: dict[str, Any] = {**look.value, "nearest": []}
    assert "words" not in json.dumps({k: v for k, v in told.items() if k != "form"})
    assert not isinstance(look.value["form"], str)
    assert all(not isinstance(one["response"], str) for one in look.value["nearest"])
