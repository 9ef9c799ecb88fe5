"""Evaluation text in an agent's cells: pieces of wrong answers that it was shown, word for word.

A cell may speak of what items are about, in the task's words and in those of the raw sets; it may
not carry the items. Texts are compared as the leakage check compares them (`dojo.normalise`), by
runs of tokens: words that merely occur in an item prove nothing. What is told names the cell's own
words and their place, never the item. It reads the code; rows that a cell *makes* are judged by
the leakage check when they are exported.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial

from ftassist.agent.context import Context
from ftassist.agent.planted import quoted_texts
from ftassist.agent.trial_view import CUT
from ftassist.dojo.normalise import Token, tokenise
from ftassist.syntax import parsed

NGRAM = 13
"""Tokens of a piece that is no chance, as in the leakage check."""
FEWEST = 6
"""An item with fewer tokens may be said by anybody."""
SHORTEST = 40
"""The same in characters."""
FRAME = 5
"""Tokens in a row that other items, a card, a raw set or an earlier cell have too are a frame."""
OWN = 0.6
"""Share of a piece's tokens that must stand in no frame."""
_SHOWN = 80

Piece = tuple[str, ...]
LineAt = Callable[[int], int]
"""The line of a cell in which a place of a text stands, from 1."""


@dataclass(frozen=True)
class Copied:
    """A piece of an evaluation item in a cell.

    Attributes:
        stage: The cell.
        line: Its line, from 1.
        words: What stands there, as the cell has it.
    """

    stage: str
    line: int
    words: str

    def sentence(self) -> str:
        """For the agent and for people."""
        return (
            f"{self.stage} line {self.line}: {self.words!r} is, word for word, text of an "
            "evaluation item that was shown as wrong; teach what it is about with other rows"
        )


def copied(context: Context, cells: Mapping[str, str]) -> list[Copied]:
    """The first piece of evaluation text in each cell.

    Args:
        context: What the agent knows, wrong answers among it.
        cells: The cells it wrote, by stage.
    """
    pieces = _telling(context, NGRAM)
    if not pieces:
        return []
    found = (_first(stage, source, pieces) for stage, source in cells.items())
    return [one for one in found if one is not None]


def copied_words(context: Context, text: str) -> str:
    """The first piece of evaluation text in a short text that is to leave this machine.

    Held to more than a cell: a few words of an item in a row are enough.

    Args:
        context: What the agent knows, wrong answers among it.
        text: What it wrote.
    """
    found = _first("", text, _telling(context, FEWEST))
    return found.words if found else ""


def _telling(context: Context, ngram: int) -> set[Piece]:
    """Pieces of shown items that are their own: of no frame, card, raw set or earlier cell."""
    items = [_texts(prompt) for prompt in sorted(_prompts(context)) if len(prompt) > SHORTEST]
    often = Counter(run for tokens in items for run in set(_runs(tokens, FRAME)))
    frames = {run for run, items_with_it in often.items() if items_with_it > 1}
    for text in _open_texts(context):
        frames.update(_runs(_texts(text), FRAME))
    return {piece for tokens in items for piece in _pieces(tokens, frames, ngram)}


def _prompts(context: Context) -> set[str]:
    """The items that were shown, each once: the beginning of one that is there whole is none."""
    whole = {item.quoted.strip() for item in context.shown_items}
    wrong = (item for view in context.trials.values() for item in view.wrong)
    quoted = {item.prompt.quoted.strip() for item in wrong} - whole
    heads = {prompt: prompt.removesuffix(CUT).rstrip() for prompt in quoted}
    return whole | {
        prompt for prompt, head in heads.items() if not any(one.startswith(head) for one in whole)
    }


def _pieces(tokens: Piece, frames: set[Piece], ngram: int) -> Iterator[Piece]:
    """An item's pieces that are mostly its own; of a short item all of it, or nothing."""
    length = min(ngram, len(tokens))
    if length < FEWEST:
        return
    known = [False] * len(tokens)
    for start, run in enumerate(_runs(tokens, FRAME)):
        if run in frames:
            known[start : start + FRAME] = [True] * FRAME
    for start, piece in enumerate(_runs(tokens, length)):
        if known[start : start + length].count(False) >= OWN * length:
            yield piece


def _runs(tokens: Piece, length: int) -> Iterator[Piece]:
    return (tokens[start : start + length] for start in range(len(tokens) - length + 1))


def _texts(text: str) -> Piece:
    return tuple(token.text for token in tokenise(text))


def _open_texts(context: Context) -> Iterator[str]:
    """What is no secret: the task's card, the raw sets as they are shown, cells of before."""
    yield json.dumps(asdict(context.task), ensure_ascii=False)
    yield from quoted_texts(context.profiles)
    for view in context.trials.values():
        yield from view.cells.values()


def _first(stage: str, source: str, pieces: set[Piece]) -> Copied | None:
    lengths = sorted({len(piece) for piece in pieces}, reverse=True)
    for text, line_at in _read(source):
        tokens = tokenise(text)
        texts = tuple(token.text for token in tokens)
        for length in lengths:
            for start in range(len(texts) - length + 1):
                if texts[start : start + length] in pieces:
                    run = tokens[start : start + length]
                    return Copied(stage, line_at(run[0].start), _shown(text, run))
    return None


def _read(source: str) -> Iterator[tuple[str, LineAt]]:
    """The code as it stands, and its texts as Python reads them, each with its lines."""
    yield source, lambda place: source.count("\n", 0, place) + 1
    with suppress(SyntaxError, ValueError):
        for node in ast.walk(parsed(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value, partial(_line_of, node)


def _line_of(node: ast.Constant, _: int) -> int:
    return node.lineno


def _shown(text: str, run: list[Token]) -> str:
    words = " ".join(text[run[0].start : run[-1].end].split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 2]} …"
