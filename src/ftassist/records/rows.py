"""Rows that a trial trained on, a page at a time, as faces are sent them."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from ftassist.records.kinds import TrialId, document


@document
class ShownTurn(TypedDict):
    """A turn of a training row."""

    role: str
    content: str
    cut: bool
    """Whether there is more of it."""
    trained: bool
    """Whether it is an answer that is learned."""


@document
class ShownRow(TypedDict):
    """A training row as the curate cell wrote it."""

    row: int
    """From 1."""
    id: str
    source: str
    turns: list[ShownTurn]
    """Earlier turns of a very long row are left out."""
    turns_left_out: int
    why: list[str]
    """What operators wrote down of it: how it was made or judged, a few words each."""


@document
class RowSource(TypedDict):
    """A source of training rows."""

    source: str
    rows: int


@document
class RowsPage(TypedDict):
    """A page of the rows that a trial trained on and that a filter lets pass."""

    schema: Literal["ftassist/rows-page/1"]
    trial: TrialId
    start: int
    """The place of the first row among those found, from 0."""
    rows: list[ShownRow]
    found: int
    total: int
    complete: bool
    """Whether all rows were looked through; a very large file is looked through in part."""
    sources: list[RowSource]
    """Of all rows, the most frequent first."""
    withheld: str
    """Why no row is shown: none is here, or they are not known to be free of evaluation items."""


@document
class TokenPiece(TypedDict):
    """A token as text."""

    text: str
    trained: bool


@document
class TokenisedRow(TypedDict):
    """A training row as tokens, before rows are cut to the training's greatest length."""

    row: int
    tokens: int
    trained: int
    """How many of them are inside the loss."""
    pieces: list[TokenPiece]
    """The first ones."""
    problem: str
    """Why it has none; empty where it has."""


@document
class RowsTokens(TypedDict):
    """Some training rows as tokens."""

    schema: Literal["ftassist/rows-tokens/1"]
    trial: TrialId
    rows: list[TokenisedRow]
