"""Texts as they are compared, in any script: the same text, the same label, the words of a text.

What Unicode calls the same (composed or not, of half or full width) is the same here. Words, for
ROUGE, are runs of letters with their marks and of digits; scripts that put no spaces between words
are read by jieba (Chinese) or character by character.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

import regex

_INVISIBLE = regex.compile(r"\p{Cf}")
_ENDS = r"[\p{Terminal_Punctuation}\p{Quotation_Mark}\p{Z}\s`…¿¡]+"
_AT_THE_ENDS = regex.compile(rf"^{_ENDS}|{_ENDS}$")
_NO_SPACES = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_RUNS = regex.compile(
    rf"(?P<joined>(?:[{_NO_SPACES}]\p{{M}}*)+)|(?:(?![{_NO_SPACES}])[\p{{L}}\p{{M}}\p{{N}}])+"
)
_CHINESE = regex.compile(r"\p{Han}+")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_CHARACTER = regex.compile(r"\X\p{M}*")


def same_form(text: str) -> str:
    """A text without spaces at its ends, in Unicode form NFC."""
    return unicodedata.normalize("NFC", text.strip())


def label(text: str) -> str:
    """A label as it is compared: without case, widths, quotes, closing marks and extra spaces.

    A label of nothing but marks stays as it is.

    >>> label("“Red”。") == label(" red.")
    True
    """
    plain = " ".join(_folded(text).split())
    return _AT_THE_ENDS.sub("", plain) or plain


def words(text: str, *, by_characters: bool = False) -> list[str]:
    """The words of a text, without case and marks between words.

    Args:
        text: Any text.
        by_characters: Read Chinese characters one by one, as in Japanese, and not by jieba.

    >>> words("Привет, мир!")
    ['привет', 'мир']
    """
    return list(_words(_folded(text), by_characters))


def is_japanese(text: str) -> bool:
    """Whether a text has kana, so that its Chinese characters are no Chinese words."""
    return bool(_KANA.search(unicodedata.normalize("NFKC", text)))


def _folded(text: str) -> str:
    """A text in one width and case, without what is invisible."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", plain.casefold())


def _words(plain: str, by_characters: bool) -> Iterator[str]:
    for run in _RUNS.finditer(plain):
        found = run.group()
        if run["joined"] is None:
            yield found
        elif by_characters or not _CHINESE.fullmatch(found):
            yield from _CHARACTER.findall(found)
        else:
            yield from _jieba().lcut(found)


@cache
def _jieba() -> Any:
    """The Chinese word list, loaded at its first use; its remarks on loading are kept quiet."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return jieba
