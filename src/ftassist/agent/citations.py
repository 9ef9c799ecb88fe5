"""Whether what a requirement card cites was found, or is from a model's memory.

Papers by arXiv number or DOI, and web addresses; what is cited by name alone is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ftassist.agent.survey import Source
from ftassist.hub_reach import endpoint

MARK = "[not among what was found]"
NO_SET = "[no such raw set]"
_CITED = re.compile(
    r"https?://[^\s)>\]]+|\b10\.\d{4,9}/[^\s)>\]]+|\b\d{4}\.\d{4,5}(?:v\d+)?\b", re.IGNORECASE
)
_VERSION = re.compile(r"v\d+$")


def mark_card(
    card: Mapping[str, Any], sources: Iterable[Source], sets: Collection[str]
) -> dict[str, Any]:
    """The card, with citations that were not found and raw sets that are not there marked."""
    known = {_plain(text) for source in sources for text in _cited(f"{source.name} {source.url}")}
    strategies = [
        {**strategy, "rests_on": [_marked(line, known) for line in strategy["rests_on"]]}
        for strategy in card["strategies"]
    ]
    raw_sets = [
        one if one["name"] in sets else {**one, "name": f"{NO_SET} {one['name']}"}
        for one in card["raw_sets"]
    ]
    return {**card, "strategies": strategies, "raw_sets": raw_sets}


def sources_of(survey: Mapping[str, Any]) -> list[Source]:
    """What a context's requirement card knows of sources: those found and those read.

    Their addresses are told to no model; a data set's is made of its name.
    """
    return [_source(one) for name in ("sources", "read") for one in survey.get(name, ())]


def _source(told: Mapping[str, Any]) -> Source:
    kind, name = (str(getattr(told[key], "quoted", told[key])) for key in ("kind", "name"))
    return Source(
        kind, name, "", url=f"{endpoint()}/datasets/{name}" if kind == "data set" else ""
    )


def mark_line(line: str, sources: Iterable[Source]) -> str:
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
