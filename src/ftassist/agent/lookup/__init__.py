"""Searches outside: data sets on the Hugging Face Hub, papers on arXiv."""

from __future__ import annotations

import os

from ftassist.agent.lookup.arxiv import search_papers
from ftassist.agent.lookup.hub import search_sets
from ftassist.agent.lookup.library import Library
from ftassist.agent.survey import Search
from ftassist.errors import FtassistError
from ftassist.records.survey import OutsideSource

__all__ = ["Library", "is_offline", "searches"]
_OFFLINE = ("FTASSIST_OFFLINE", "HF_HUB_OFFLINE")


def is_offline() -> bool:
    """Whether the person wishes that nothing is looked up outside."""
    return any(os.environ.get(name, "") not in ("", "0") for name in _OFFLINE)


def searches() -> dict[str, Search]:
    """The searches by what they look up; offline each says so."""
    found: dict[str, Search] = {
        "data sets on the Hugging Face Hub": search_sets,
        "papers on arXiv": search_papers,
    }
    if is_offline():
        return dict.fromkeys(found, _offline)
    return found


def _offline(query: str) -> list[OutsideSource]:
    raise FtassistError("offline by wish", fix=f"unset {' and '.join(_OFFLINE)}")
