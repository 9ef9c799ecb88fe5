"""What the pages say, read for tests: links, headings, examples, and commands that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[1]
_PARSER = MarkdownIt("commonmark").enable("table")
_OUTSIDE = re.compile(r"^(https?|mailto):")


@dataclass(frozen=True)
class Example:
    """A block of code of a page, as `language` (empty for an indented one), and its line."""

    page: Path
    line: int
    language: str
    text: str


def pages() -> list[Path]:
    """All Markdown pages a person reads."""
    top = [ROOT / name for name in ("README.md", "AGENTS.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return [*top, *sorted((ROOT / "docs").rglob("*.md"))]


def links(page: Path) -> list[str]:
    """The links and pictures of a page that lead to this project."""
    found = [
        str(token.attrs[name])
        for token in _inline(page)
        for name in ("href", "src")
        if name in token.attrs
    ]
    return [link for link in found if not _OUTSIDE.match(link)]


def anchors(page: Path) -> set[str]:
    """What a link may name within a page: its headings, as GitHub and the site write them."""
    tokens = _PARSER.parse(page.read_text(encoding="utf-8"))
    found: set[str] = set()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            found.add(_unused(_slug(tokens[place + 1]), found))
    return found


def examples(page: Path) -> list[Example]:
    """The blocks of code of a page."""
    return [
        Example(page, (token.map or [0])[0] + 1, token.info.strip(), token.content)
        for token in _PARSER.parse(page.read_text(encoding="utf-8"))
        if token.type in ("fence", "code_block")
    ]


def said(page: Path) -> Iterator[str]:
    """Every line of code of a page: in blocks, with broken lines put together, and within text."""
    for example in examples(page):
        yield from example.text.replace("\\\n", " ").splitlines()
    yield from (token.content for token in _inline(page) if token.type == "code_inline")


def _inline(page: Path) -> Iterator[Token]:
    for token in _PARSER.parse(page.read_text(encoding="utf-8")):
        yield from token.children or []


def _slug(heading: Token) -> str:
    text = "".join(each.content for each in heading.children or [])
    return re.sub(r"\s", "-", re.sub(r"[^\w\- ]", "", text.lower()).strip())


def _unused(slug: str, used: set[str]) -> str:
    """A second heading of the same words is numbered."""
    if slug not in used:
        return slug
    return next(name for n in range(1, 1000) if (name := f"{slug}_{n}") not in used)
