"""Numbers have one form in every text that Python makes."""

from __future__ import annotations

import pytest

from ftassist.numerals import change, measured, number, plain, signed, with_minus


@pytest.mark.parametrize(
    ("value", "text"),
    [(800.0, "800"), (12500, "12,500"), (1e-4, "1e−4"), (0.003, "0.003"), (-2.0, "−2")],
)
def test_a_setting_is_as_short_as_it_is_exact(value: float, text: str) -> None:
    assert plain(value) == text


def test_a_whole_number_that_is_cited_has_no_decimals() -> None:
    assert (measured(800.0), measured(-0.06)) == ("800", "−0.06")


def test_differences_have_their_sign_and_never_a_negative_zero() -> None:
    assert [signed(v) for v in (0.104, -0.104, -0.001)] == ["+0.10", "−0.10", "+0.00"]
    assert (number(-1.5), change(-0.08)) == ("−1.50", "−8%")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("below -0.034", "below −0.034"),
        ("[-0.1, -0.05]", "[−0.1, −0.05]"),
        ("few-shot, rows 3-5, t0001-2", "few-shot, rows 3-5, t0001-2"),
        ("at 2e-4", "at 2e−4"),
    ],
)
def test_a_hyphen_before_a_number_is_a_minus_sign(text: str, told: str) -> None:
    assert with_minus(text) == told
