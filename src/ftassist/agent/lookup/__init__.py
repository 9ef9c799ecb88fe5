"""Searches outside: data sets on the Hugging Face Hub, papers on arXiv."""

from __future__ import annotations

import os

from ftassist.agent.lookup.arxiv import search_papers
from ftassist.agent.lookup.hub import search_sets
from ftassist.agent.survey import Search, Source
from ftassist.errors import FtassistError

__all__ = ["searches"]
_OFFLINE = ("FTASSIST_OFFLINE", "HF_HUB_OFFLINE")


def searches() -> dict[str, Search]:
    """The searches by what they look up; offline each says so."""
    found: dict[str, Search] = {
        "data sets on the Hugging Face Hub": search_sets,
        "papers on arXiv": search_papers,
    }
    if any(os.environ.get(name, "") not in ("", "0") for name in _OFFLINE):
        return dict.fromkeys(found, _offline)
    return found


def _offline(query: str) -> list[Source]:
    raise FtassistError("offline by wish", fix=f"unset {' and '.join(_OFFLINE)}")
