"""What could be looked up outside for a requirement card, and what could not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.agent.trial_view import quote
from ftassist.errors import FtassistError

MOST = 8
"""Sources of each kind that are kept."""
READ = 600
"""Characters that are kept of a text that was read."""


@dataclass(frozen=True)
class Source:
    """Something found: untrusted text with an address.

    Attributes:
        kind: "data set" or "paper".
        name: Its id.
        title: Its title or description.
        licence: As it is stated there; "" if it is not.
        url: Its address.
        text: What was read of it; "" where it was only found.
    """

    kind: str
    name: str
    title: str
    licence: str = ""
    url: str = ""
    text: str = ""

    def to_dict(self) -> dict[str, str]:
        """The source as JSON, for the journal, its texts cut."""
        fields = ("kind", "name", "title", "licence", "url")
        told = {name: getattr(self, name)[:300] for name in fields}
        return {**told, "text": self.text[:READ]} if self.text else told


Search = Callable[[str], Sequence[Source]]


@dataclass(frozen=True)
class Findings:
    """What searches brought.

    Attributes:
        sources: What was found.
        missing: What could not be looked up, with why.
    """

    sources: tuple[Source, ...] = ()
    missing: tuple[str, ...] = ()

    def quoted(self) -> list[dict[str, Any]]:
        """The sources with their texts marked as untrusted."""
        return [
            {
                "kind": source.kind,
                "name": quote(source.name, 120),
                "title": quote(source.title, 300),
                "licence": quote(source.licence, 60),
            }
            for source in self.sources
        ]

    def to_dict(self) -> dict[str, Any]:
        """The findings as JSON, for the journal."""
        return {
            "sources": [source.to_dict() for source in self.sources],
            "not_looked_up": list(self.missing),
        }


def look_up(query: str, searches: Mapping[str, Search]) -> Findings:
    """Asks every search; one that fails is told, and is no obstacle.

    Args:
        query: The words.
        searches: How to search, by what ("data sets on the Hub").
    """
    sources: list[Source] = []
    missing: list[str] = []
    for what, search in searches.items():
        try:
            sources += list(search(query))[:MOST]
        except FtassistError as error:
            missing.append(f"{what}: {error.what}")
    return Findings(tuple(sources), tuple(missing))
