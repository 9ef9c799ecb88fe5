"""Texts as sequences of normalised tokens, so that spelling does not hide what is the same.

Case, spacing, punctuation, Unicode forms, accents, look-alike letters, zero-width characters and
number formats are levelled; codes such as SMILES keep their case, which carries their meaning.
Each token knows where it came from. Knows nothing of evaluation sets.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_CHUNK = re.compile(r"\S+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_GROUPED = re.compile(r"(?<=\d)[,'_](?=\d{3}(?!\d))")
_SCIENTIFIC = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,9})?[eE][+-]?\d")
_WORD = re.compile(r"[+-]?\d+(?:\.\d+)?|[^\W\d_]+")
_CODE_MARK = re.compile(r"[=#@\[\]()/\\+]")
_IDENTIFIER = re.compile(r"[^\W\d_]+\d+")
_EDGE = ".,;:!?\"'`*_…«»“”‘’"
_PAIRS = {")": "(", "]": "[", "}": "{"}

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
_NUMBER_WORDS = {word: str(value) for value, word in enumerate(_UNITS.split())} | {
    word: str(value) for word, value in zip(_TENS.split(), range(30, 100, 10), strict=True)
}


_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеіјорсухѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαɑıℓ–—−‐‑‒",
    "ABESIJKMHOPCTYXaeijopcyxshdqwABEZHIKMNOPTYXoaail------",
)
"""Letters of other scripts that look like Latin ones, and dashes; the commonest, not all."""

_SPLIT_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?:[ .'’](?=\d{3}(?!\d))\d{3})+(?:,\d+)?(?!\d)")


_TENS_VALUES = frozenset(str(value) for value in range(20, 100, 10))
_UNIT_VALUES = frozenset(str(value) for value in range(1, 10))


@dataclass(frozen=True, slots=True)
class Token:
    """A normalised token and where it stands in the text, in characters.

    Attributes:
        text: A number in canonical form, a code as it is, or a word in lower case.
        start: First character.
        end: One past the last.
    """

    text: str
    start: int
    end: int


def tokenise(text: str) -> list[Token]:
    """The tokens of a text, in order.

    Example:
        >>> [t.text for t in tokenise("Has  BOB １,200.0 of c1ccccc1O?")]
        ['has', 'bob', '1200', 'of', 'c1ccccc1O']
    """
    plain, origin = _plain(text)
    tokens: list[Token] = []
    for chunk in _CHUNK.finditer(plain):
        offset = chunk.start()
        for word, start, end in _words(chunk.group()):
            tokens.append(Token(word, origin[offset + start], origin[offset + end - 1] + 1))
    return _joined(tokens, text)


def regrouped(text: str) -> str:
    """A text whose numbers are written without groups: "1 200" and "1.200,5" as 1200 and 1200.5.

    Whether "1.200" is a large number or a small one cannot be told, so this is another reading of
    a text, not the one. The result is as long as the text, so that places stay places.
    """
    return _SPLIT_NUMBER.sub(_without_groups, text)


def _without_groups(match: re.Match[str]) -> str:
    digits = re.sub(r"[ .'’]", "", match.group()).replace(",", ".")
    return digits.ljust(len(match.group()))


@lru_cache(maxsize=100_000)
def is_key(text: str) -> bool:
    """Whether a token can identify an item by itself: a number or a code."""
    return any(c.isdigit() for c in text) or not text.islower()


def _joined(tokens: list[Token], text: str) -> list[Token]:
    """Number words that make one number, such as "twenty-one", as one token."""
    joined: list[Token] = []
    for token in tokens:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.text in _TENS_VALUES
            and token.text in _UNIT_VALUES
            and text[before.start].isalpha()
            and text[token.start].isalpha()
            and len(text[before.end : token.start].strip("-‐‑ ")) == 0
        ):
            value = str(int(before.text) + int(token.text))
            joined[-1] = Token(value, before.start, token.end)
        else:
            joined.append(token)
    return joined


def _plain(text: str) -> tuple[str, range | list[int]]:
    """Levelled text without what is invisible, and where each of its characters came from."""
    if text.isascii():
        return text, range(len(text))
    characters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character):
            category = unicodedata.category(part)
            if category in {"Cf", "Mn"}:
                continue
            level = str(unicodedata.decimal(part)) if category == "Nd" else part
            characters.append(level.translate(_LOOK_ALIKES))
            origin.append(place)
    return "".join(characters), origin


@lru_cache(maxsize=100_000)
def _words(chunk: str) -> tuple[tuple[str, int, int], ...]:
    """The tokens of a chunk without spaces: one code, or its words and numbers."""
    start, end = _trim(chunk)
    core = chunk[start:end]
    if _IDENTIFIER.fullmatch(core):
        return ((core.casefold(), start, end),)
    if _is_code(core) and not _SCIENTIFIC.fullmatch(core):
        return ((core, start, end),)
    bare = _GROUPED.sub("", core)
    if _NUMBER.fullmatch(bare):
        return ((_number(bare), start, end),)
    if _SCIENTIFIC.fullmatch(core):
        return ((_number(f"{float(core):.12f}"), start, end),)
    return tuple((_word(m.group()), m.start(), m.end()) for m in _WORD.finditer(chunk))


def _trim(chunk: str) -> tuple[int, int]:
    """A chunk without punctuation and unbalanced brackets at its edges."""
    start, end = 0, len(chunk)
    while start < end:
        inner = chunk[start:end]
        if inner[0] in _EDGE or (inner[0] in "([{" and not _closes(inner)):
            start += 1
        elif inner[-1] in _EDGE or _unopened(inner):
            end -= 1
        else:
            break
    return start, end


def _closes(text: str) -> bool:
    """Whether the bracket a text opens with is closed before its end."""
    opening = text[0]
    closing = {"(": ")", "[": "]", "{": "}"}[opening]
    return text.count(closing) >= text.count(opening) and text[-1] != closing


def _unopened(text: str) -> bool:
    """Whether a text ends with a bracket that it did not open."""
    last = text[-1]
    return last in _PAIRS and text.count(_PAIRS[last]) < text.count(last)


def _is_code(core: str) -> bool:
    """Whether a chunk is a code: letters mixed with digits or with the signs of SMILES."""
    if not any(c.isalpha() for c in core):
        return False
    if any(c.isdigit() for c in core):
        return core.isalnum() or bool(_CODE_MARK.search(core))
    return bool(_CODE_MARK.search(core)) and any(c.isupper() for c in core) and "/" not in core


def _word(text: str) -> str:
    """A word in lower case, or a number in canonical form."""
    if text[-1].isdigit():
        return _number(text)
    word = text.casefold()
    return _NUMBER_WORDS.get(word, word)


def _number(text: str) -> str:
    """A number without sign of plus, leading zeros and a fraction of nothing."""
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
