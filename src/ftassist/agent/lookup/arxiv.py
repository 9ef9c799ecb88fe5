"""Papers on arXiv, by its public interface. `FTASSIST_ARXIV` names another server."""

from __future__ import annotations

import os
from xml.etree import ElementTree

from ftassist.agent.lookup.fetching import address, fetch
from ftassist.agent.survey import MOST, Source
from ftassist.errors import FtassistError

_ATOM = "{http://www.w3.org/2005/Atom}"


def search_papers(query: str) -> list[Source]:
    """The papers a query finds, the most relevant first.

    Raises:
        FtassistError: arXiv cannot be reached, or answers something else.
    """
    root = os.environ.get("FTASSIST_ARXIV", "https://export.arxiv.org").rstrip("/")
    terms = " AND ".join(f"all:{word}" for word in f"{query} fine-tuning".split())
    raw = fetch(
        f"{root}/api/query",
        {"search_query": terms, "max_results": str(MOST), "sortBy": "relevance"},
    )
    try:
        # As text: in another encoding a declaration of entities would not be seen.
        text = raw.decode("utf-8")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise FtassistError("its answer declares entities, which is refused", where=root)
        feed = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise FtassistError("its answer could not be read", where=root) from error
    return [_source(entry) for entry in feed.iter(f"{_ATOM}entry")]


def _source(entry: ElementTree.Element) -> Source:
    found = _text(entry, "id")
    summary = _text(entry, "summary")
    return Source(
        kind="paper",
        name=f"arXiv:{found.rpartition('/')[2]}",
        title=f"{_text(entry, 'title')}. {summary}"[:300],
        url=address(found),
    )


def _text(entry: ElementTree.Element, name: str) -> str:
    return " ".join((entry.findtext(f"{_ATOM}{name}") or "").split())
