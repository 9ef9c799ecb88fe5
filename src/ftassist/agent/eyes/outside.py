"""Looks outside: papers and data sets, where the person who made the campaign allows them.

The one kind of look whose question leaves this machine, so its words are held to more than a
cell's: no piece of an evaluation item, no row of a training set, no key. What comes back is
untrusted text like any other.
"""

from __future__ import annotations

import re

from ftassist.agent.copied_text import copied_words
from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import WORD, LookRecord
from ftassist.agent.key import scrub
from ftassist.agent.lookup import Library
from ftassist.agent.lookup.hub import DataSet
from ftassist.agent.trial_view import quote
from ftassist.errors import DataError

LONGEST = 160
"""Characters of a question."""
ROW_WORDS = 7
"""Words in a row that also stand in a training row, and may not leave."""
_SUMMARY = 400
_CARD = 6_000
"""Characters of a data set's card that are shown."""
_ABSTRACT = 4_000
_SECRET = re.compile(
    r"\b(?:sk-|hf_|gh[opsu]_|AKIA|xox[abp]-)\w|"
    r"(?=[a-zA-Z+=]*\d)(?=[0-9+=]*[A-Za-z])[A-Za-z0-9+=]{20,}"
)
"""How keys begin, and what no word of a language looks like."""
_NOT_ALLOWED = (
    "papers and data sets are not looked up in this campaign: it was made without "
    "`--look-outside`, or its runner is offline by wish"
)


def find_papers(record: LookRecord, query: str) -> Look:
    """Papers that a query finds."""
    papers = _library(record, query).find_papers(query)
    value = {
        "papers": [
            {
                "id": quote(paper.id, 40),
                "title": quote(paper.title, 200),
                "date": quote(paper.date, 10),
                "abstract": quote(paper.abstract, _SUMMARY),
            }
            for paper in papers
        ]
    }
    trail = f"searched arXiv for {query!r}: {_counted(len(papers), 'paper')}"
    return Look(value, trail, sources=tuple(paper.source() for paper in papers))


def read_paper(record: LookRecord, id: str) -> Look:
    """A paper's abstract."""
    paper = _library(record, id).read_paper(id)
    value = {
        "id": quote(paper.id, 40),
        "title": quote(paper.title, 300),
        "authors": quote(", ".join(paper.authors), 300),
        "date": quote(paper.date, 10),
        "abstract": quote(paper.abstract, _ABSTRACT),
    }
    source = paper.source(paper.abstract)
    return Look(value, f"read the abstract of {source.name}", sources=(source,))


def find_data(record: LookRecord, query: str) -> Look:
    """Data sets that a query finds."""
    found = _library(record, query).find_data(query)
    value = {"data_sets": [_told(one) for one in found]}
    trail = f"searched the Hub for {query!r}: {_counted(len(found), 'data set')}"
    return Look(value, trail, sources=tuple(one.source() for one in found))


def read_data_card(record: LookRecord, id: str) -> Look:
    """A data set's card."""
    found = _library(record, id).read_data_card(id)
    value = {**_told(found), "card": quote(found.card, _CARD)}
    licence = re.sub(r"[^\w.,+ -]", "", found.licence)[:40] or "not stated"
    source = found.source(found.description or found.card)
    return Look(value, f"read the card of {id} (licence: {licence})", sources=(source,))


def _told(found: DataSet) -> dict[str, object]:
    return {
        "id": quote(found.id, 200),
        "licence": quote(found.licence or "not stated", 60),
        "description": quote(found.description, _SUMMARY),
        "tags": quote(", ".join(found.tags), 300),
        "gated": found.gated,
        "downloads": found.downloads,
    }


def _library(record: LookRecord, words: str) -> Library:
    """What may be asked, once it is known that the words may leave.

    Raises:
        DataError: Nothing may be asked, or not with these words.
    """
    if record.outside is None:
        raise DataError(_NOT_ALLOWED)
    if scrub(words) != words or _SECRET.search(words):
        raise DataError("a word of it looks like a key", fix="ask without it")
    plain = re.sub(r"[-_./]+", " ", words)
    for text in dict.fromkeys((words, plain)):
        if span := copied_words(record.context, text):
            raise DataError(
                f"{span!r} is, word for word, text of an evaluation item that was shown as wrong",
                fix="ask for what it is about in other words",
            )
    if span := _of_a_row(record, plain):
        raise DataError(
            f"{span!r} stands in a training row, and rows do not leave this machine",
            fix="ask for what they are about in other words",
        )
    return record.outside


def _of_a_row(record: LookRecord, text: str) -> str:
    """Words in a row that a training row has, too; "" where there are none."""
    words = WORD.findall(text.lower())
    runs = [" ".join(words[at : at + ROW_WORDS]) for at in range(len(words) - ROW_WORDS + 1)]
    if not runs:
        return ""
    spoken = record.said
    return next((run for run in runs if run in spoken), "")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
