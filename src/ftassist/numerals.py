"""Numbers as people read them: one formatter for every text that Python makes.

Negative numbers have a minus sign (U+2212), whole numbers have no decimals, and a difference
has its sign. What a machine reads (JSON, cells, keys) is never written with these.
"""

from __future__ import annotations

import re

MINUS = "\N{MINUS SIGN}"
_HYPHEN = re.compile(r"(?<![\w.,\-\N{MINUS SIGN}])-(?=\d|\.\d)|(?<=\de)-(?=\d)")


def number(value: float | None, digits: int = 2) -> str:
    """A score, or "-" where there is none; always so many digits.

    >>> number(-0.5)
    '−0.50'
    """
    return "-" if value is None else f"{value:.{digits}f}".replace("-", MINUS)


def signed(value: float | None, digits: int = 2) -> str:
    """A difference with its sign; never a negative zero.

    >>> signed(-0.034), signed(-0.0001)
    ('−0.03', '+0.00')
    """
    if value is None:
        return "-"
    rounded = round(value, digits) + 0.0
    return f"{rounded:+.{digits}f}".replace("-", MINUS)


def change(share: float, digits: int = 0) -> str:
    """A relative change as a percentage with its sign.

    >>> change(-0.08)
    '−8%'
    """
    return f"{share:+.{digits}%}".replace("-", MINUS)


def plain(value: float) -> str:
    """A count or a setting: whole numbers without decimals, others as short as they are exact.

    >>> plain(800.0), plain(0.0001), plain(0.25), plain(12500)
    ('800', '1e−4', '0.25', '12,500')
    """
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}".replace("-", MINUS)
    text = f"{value:.6g}"
    if 0 < abs(value) < 0.001:
        mantissa, _, exponent = f"{value:.5e}".partition("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return text.replace("-", MINUS)


def measured(value: float, digits: int = 2) -> str:
    """A cited number: a whole one as a count, else with so many digits.

    >>> measured(800.0), measured(0.079)
    ('800', '0.08')
    """
    return plain(value) if float(value).is_integer() else number(value, digits)


def with_minus(text: str) -> str:
    """A sentence with minus signs in place of hyphens before numbers; words keep theirs.

    >>> with_minus("below -0.034, in few-shot form, at 2e-4, rows 3-5")
    'below −0.034, in few-shot form, at 2e−4, rows 3-5'
    """
    return _HYPHEN.sub(MINUS, text)
