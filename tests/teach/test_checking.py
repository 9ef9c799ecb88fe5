from __future__ import annotations

import pytest

from ftassist import teach
from ftassist.errors import UnknownNameError
from ftassist.teach.exercises import EXERCISES


@pytest.mark.parametrize("key", EXERCISES)
@pytest.mark.parametrize(
    "nothing", [..., None, "", "  ", [], (), set(), {}, [None, ...], {"a": ""}], ids=repr
)
def test_an_empty_answer_passes_no_exercise(key: str, nothing: object) -> None:
    found = teach.check(key, nothing)
    assert not found
    assert "no answer yet" in str(found)


@pytest.mark.parametrize("key", EXERCISES)
@pytest.mark.parametrize(
    "other",
    [object(), float("nan"), True, -1, "?", [1, 2], lambda *_: ...],
    ids=["object", "nan", "True", "-1", "?", "[1, 2]", "function"],
)
def test_an_answer_of_another_kind_gets_a_hint_and_no_stack_trace(key: str, other: object) -> None:
    found = teach.check(key, other)
    assert not found
    assert str(found).startswith(f"{key}: not yet. ")
    assert len(str(found)) > len(f"{key}: not yet. ") + 10


def test_an_unknown_exercise_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"'02\.33'"):
        teach.check("02.33", 1)


def test_an_answer_is_true_only_where_it_is_right() -> None:
    assert bool(teach.check("02.1", 10**6)) is False
