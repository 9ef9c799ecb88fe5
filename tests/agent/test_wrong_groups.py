"""Wrong answers fall into groups by view and by how they fail."""

from __future__ import annotations

import pytest

from ftassist.agent.trial_view import WrongItemView, quote
from ftassist.agent.wrong_groups import SHOWN, group_wrong, shape_of


@pytest.mark.parametrize(
    ("output", "gold", "shape"),
    [
        ("", "7", "empty"),
        ("so 3 and so 3 and so 3 and", "7", "repeats itself"),
        ("I do not know.", "7", "no number"),
        ("7 apples, then 9", "7", "the right number, but not last"),
        ("the answer is -7", "7", "wrong sign"),
        ("the answer is 8", "7", "off by one"),
        ("the answer is 70", "7", "off by a factor"),
        ("the answer is 31", "7", "another number"),
        ("<think>7? no", "7", "thinks, and gives no answer"),
        ("<think>7? no</think>8", "7", "off by one"),
        ("it is 12:30", "7", "digits that are no single number"),
        ("it is 3 1/2", "7", "off by a factor"),
        ("yes or no", "yes", "holds the right answer among others"),
        ("perhaps", "yes", "other text"),
        ("no", "yes", "other text"),
        ("card not working", "card_not_working", "the right text, written otherwise"),
        ("Answer: Card-Not-Working.", "card_not_working", "the right text, written otherwise"),
        ("card_not_wroking", "card_not_working", "some letters off the right text"),
        ("card_arrival", "card_not_working", "other text"),
    ],
)
def test_each_way_to_fail_has_a_name(output: str, gold: str, shape: str) -> None:
    assert shape_of(output, gold) == shape


def test_a_valid_but_wrong_label_is_told_from_other_text() -> None:
    def item(output: str, label: str) -> WrongItemView:
        return WrongItemView("cards", quote("?"), quote("transfer"), quote(output), label)

    found = group_wrong([item("failed transfer", "failed transfer"), item("hello", "")])
    assert {group.shape for group in found} == {"another label of the set", "other text"}


def test_groups_are_counted_the_largest_first_with_a_few_examples() -> None:
    def item(view: str, output: str) -> WrongItemView:
        return WrongItemView(view, quote("How many?"), quote("7"), quote(output))

    items = [item("boats", "31"), *(item("apples", str(n)) for n in (20, 21, 22))]
    first, second = group_wrong([*items, item("boats", "32")])
    assert (first.view, first.shape, first.count) == ("apples", "another number", 3)
    assert len(first.examples) == SHOWN
    assert (second.view, second.count) == ("boats", 2)
