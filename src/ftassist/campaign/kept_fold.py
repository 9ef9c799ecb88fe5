"""The state of a long journal, kept beside it, so that a program need not fold all of it again.

Never the truth: a kept fold is believed only where it is sealed by this user's own programs
(`journal.sealed`), was made by this very code, and the journal still holds, at its number, the
event with its digest, which is chained to all events before. What the journal holds after it is
folded on top. A journal whose older rows were changed without their digests is found by who reads
all of it: the runner, `verify`, and the process that a server starts for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ftassist.files import hash_code
from ftassist.journal.events import Event
from ftassist.journal.folding import fold
from ftassist.journal.sealed import FOLD, read_sealed, write_sealed
from ftassist.journal.state import State
from ftassist.journal.state_text import of_text, to_text
from ftassist.journal.store import Journal

NAME = FOLD
LONG = 20_000
"""Events from which a journal is long: fewer are read in half a second."""
SHARE = 0.1
"""So much of a journal may follow its kept fold before it is kept anew."""
_SCHEMA = "ftassist/fold/1"
_ROOMS = ("journal", "records")
"""Where the code lies that folds a state."""


@cache
def code_mark(*rooms: str) -> str:
    """A digest of the code in some rooms: another one may make something else of a journal."""
    package = Path(__file__).parents[1]
    return hash_code(*(package / room for room in rooms))


def kept_fold(folder: Path, journal: Journal) -> State | None:
    """The state that was kept, from which the journal reads on; None where none holds."""
    seq, digest, text = _read(folder)
    if not seq:
        return None
    try:
        state = of_text(text)
    except ValueError:
        return None
    return state if state.seq == seq and journal.resume(seq, digest) else None


def kept_events(folder: Path, journal: Journal) -> int:
    """Of how many events of a journal the state is kept; 0 where none is that holds."""
    seq, digest, _ = _read(folder)
    return seq if seq and journal.has(seq, digest) else 0


def keep_if_due(folder: Path, journal: Journal, events: Sequence[Event]) -> bool:
    """Keeps the state of a long and sound journal; whether it was kept.

    It is not kept again where one is kept that holds and is not far behind.

    Args:
        folder: The campaign's folder.
        journal: Its journal, which has just been read.
        events: All its events. What is kept is folded of them and of nothing that was told since.
    """
    count = len(events)
    if (
        count < LONG
        or journal.damage
        or 0 <= count - kept_events(folder, journal) <= SHARE * count
    ):
        return False
    seq, digest = journal.head
    state = fold(State(), events)
    try:
        head = json.dumps([_SCHEMA, code_mark(*_ROOMS), seq, digest])
        return write_sealed(folder, NAME, head.encode() + b"\n" + to_text(state))
    except ValueError:
        return False


def _read(folder: Path) -> tuple[int, str, bytes]:
    """Number and digest of the event that a state was kept at, and its text; 0 for none."""
    content = read_sealed(folder, NAME) or b""
    head, _, text = content.partition(b"\n")
    try:
        schema, mark, seq, digest = json.loads(head)
    except (ValueError, TypeError):
        return 0, "", b""
    known = (schema, mark) == (_SCHEMA, code_mark(*_ROOMS))
    return (int(seq), str(digest), text) if known else (0, "", b"")
