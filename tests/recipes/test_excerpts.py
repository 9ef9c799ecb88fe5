"""An excerpt shows the place itself, whatever is cut away around it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ftassist.recipes.excerpts import AROUND, LONGEST, excerpt


@given(st.text(max_size=900), st.integers(-5, 1000), st.integers(-5, 1000))
def test_the_place_in_an_excerpt_is_the_place_in_the_text(text: str, start: int, end: int) -> None:
    found = excerpt(text, (start, end))
    shown = found["text"][found["start"] : found["end"]]
    begin = min(max(0, start), len(text))
    assert text[begin:].startswith(shown)
    assert len(shown) == min(max(0, min(end, len(text)) - begin), LONGEST)
    assert len(found["text"]) <= LONGEST + 2 * AROUND + 2


def test_what_is_cut_off_is_shown_by_an_ellipsis() -> None:
    found = excerpt("a" * 100 + "HERE" + "b" * 100, (100, 104))
    assert found["text"] == "…" + "a" * AROUND + "HERE" + "b" * AROUND + "…"
    assert found["text"][found["start"] : found["end"]] == "HERE"
