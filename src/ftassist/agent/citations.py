"""Whether what a requirement card cites was found, or is from a model's memory.

Papers by arXiv number or DOI, and web addresses; what is cited by name alone is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from ftassist.agent.survey import QuotedSource
from ftassist.hub_reach import endpoint
from ftassist.records.survey import OutsideSource, Survey

MARK = "[not among what was found]"
NO_SET = "[no such raw set]"
_CITED = re.compile(
    r"https?://[^\s)>\]]+|\b10\.\d{4,9}/[^\s)>\]]+|\b\d{4}\.\d{4,5}(?:v\d+)?\b", re.IGNORECASE
)
_VERSION = re.compile(r"v\d+$")


def mark_card(card: Survey, sources: Iterable[OutsideSource], sets: Collection[str]) -> Survey:
    """The card, with citations that were not found and raw sets that are not there marked."""
    known = {_plain(text) for source in sources for text in _cited(f"{source.name} {source.url}")}
    strategies = tuple(
        replace(one, rests_on=tuple(_marked(line, known) for line in one.rests_on))
        for one in card.strategies
    )
    raw_sets = tuple(
        one if one.name in sets else replace(one, name=f"{NO_SET} {one.name}")
        for one in card.raw_sets
    )
    return replace(card, strategies=strategies, raw_sets=raw_sets)


def source_of(told: QuotedSource) -> OutsideSource:
    """A source that a model was told; a data set's address is made of its name."""
    kind, name = told.kind.quoted, told.name.quoted
    return OutsideSource(
        kind, name, url=f"{endpoint()}/datasets/{name}" if kind == "data set" else ""
    )


def mark_line(line: str, sources: Iterable[OutsideSource]) -> str:
    """A line of a proposal, marked where it cites what was not found."""
    return _marked(line, {_plain(c) for one in sources for c in _cited(f"{one.name} {one.url}")})


def _marked(line: str, known: Collection[str]) -> str:
    return f"{MARK} {line}" if {_plain(c) for c in _cited(line)} - set(known) else line


def _cited(text: str) -> list[str]:
    return _CITED.findall(text)


def _plain(citation: str) -> str:
    """A citation without what may differ: a paper's version and server, the end of a line."""
    bare = citation.lower().rstrip(".,;:/")
    number = re.search(r"\d{4}\.\d{4,5}(?:v\d+)?$", bare)
    return _VERSION.sub("", number[0] if number else bare)
