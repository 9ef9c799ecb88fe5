from __future__ import annotations

from uuid import uuid4

import pytest

from ftassist import teach
from ftassist.errors import DataError
from ftassist.teach.predictions import holds


@pytest.fixture
def key() -> str:
    """A prediction's name that no other test has."""
    return f"test.{uuid4().hex[:6]}"


def test_a_number_is_set_against_what_came(key: str) -> None:
    assert "your prediction: 12 tokens" in str(teach.predict(key, 12, unit="tokens"))
    shown = str(teach.came(key, 31))
    assert "you predicted 12 tokens; it is 31 tokens: 19 too low" in shown


def test_one_of_a_kind_is_told_as_one(key: str) -> None:
    assert str(teach.predict(key, 1, unit="trials")).startswith(
        f"{key}, your prediction: 1 trial."
    )
    assert "it is 0 trials" in str(teach.came(key, 0))


def test_a_range_tells_whether_what_came_is_inside(key: str) -> None:
    teach.predict(key, (10, 20))
    assert "inside your range" in str(teach.came(key, 12))
    assert "above your range" in str(teach.came(key, 25))
    assert "below your range" in str(teach.came(key, 3))


def test_words_and_yes_or_no_are_predictions_too(key: str) -> None:
    teach.predict(key, "First")
    assert "as you said" in str(teach.came(key, "first"))
    teach.predict(key + "b", True)
    assert "you predicted yes; it is no: not what you said" in str(teach.came(key + "b", False))


def test_without_a_prediction_the_reader_is_told_so_and_the_notebook_goes_on(key: str) -> None:
    assert "no prediction yet" in str(teach.predict(key, ...))
    assert "You had written no prediction down" in str(teach.came(key, 5))


def test_a_prediction_written_after_the_result_is_called_hindsight(key: str) -> None:
    teach.predict(key)
    teach.came(key, 5)
    assert "hindsight" in str(teach.predict(key, 5))
    assert "in hindsight" in str(teach.came(key, 5))
    line = next(line for line in str(teach.predictions()).splitlines() if line.startswith(key))
    assert line.endswith("hindsight")


def test_all_predictions_are_counted_with_those_that_held(key: str) -> None:
    teach.predict(key + "a", 100)
    teach.came(key + "a", 105)
    teach.predict(key + "b", (0, 1))
    teach.came(key + "b", 2)
    lines = {line.split()[0]: line for line in str(teach.predictions()).splitlines()}
    assert lines[key + "a"].endswith("held")
    assert lines[key + "b"].endswith("missed")


@pytest.mark.parametrize("guess", [(1, 2, 3), (5, 1), ("a", 2), float("nan"), {"a": 1}])
def test_what_is_no_prediction_is_refused_with_the_way_to_write_one(
    key: str, guess: object
) -> None:
    with pytest.raises(DataError) as refused:
        teach.predict(key, guess)
    assert "teach.predict" in refused.value.fix
    assert refused.value.where == key


def test_a_number_holds_within_a_tenth_of_what_came() -> None:
    assert holds(91, 100)
    assert not holds(89, 100)
    assert not holds(1, 0)
