"""What the faces say in a sentence."""

from __future__ import annotations

from dataclasses import replace

from ftassist.campaign import Campaign
from ftassist.documents import summary
from ftassist.documents.snapshot import take
from ftassist.journal import State


def test_what_the_validation_set_can_show_is_said_before_any_trial(demo: Campaign) -> None:
    snapshot = take(demo)
    text = summary.smallest_effect(snapshot)
    assert "320 validation items" in text
    assert "a true gain of about 8 points" in text


def test_nothing_is_said_of_a_validation_set_before_the_base_is_scored(demo: Campaign) -> None:
    snapshot = take(demo)
    unscored = replace(snapshot, state=State())
    assert summary.smallest_effect(unscored) == ""
