"""A draft on a terminal says what its scorer says, and hides no control characters."""

from __future__ import annotations

from pathlib import Path

from ftassist.dojo.own_draft import DraftStanding, JudgedAnswer, Looked, MadeUpAnswer, OwnDraft
from ftassist.dojo.own_rows import ColumnNames
from ftassist.ui.draft_text import page
from ftassist.ui.terminal import to_text


def test_what_the_scorer_should_not_say_is_marked_and_counted() -> None:
    draft = OwnDraft(
        Path("x.draft"), "w", "what is asked", "A title", ColumnNames("q", "a"), "accuracy"
    )
    judged = (
        JudgedAnswer("1a", MadeUpAnswer("red\x1b[2J", "right"), 1.0, True),
        JudgedAnswer("1b", MadeUpAnswer("[bold]blue", "right", "person"), 0.0, False),
    )
    standing = DraftStanding(("q", "a", "id"), ("id",), 42, 18, 9, 9)
    text = to_text(page(draft, [Looked(1, "What colour?", ("red",), judged)], standing))
    assert "not used: id" in text and "42 to train on, 18 to score on" in text
    assert "\x1b" not in text and "[bold]blue" in text
    assert "should be right (person)" in text and "scorer says 0.00" in text
    assert "of 1 of 2 what it should not: 1b" in text
