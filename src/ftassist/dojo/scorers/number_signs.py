"""Text with numbers in plain signs: digits of all scripts, LaTeX and markup as ASCII.

What cannot be a number (roots, pi, fractions of formulas) becomes `SYMBOL`. Reads no number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

SYMBOL = "√"
"""Stands for a part of a formula that is no number."""

_ALIKE = {
    **dict.fromkeys("−‐‑‒–﹣⁻", "-"),
    **dict.fromkeys("×⋅∙·✕∗", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("’′ʼ٬", "'"),
    **dict.fromkeys("π∞∛∜𝜋", SYMBOL),
    **dict.fromkeys("→⇒⟹➜⟶", " "),
    **dict.fromkeys("≤≥≠≪≫≮≯", "<"),
    **dict.fromkeys("、；،", ", "),
    "٫": ".",
    "٪": "%",
    "⁺": "+",
    "‰": "/1000",
}

Part = str | Callable[[re.Match[str]], str]
_DIGITS = r"\s*([-+]?\d[\d.,]*)\s*"
_LATEX: tuple[tuple[re.Pattern[str], Part], ...] = tuple(
    (re.compile(pattern), part)
    for pattern, part in (
        (r"\{([,.])\}|,\\!(?=\d)", lambda m: m[1] or ","),
        (r"\\[,;: ]|~(?=\\)", " "),
        (r"\\!", ""),
        (r"\\([%$#_&])", r"\1"),
        (r"\\[dtc]?frac(?:\{" + _DIGITS + r"\}\s*\{" + _DIGITS + r"\}|\s*(\d)\s*(\d))",
         lambda m: f"{_gap(m)}{m[1] or m[3]}/{m[2] or m[4]}"),
        (r"\\(?:[dtc]?frac|[dt]?binom)\s*\{[^{}]*\}\s*\{[^{}]*\}", SYMBOL),
        (r"\\sqrt\s*(?:\[[^\]]*\])?\s*(?:\{[^{}]*\}|\d)", SYMBOL),
        (r"\\(?:pi|infty)\b", SYMBOL),
        (r"\^\s*(?:\{\s*\\circ\s*\}|\\circ\b)|\\degree\b", "°"),
        (r"\^\s*\{\s*([-+]?\d+)\s*\}", r"^\1"),
        (r"_\s*\{[^{}]*\}", "_"),
        (r"\\(?:times|cdot|ast)\b", "*"),
        (r"\\div\b", "/"),
        (r"\\pm\b", "±"),
        (r"\\(?:leq?|geq?|lt|gt|neq?)\b", "<"),
        (r"\\to\b|[-=]+>", " "),
        (r"\\[a-zA-Z]+\*?|\\[()\[\]\\]|[{}]", " "),
    )
)  # fmt: skip
_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), part)
    for pattern, part in (
        (r"</?[a-zA-Z][^<>]{0,100}>", " "),
        (r"^[ \t]*\*(?= )", " "),
        (r"(?<=\d)\*\*(?=\d)", "^"),
        (r"\*{2,}|_{2,}|`+", " "),
        (r"(?<!\S)\*(?=\S)|(?<=\S)\*(?!\S)", " "),
        (r"[ \t\r\f\v]+", " "),
    )
)


def levelled(text: str) -> str:
    r"""The text in plain signs.

    >>> levelled(r"−1½ and \frac{3}{4}")
    '-1 1/2 and 3/4'
    """
    if not text.isascii():
        text = "".join(_level(text, place) for place in range(len(text)))
    if "\\" in text or "{" in text or ">" in text:
        for pattern, part in _LATEX:
            text = pattern.sub(part, text)
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text


def _level(text: str, place: int) -> str:
    """One character in plain signs."""
    character = text[place]
    if character.isascii():
        return character
    if character in _ALIKE:
        alike = _ALIKE[character]
        raised = character in "⁻⁺" and not _raised(text, place - 1)
        return "^" + alike if raised else alike
    if character == "，":
        return "," if text[place + 1 : place + 4].isdecimal() else ", "
    kind, _, _ = unicodedata.decomposition(character).partition(" ")
    plain = unicodedata.normalize("NFKC", character)
    if kind == "<fraction>":
        before = text[place - 1 : place] if place else ""
        return (" " if before.isdecimal() else "") + plain.replace("⁄", "/")
    if kind in ("<super>", "<sub>") and plain.isdecimal():
        mark = "^" if kind == "<super>" else "_"
        return plain if _raised(text, place - 1) else mark + plain
    if unicodedata.category(character) == "Cf":
        return ""
    digit = unicodedata.decimal(character, None)
    return plain if digit is None else str(digit)


def _raised(text: str, place: int) -> bool:
    """Whether there is a raised or lowered sign at a place."""
    if place < 0:
        return False
    return unicodedata.decomposition(text[place]).startswith(("<super>", "<sub>"))


def _gap(match: re.Match[str]) -> str:
    """A blank where a digit stands before, for a mixed number."""
    return " " if match.string[match.start() - 1 : match.start()].isdigit() else ""
