"""One grammar of numbers: what they are, what they are not, and when two are the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ftassist.dojo.scorers.numbers import equal, last_number, only_number

NUMBERS: dict[str, list[str]] = {
    "3": ["3", "+3", "３", "٣", "३", "3.", "3.0", "03", "**3**", "`3`", "(3)", "x=3", "=> 3",
          "<b>3</b>", r"\boxed{3}", "$3$", r"\(3\)", r"\text{3}", "3 kg", "3kg", "3 m^2", "3 m²",
          "$3", "3 €", "US$3", "EUR 3", "3rd", "3!", "3°C", "答案是3。", "3個です", "6/2",
          "3 mol of H2O", "The answer is 3."],
    "-3": ["-3", "−3", "－3", "–3", "‑3", "- 3", "-$3", "$-3", "−３", "答案是-3", "= - 3"],
    "1/2": [".5", "0.5", "0.50", "1/2", "2/4", "½", "50%", "50 %", "50 percent", "٠٫٥", "5e-1",
            r"\frac{1}{2}", r"\dfrac12", "1⁄2", "0.5 kg"],
    "-1/2": ["-.5", "−½", r"-\frac{1}{2}", "-1/2", "-50%"],
    "3/2": ["1.5", "1 1/2", "1½", r"1\frac{1}{2}", "3/2", "150%"],
    "1234": ["1234", "1,234", "1 234", "1\u00a0234", "1\u202f234", "1'234", "1’234", "1_234",
             "1{,}234", r"1\,234", "1,234.00", "1.234,00", "1.234e3", "１，２３４", "١٬٢٣٤"],
    "1234567": ["1,234,567", "1.234.567", "1 234 567", "12,34,567", "1'234'567"],
    "2469/2": ["1.234,5", "1,234.5", "1 234,5", "1234.5"],
    "300000000": ["3×10^8", r"3 \times 10^{8}", "3*10⁸", "3e8", "3E+8", "300 million", "3亿"],
    "5000": ["5k", "5 thousand", "5千"],
    "5": ["5千克"],
}  # fmt: skip
NONE = [
    "", "seven", "10-12", "10–12", "10 – 12", "12:30", "12h30", "12時30分", "2024-05-06",
    "5/6/2024", "2024年5月6日", "1.2.3", "192.168.0.1", "1,2,3", "1, 2, 3", "1 and 2",
    "(1,2)", "[1, 2]", "2^10", "2x", "2π", r"2\sqrt{3}", r"\frac{\pi}{2}", "π/2", "√2",
    "x^2", "H2O", "COVID-19", "5±1", "> 5", ">5", "≥5", "5+3", "5*3", "3:4", "1/0",
    "1/2/3", "1e999999999", "5'10", "5..7", "1 to 2", "9" * 5000, "A12", "1,23", "0,5",
    "3 4/2",
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), [(v, t) for v, ts in NUMBERS.items() for t in ts])
def test_a_number_is_read_in_each_of_its_writings(value: str, text: str) -> None:
    assert last_number(text) == Fraction(value)
    assert only_number(text) == Fraction(value)


@pytest.mark.parametrize("text", NONE)
def test_what_is_not_exactly_one_number_is_refused_as_a_reference(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        only_number(text)


@pytest.mark.parametrize("text", [t for t in NONE if t not in ("1,23", "0,5")])
def test_what_is_no_number_is_no_answer(text: str) -> None:
    assert last_number(text) is None


def test_a_decimal_comma_is_read_and_said_to_be_unsure() -> None:
    assert last_number("1,2") == Fraction("1.2")
    with pytest.raises(ValueError, match="decimal comma"):
        only_number("1,2")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1/3", "0.333333", True),
        ("1/3", "0.3333333333333333", True),
        ("1/3", "0.333", False),
        ("0.1", "0.1000000000000000055", True),
        ("1000000", "1000001", False),
        ("123456.78", "123456.79", False),
        ("0.000000001", "0.000000002", False),
        ("0", "0.000001", False),
        ("50%", "0.5", True),
        ("50%", "50", False),
    ],
)
def test_two_numbers_are_the_same_only_if_they_are(one: str, other: str, same: bool) -> None:
    first, second = only_number(one), only_number(other)
    assert equal(first, second) is same
    assert equal(second, first) is same


def test_a_tolerance_that_was_asked_for_holds() -> None:
    assert equal(Fraction(100), Fraction(101), 0.01)
    assert not equal(Fraction(100), Fraction(102), 0.01)


def grouped(value: Decimal, group: str, mark: str) -> str:
    whole, _, rest = f"{value:,f}".partition(".")
    return whole.replace(",", group) + (mark + rest if rest else "")


def mixed(value: Decimal) -> str:
    whole, rest = divmod(abs(Fraction(value)), 1)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole} {rest.numerator}/{rest.denominator}" if whole and rest else f"{value:f}"


WRITINGS: list[Callable[[Decimal], str]] = [
    lambda v: f"{v:f}",
    lambda v: f"{v:f}".replace("-", "−"),
    lambda v: f"{v:f}".replace("-", "－").translate({48 + i: 0xFF10 + i for i in range(10)}),
    lambda v: f"{v:f}".translate({48 + i: 0x0660 + i for i in range(10)}).replace(".", "٫"),
    lambda v: f"{v:f}".replace("0.", ".", 1) if abs(v) < 1 and v != 0 else f"{v:f}",
    lambda v: grouped(v, ",", "."),
    lambda v: grouped(v, " ", "."),
    lambda v: grouped(v, "\u202f", "," if abs(v) >= 1000 else "."),
    lambda v: grouped(v, "'", "."),
    lambda v: grouped(v, ".", ",") if abs(v) >= 1000 and v % 1 else f"{v:f}",
    lambda v: f"{v:e}",
    lambda v: f"{v * 100:f}%",
    lambda v: "{}/{}".format(*Fraction(v).as_integer_ratio()),
    lambda v: r"\frac{{{}}}{{{}}}".format(*Fraction(v).as_integer_ratio()),
    mixed,
    lambda v: f"${v:f}$",
    lambda v: rf"\boxed{{{v:f}}}",
    lambda v: f"The answer is {v:f} kg.",
    lambda v: f"{v:f} €",
    lambda v: f"**{v:f}**",
]
decimals = st.decimals(-(10**9), 10**9, places=3) | st.integers(-2000, 2000).map(Decimal)
writings = st.sampled_from(WRITINGS)


@given(decimals, writings, writings)
def test_a_number_is_the_same_in_all_writings(
    value: Decimal, one: Callable[[Decimal], str], other: Callable[[Decimal], str]
) -> None:
    first, second = last_number(one(value)), last_number(other(value))
    assert first is not None
    assert second is not None
    assert equal(first, second)


@given(decimals, decimals, writings, writings)
@example(Decimal(3), Decimal(-3), WRITINGS[0], WRITINGS[1])
@example(Decimal("0.5"), Decimal(5), WRITINGS[4], WRITINGS[0])
def test_different_numbers_are_never_the_same_in_any_writing(
    value: Decimal,
    wrong: Decimal,
    one: Callable[[Decimal], str],
    other: Callable[[Decimal], str],
) -> None:
    assume(value != wrong)
    first, second = last_number(one(value)), last_number(other(wrong))
    assert first is None or second is None or not equal(first, second)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    found = last_number(text)
    assert found is None or isinstance(found, Fraction)
