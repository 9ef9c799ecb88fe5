r"""The numbers of a text, by one grammar, as exact fractions.

These are numbers, with a sign or without, before or after a currency or a unit:

    3  .5  1,234  1 234  1'234  1.234.567  1.234,5  1,23,456  ٣٫٥  1e-3  3×10^8
    3/4  1 1/2  ½  \frac{3}{4}  50%  5 million  5k  3万

Dates, times, ranges, lists, ratios, versions, products and powers are none, though they are
written with digits: `10-12`, `12:30`, `2024-05-06`, `1,2,3`, `2^10`, `(1,2)`, `>5`, `2x`. Digits
that belong to a name or a unit (`H2O`, `m^2`, `COVID-19`) are passed over. Two writings could mean
two things and are read so: `1,234` is 1234, and `1,2` is 1.2. `50%` is 0.5, not 50. Units are not
compared, and number words not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from ftassist.dojo.scorers.number_signs import SYMBOL, levelled

WITHOUT_END = Fraction(1, 1_000_000)
"""How far a decimal may be from a fraction without an end (1/3), relative to the larger."""

NOISE = Fraction(1, 10**12)
"""The same of other decimals: what a computer's arithmetic leaves behind."""

LONGEST = 400
"""Characters of a number at most, and its largest power of ten."""

AMBIGUOUS = "it can be one number with a decimal comma or two numbers"
NO_NUMBER = "it is written with digits and is no single number"

_MULTIPLES = {
    "hundred": 2, "thousand": 3, "lakh": 5, "million": 6, "mio": 6, "mn": 6, "crore": 7,
    "billion": 9, "bn": 9, "trillion": 12, "k": 3, "K": 3, "M": 6, "B": 9,
    "千": 3, "万": 4, "萬": 4, "億": 8, "亿": 8,
}  # fmt: skip
_WORDS = "|".join(word for word in _MULTIPLES if len(word) > 1)
_CURRENCY = r"(?:[$€£¥₹₽₩₺₪฿₫₦]|(?:US|CA|AU|HK|R)\$|(?:USD|EUR|GBP|JPY|CNY|INR|CHF|Rs\.?))"
_ATOM = r"(?:(?<![\d.])\.\d+|\d{1,3}(?: \d{3})+(?![\d'_])(?:[.,]\d+)?|\d+(?:[.,'_]\d+)*)"
_BODY = (
    r"(?:(?P<whole>\d+) (?P<over>\d+) ?/ ?(?P<under>\d+)"
    rf"|(?P<top>{_ATOM}) ?/ ?(?P<bottom>{_ATOM})"
    r"|10\^(?P<exponent>[-+]?\d+)"
    rf"|(?P<atom>{_ATOM})(?:[eE](?P<e>[-+]?\d+)(?![\w.]))?(?: ?[*xX] ?10\^(?P<ten>[-+]?\d+))?)"
)
_SIZE = rf"(?P<times> ?(?:{_WORDS})s?\b|[kKMB](?!\w)|[千万萬億亿](?![克米瓦卡]))?"
_SHARE = r"(?P<percent> ?(?:%|(?:percent|per cent|pct)\b))?"
_PIECE = rf"(?P<sign>[-+])?(?P<gap> ?)(?:{_CURRENCY} ?(?P<inner>[-+])?)?{_BODY}{_SIZE}{_SHARE}"
_ONE = re.compile(_PIECE)
_PLAIN = re.sub(r"\(\?P<\w+>", "(?:", _PIECE)
_JOIN = (
    r"(?:(?:[^\W\d_]{0,4}|[\"°])(?: ?(?:[-*/:~^+±]|\.{2,}) ?| to )"
    r"|[年月日時时点點分秒万萬千億亿년월일시분초] ?)"
)
_EXPRESSION = re.compile(rf"{_PLAIN}(?P<more>(?:{_JOIN}(?=[-+$€£]?\.?\d){_PLAIN})*)")
_NOT_AFTER = re.compile(
    rf" ?[-+*/^]? ?{SYMBOL}|[xyznabiXYZ](?![^\W\d_])|\^|[A-Za-z]+\d|[-*+/] ?[({{]"
)
_BETWEEN = re.compile(r"(?:[\s,;|&()\[\]$.]|and\b|or\b)*")
_PAIR = re.compile(r"\d+,\d+")


@dataclass(frozen=True)
class FoundNumber:
    """Something in a text that is written with digits.

    Attributes:
        text: As it is written, in plain signs.
        value: The number; None where it is no single one.
        why: Why it is none, or how else it could be read; "" for a number.
    """

    text: str
    value: Fraction | None
    why: str = ""


def found_numbers(text: str) -> list[FoundNumber]:
    """What a text writes with digits, in order; digits of names and units are left out."""
    plain = levelled(text)
    found = (_read(plain, match) for match in _EXPRESSION.finditer(plain))
    return [one for one in found if one is not None]


def last_number(text: str) -> Fraction | None:
    """The last number of a text; None if there is none, or what is last is no single number.

    A text of nothing but several numbers that differ is a list, and no single number.

    >>> last_number("It is 1,000 or 12.50")
    Fraction(25, 2)
    """
    found = found_numbers(text)
    if not found or (len({one.value for one in found}) > 1 and _is_list(text)):
        return None
    return found[-1].value


def only_number(text: str) -> Fraction:
    """The one number of a text.

    Raises:
        ValueError: It has none or several, or one that could be read in two ways; says which.
    """
    found = found_numbers(text)
    if not found:
        raise ValueError("it has no number written in digits")
    if len(found) > 1:
        raise ValueError(f"it has {len(found)} numbers")
    if found[0].value is None or found[0].why:
        raise ValueError(found[0].why or NO_NUMBER)
    return found[0].value


def equal(one: Fraction, other: Fraction, tolerance: float | None = None) -> bool:
    """Whether two numbers are the same.

    Args:
        one: A number.
        other: Another one.
        tolerance: How far they may be apart, relative to the larger; by default not at all, but
            for the last digits of a decimal where the other is a fraction without an end.
    """
    if tolerance is None:
        if one.denominator == other.denominator == 1:
            return one == other
        ends = _has_an_end(one) and _has_an_end(other)
        share = NOISE if ends else WITHOUT_END
    else:
        share = Fraction(tolerance)
    return abs(one - other) <= share * max(abs(one), abs(other))


def _is_list(text: str) -> bool:
    """Whether a text is a list of numbers and nothing else."""
    return bool(_BETWEEN.fullmatch(_EXPRESSION.sub("", levelled(text))))


def _has_an_end(number: Fraction) -> bool:
    """Whether a number can be written as a decimal."""
    below = number.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    return below == 1


def _read(plain: str, match: re.Match[str]) -> FoundNumber | None:
    """What an expression is; None for digits that belong to a name or a unit."""
    text, start, end = match.group(), match.start(), match.end()
    before, after = plain[:start][-2:], plain[end : end + 40]
    if _is_of_a_name(text, before):
        return None
    piece = _ONE.fullmatch(text)
    if (
        match["more"]
        or piece is None
        or len(text) > LONGEST
        or _NOT_AFTER.match(after)
        or _is_of_a_formula(text, before)
    ):
        return FoundNumber(text.strip(), None, NO_NUMBER)
    pair = bool(_PAIR.fullmatch(piece["atom"] or ""))
    if pair and before[-1:] in tuple("([") and after[:1] in tuple(")]"):
        return FoundNumber(text.strip(), None, NO_NUMBER)
    value = _value(piece, _sign(piece, plain[:start]))
    if value is not None and before[-1:] == "%" and not piece["percent"]:
        value /= 100
    if value is None:
        return FoundNumber(text.strip(), None, NO_NUMBER)
    unsure = pair and _thousands(piece["atom"]) is None
    return FoundNumber(text.strip(), value, AMBIGUOUS if unsure else "")


def _is_of_a_name(text: str, before: str) -> bool:
    """Whether the digits belong to a word before them, such as H2O, x_1, m^2, COVID-19."""
    last = before[-1:]
    if last == "^" or (last == "_" and not before[:1].isdigit()):
        return True
    return last.isalpha() and last.upper() != last.lower() and not text[0].isspace()


def _is_of_a_formula(text: str, before: str) -> bool:
    """Whether what stands before makes it a part of a formula, or a bound and no number."""
    near = before[-1:]
    if text[0] in "+-" and (near.isdigit() or near in tuple(")]}-+%")):
        return True
    last = (before + text[:1]).rstrip()[-1:] if text[0].isspace() else before.rstrip(" ")[-1:]
    return last in tuple(f"<>±*/~{SYMBOL}") and last != "" and (last != "~" or near.isdigit())


def _sign(piece: re.Match[str], before: str) -> int:
    """The sign; a dash with a blank after it is one at the beginning or after = ( : only."""
    signs = (piece["sign"] or "") + (piece["inner"] or "")
    last = before.rstrip(" ")[-1:]
    if piece["sign"] and piece["gap"] and (before and last not in tuple("=(:[{")):
        signs = piece["inner"] or ""
    return -1 if signs.count("-") == 1 else 1


def _value(piece: re.Match[str], sign: int) -> Fraction | None:
    """The number that a piece is; None if it cannot be one."""
    value = _body(piece)
    if value is None:
        return None
    if piece["times"]:
        word = piece["times"].strip()
        value *= 10 ** _MULTIPLES.get(word, _MULTIPLES.get(word.casefold().rstrip("s"), 0))
    return sign * (value / 100 if piece["percent"] else value)


def _body(piece: re.Match[str]) -> Fraction | None:
    """The number without its sign and size."""
    if piece["whole"]:
        above, below = int(piece["over"]), int(piece["under"])
        return int(piece["whole"]) + Fraction(above, below) if 0 < above < below else None
    if piece["top"]:
        top, bottom = _atom(piece["top"]), _atom(piece["bottom"])
        return top / bottom if top is not None and bottom else None
    value = Fraction(1) if piece["exponent"] else _atom(piece["atom"])
    powers = [int(piece[name]) for name in ("exponent", "e", "ten") if piece[name]]
    if value is None or sum(map(abs, powers)) > LONGEST:
        return None
    return value * Fraction(10) ** sum(powers)


_WRITINGS = (
    (re.compile(r"\d+"), "", ""),
    (re.compile(r"\d*\.\d+"), "", "."),
    (re.compile(r"(?!0)\d{1,3}(?:,\d{3})+(?:\.\d+)?"), ",", "."),
    (re.compile(r"(?!0)\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?"), ",", "."),
    (re.compile(r"(?!0)\d{1,3}(?:(?:\.\d{3}){2,}(?:,\d+)?|\.\d{3},\d+)"), ".", ","),
    (re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?"), " ", ".,"),
    (re.compile(r"\d{1,3}(?:'\d{3})+(?:[.,]\d+)?"), "'", ".,"),
    (re.compile(r"\d+(?:_\d+)+(?:\.\d+)?"), "_", "."),
    (re.compile(r"\d+,\d+"), "", ","),
)
"""Writings of a number: the pattern, what parts its groups, and its decimal marks."""


def _thousands(atom: str) -> Fraction | None:
    """The number if it is written with commas between thousands."""
    return _atom(atom) if any(p.fullmatch(atom) for p, gap, _ in _WRITINGS if gap == ",") else None


def _atom(atom: str) -> Fraction | None:
    """Digits with groups and a decimal mark as a number; None if they are no way to write one."""
    if len(atom) > LONGEST:
        return None
    for pattern, gap, marks in _WRITINGS:
        if pattern.fullmatch(atom):
            plain = atom.replace(gap, "") if gap else atom
            for mark in marks:
                plain = plain.replace(mark, ".")
            return Fraction(plain)
    return None
