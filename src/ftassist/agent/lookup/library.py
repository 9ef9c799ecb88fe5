"""What an agent may ask outside before it proposes: papers on arXiv, data sets on the Hub.

The requests are made here, in the process of the campaign, never by a kernel: over https, without
a key, to these two services alone. Words that are sent are judged by who sends them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from ftassist.agent.lookup import arxiv, hub
from ftassist.agent.lookup.arxiv import Paper
from ftassist.agent.lookup.hub import DataSet
from ftassist.errors import DataError, FtassistError
from ftassist.hub_reach import endpoint

T = TypeVar("T")
PAUSE = 3.0
"""Seconds between two questions to arXiv, as it asks for."""
_PAPER = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,2})?")
_SET = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_asked: dict[str, float] = {}


@dataclass(frozen=True)
class Library:
    """Papers and data sets outside.

    Args:
        papers: The address of arXiv's interface.
        data: The address of the Hub.
        pause: Seconds between two questions for papers.

    Raises:
        DataError: An address is not https, nor on this machine.
    """

    papers: str
    data: str
    pause: float = PAUSE

    def __post_init__(self) -> None:
        for url in (self.papers, self.data):
            parts = urlsplit(url)
            if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
                raise DataError(f"{url!r} is not asked", where="address", fix="give https://…")

    @classmethod
    def public(cls) -> Library:
        """ArXiv and the Hub, or what the environment names in their place."""
        return cls(arxiv.arxiv(), endpoint())

    def find_papers(self, query: str) -> list[Paper]:
        """The papers in which all words of a query stand.

        Raises:
            FtassistError: arXiv cannot be reached, or answers something else.
        """
        return _asking("arXiv", lambda: self._in_turn(lambda: arxiv.find(self.papers, query)))

    def read_paper(self, number: str) -> Paper:
        """A paper's abstract, by its number ("2402.03300", with or without "arXiv:").

        Raises:
            DataError: That is no number of a paper.
            FtassistError: There is none, or arXiv cannot be reached, or answers something else.
        """
        plain = re.sub(r"^arxiv:", "", number.strip(), flags=re.IGNORECASE)
        if not _PAPER.fullmatch(plain):
            raise DataError(f"{number!r} is no number of a paper", fix="give one like 2402.03300")
        return _asking("arXiv", lambda: self._in_turn(lambda: arxiv.read(self.papers, plain)))

    def find_data(self, query: str) -> list[DataSet]:
        """The most downloaded data sets a query finds.

        Raises:
            FtassistError: The Hub cannot be reached, or answers something else.
        """
        return _asking("the Hub", lambda: hub.find(self.data, query))

    def read_data_card(self, name: str) -> DataSet:
        """A data set with its card.

        Raises:
            DataError: That is no name of a data set.
            FtassistError: There is none, or the Hub cannot be reached, or answers something else.
        """
        if not _SET.fullmatch(name):
            raise DataError(f"{name!r} is no name of a data set", fix="give one like org/name")
        return _asking("the Hub", lambda: hub.read(self.data, name))

    def _in_turn(self, ask: Callable[[], T]) -> T:
        """Asks, not sooner after the last question than the service wishes."""
        wait = _asked.get(self.papers, 0.0) + self.pause - time.monotonic()
        time.sleep(min(self.pause, max(0.0, wait)))
        try:
            return ask()
        finally:
            _asked[self.papers] = time.monotonic()


def _asking(whom: str, ask: Callable[[], T]) -> T:
    """Asks; what goes wrong is told with whose answer it was, in one line."""
    try:
        return ask()
    except FtassistError as error:
        raise FtassistError(
            f"{whom}: {error.what}", where=error.where, fix="go on without it"
        ) from error
