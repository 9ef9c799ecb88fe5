"""Small pieces of Markdown that all reference pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"(`[^`]*`)")


def head(title: str, source: str, text: str) -> str:
    """The top of a page: its title, what it was made from, and what it is."""
    return (
        f"# {title}\n\nMade from {source} by `python -m docsite.reference`; a test holds it to "
        f"the code.\n\n{text}\n"
    )


def plain(text: str) -> str:
    """Words of the program as one line of Markdown, in which nothing but code is markup."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(part if part.startswith("`") else _escaped(part) for part in parts)


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in lines
    )


def _escaped(text: str) -> str:
    return re.sub(r"([*_<\[\]\\])", r"\\\1", text)
