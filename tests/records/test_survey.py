"""The requirement card: when there is one."""

from __future__ import annotations

from ftassist.records.survey import NO_SURVEY, Survey


def test_a_card_that_tells_of_nothing_was_made_all_the_same() -> None:
    made = Survey(made=True)
    assert made and not NO_SURVEY
    assert made.to_dict() == {} and Survey(asked="x", made=True).to_dict() == {"asked": "x"}
