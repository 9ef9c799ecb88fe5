"""A long campaign's whole view, kept beside its journal for a server that has just started.

The panel shows it at once, while the journal is opened beside. It is never the truth: it is
believed only while it is sealed by this user's own programs (`journal.sealed`), was made by this
very code, the journal ends with the event it was made at, by number and digest, and no runner
works.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ftassist.campaign.kept_fold import LONG, code_mark
from ftassist.errors import JournalError
from ftassist.journal.sealed import VIEW, read_sealed, write_sealed
from ftassist.journal.store import Journal
from ftassist.server.paths import JOURNAL

NAME = VIEW
_SCHEMA = "ftassist/view/1"
_ROOMS = (
    "agent", "campaign", "documents", "dojo", "journal", "records", "search", "server",
    "statistics",
)  # fmt: skip


@dataclass(frozen=True)
class KeptView:
    """The answers of a campaign that nothing happens in.

    Attributes:
        head: The journal's last event, by number, and its digest.
        whole: Its whole view as JSON.
        unchanged: What is told who knows it all.
    """

    head: tuple[int, str]
    whole: bytes
    unchanged: bytes

    def since(self, seq: int) -> bytes | None:
        """The answer to who knows the campaign up to an event; None where it is another one."""
        return {0: self.whole, self.head[0]: self.unchanged}.get(seq)

    def holds(self, folder: Path) -> bool:
        """Whether the journal still ends with the same event."""
        try:
            with closing(Journal(folder / JOURNAL)) as journal:
                return journal.last_seq() == self.head[0] and journal.has(*self.head)
        except JournalError:
            return False


def keep_view(folder: Path, name: str, view: KeptView) -> bool:
    """Keeps the view of a long campaign, under the id that a server knows it by."""
    if view.head[0] < LONG:
        return False
    head = [_SCHEMA, code_mark(*_ROOMS), name, *view.head, len(view.whole)]
    parts = (json.dumps(head).encode(), b"\n", view.whole, view.unchanged)
    return write_sealed(folder, NAME, b"".join(parts))


def kept_view(folder: Path, name: str) -> KeptView | None:
    """The view that was kept; None where there is none that still holds."""
    content = read_sealed(folder, NAME) or b""
    line, _, views = content.partition(b"\n")
    try:
        schema, mark, known, seq, digest, length = json.loads(line)
    except (ValueError, TypeError):
        return None
    if (schema, mark, known) != (_SCHEMA, code_mark(*_ROOMS), name):
        return None
    view = KeptView((seq, digest), views[:length], views[length:])
    return view if view.holds(folder) else None
