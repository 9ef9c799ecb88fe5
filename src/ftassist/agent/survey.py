"""What could be looked up outside for a requirement card, and how a model is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ftassist.agent.trial_view import Quoted, quote
from ftassist.errors import FtassistError
from ftassist.records.survey import READ, OutsideSource

MOST = 8
"""Sources of each kind that are kept."""

Search = Callable[[str], Sequence[OutsideSource]]


@dataclass(frozen=True)
class Findings:
    """What searches brought.

    Attributes:
        sources: What was found.
        missing: What could not be looked up, with why.
    """

    sources: tuple[OutsideSource, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def quoted(self) -> tuple[QuotedSource, ...]:
        """The sources with their texts marked as untrusted."""
        return tuple(map(QuotedSource.of, self.sources))


@dataclass(frozen=True)
class QuotedSource:
    """A source as a model is told it: all of it is untrusted, and its address is left out."""

    kind: Quoted
    name: Quoted
    title: Quoted
    licence: Quoted
    text: Quoted
    date: Quoted

    @classmethod
    def of(cls, source: OutsideSource) -> QuotedSource:
        """The source with its texts marked and cut."""
        return cls(
            kind=quote(source.kind),
            name=quote(source.name, 200),
            title=quote(source.title, 200),
            licence=quote(source.licence, 200),
            text=quote(source.text, READ),
            date=quote(source.date),
        )


def look_up(query: str, searches: Mapping[str, Search]) -> Findings:
    """Asks every search; one that fails is told, and is no obstacle.

    Args:
        query: The words.
        searches: How to search, by what ("data sets on the Hub").
    """
    sources: list[OutsideSource] = []
    missing: list[str] = []
    for what, search in searches.items():
        try:
            sources += list(search(query))[:MOST]
        except FtassistError as error:
            missing.append(f"{what}: {error.what}")
    return Findings(tuple(sources), tuple(missing))
