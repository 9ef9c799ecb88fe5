"""Papers on arXiv, by its public interface. `FTASSIST_ARXIV` names another server."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from xml.etree import ElementTree

from ftassist.agent.lookup.request import address, fetch
from ftassist.agent.survey import MOST
from ftassist.errors import FtassistError
from ftassist.records.survey import OutsideSource

_ATOM = "{http://www.w3.org/2005/Atom}"
_VERSION = re.compile(r"v\d+$")


@dataclass(frozen=True)
class Paper:
    """A paper as its abstract page tells it: untrusted text.

    Attributes:
        id: Its number with its version, such as "2402.03300v1".
        authors: Their names.
        date: When it was first handed in, such as "2024-02-05".
        url: Its address.
    """

    id: str
    title: str
    authors: tuple[str, ...]
    date: str
    abstract: str
    url: str

    def source(self, text: str = "") -> OutsideSource:
        """The paper as a source; `text` is what was read of it."""
        title = f"{self.title}. {self.abstract}"[:300] if not text else self.title
        return OutsideSource("paper", f"arXiv:{self.id}", title, url=self.url, text=text)


def arxiv() -> str:
    """The address of arXiv's interface."""
    return os.environ.get("FTASSIST_ARXIV", "").rstrip("/") or "https://export.arxiv.org"


def search_papers(query: str) -> list[OutsideSource]:
    """The papers a query finds, the most relevant first.

    Raises:
        FtassistError: arXiv cannot be reached, or answers something else.
    """
    return [paper.source() for paper in find(arxiv(), f"{query} fine-tuning")]


def find(root: str, query: str) -> list[Paper]:
    """The papers in which all words of a query stand, the most relevant first.

    Raises:
        FtassistError: The server cannot be reached, or answers something else.
    """
    terms = " AND ".join(f"all:{word}" for word in re.findall(r"[\w-]+", query))
    wanted = {"search_query": terms, "max_results": str(MOST), "sortBy": "relevance"}
    return _papers(root, wanted)


def read(root: str, number: str) -> Paper:
    """A paper by its number.

    Raises:
        FtassistError: There is none, or the server cannot be reached, or answers something else.
    """
    bare = _VERSION.sub("", number)
    papers = _papers(root, {"id_list": number})
    found = [one for one in papers if _VERSION.sub("", one.id) == bare]
    if not found:
        raise FtassistError(f"there is no paper {number!r}", where=root)
    return found[0]


def _papers(root: str, parameters: dict[str, str]) -> list[Paper]:
    raw = fetch(f"{root}/api/query", parameters)
    try:
        # The parser fetches nothing, but would expand what a document declares itself; so one
        # that declares anything is refused before it is parsed. As text: in another encoding a
        # declaration would not be seen.
        text = raw.decode("utf-8")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise FtassistError("its answer declares entities, which is refused", where=root)
        feed = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise FtassistError("its answer could not be read", where=root) from error
    return [_paper(entry) for entry in feed.iter(f"{_ATOM}entry")]


def _paper(entry: ElementTree.Element) -> Paper:
    found = _text(entry, "id")
    names = (author.findtext(f"{_ATOM}name") for author in entry.iter(f"{_ATOM}author"))
    return Paper(
        id=found.rpartition("/abs/")[2],
        title=_text(entry, "title"),
        authors=tuple(" ".join(name.split()) for name in names if name),
        date=_text(entry, "published")[:10],
        abstract=_text(entry, "summary"),
        url=address(found),
    )


def _text(entry: ElementTree.Element, name: str) -> str:
    return " ".join((entry.findtext(f"{_ATOM}{name}") or "").split())
