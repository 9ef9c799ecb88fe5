"""Which lines of a cell a person wrote, told from what was proposed."""

from __future__ import annotations

from ftassist.documents.diffs import edited_lines
from ftassist.journal.state import Trial


def edited(proposed: str, now: str) -> dict[str, list[int]]:
    return edited_lines(
        Trial(
            id="t0001",
            proposal={"cells": {"train": proposed, "curate": "rows"}},
            cells={"train": now, "curate": "rows"},
            edited={"train": "person:ada"},
        )
    )


def test_changed_and_new_lines_of_an_edited_cell_are_named_from_one_on() -> None:
    assert edited("a\nb\nc", "a\nB\nc\nd\n") == {"train": [2, 4]}


def test_lines_that_were_only_removed_and_a_newline_at_the_end_name_none() -> None:
    assert edited("a\nb\nc", "a\nc\n") == {"train": []}


def test_a_cell_that_nobody_edited_has_no_such_lines() -> None:
    proposed = {"train": "a", "curate": "b"}
    assert edited_lines(Trial(id="t0001", proposal={"cells": proposed}, cells=proposed)) == {}
