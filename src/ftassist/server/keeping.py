"""What is kept of long campaigns for the next server, by a process of its own, one at a time.

It reads and verifies all of a journal, beside the server and at the lowest priority. The server
may have begun with a kept state, so this is also how damage below it is found: what is kept goes
then, and the server opens the campaign anew, from its journal alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ftassist.campaign import kept_fold
from ftassist.isolation.ending import die_with_parent
from ftassist.journal.collecting import collector_paused
from ftassist.journal.store import Journal
from ftassist.server import kept_view
from ftassist.server.open_campaign import OpenCampaign
from ftassist.server.paths import JOURNAL, campaign_folder

MODULE = "ftassist.server.keeping"
DAMAGED = 3
_LOWEST = 19
_ENDING_SECONDS = 5.0


class Keeping:
    """Has each long campaign of a server verified and kept, once. Any thread may call.

    Args:
        root: The server's root.
        damaged: Called with the id of a campaign whose journal turned out to be damaged.
    """

    def __init__(self, root: Path, damaged: Callable[[str], None]) -> None:
        self._root, self._damaged = root, damaged
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._waiting: deque[str] = deque()
        self._working = False
        self._process: subprocess.Popen[bytes] | None = None

    def want(self, name: str, events: int) -> None:
        """Has a campaign kept that has just been opened, if it is long and was not before."""
        if events < kept_fold.LONG:
            return
        with self._lock:
            if name in self._known:
                return
            self._known.add(name)
            self._waiting.append(name)
            if not self._working:
                self._working = True
                threading.Thread(target=self._work, daemon=True).start()

    def close(self) -> None:
        """Ends what is under way."""
        with self._lock:
            self._waiting.clear()
            process = self._process
        if process is not None:
            process.kill()
            process.wait(_ENDING_SECONDS)

    def _work(self) -> None:
        while (name := self._next()) is not None:
            assert self._process is not None
            if self._process.wait() == DAMAGED:
                self._damaged(name)

    def _next(self) -> str | None:
        """Starts the next process; None when nothing waits any more."""
        with self._lock:
            self._process = None
            if not self._waiting:
                self._working = False
                return None
            name = self._waiting.popleft()
            command = [sys.executable, "-m", MODULE, str(self._root), name, str(os.getpid())]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=self._root)
            return name


def keep(root: Path, name: str) -> bool:
    """Verifies a campaign's journal and keeps what is due; whether the journal is sound."""
    folder = campaign_folder(root, name)
    with collector_paused(), closing(Journal(folder / JOURNAL)) as journal:
        events = journal.read()
        if journal.damage:
            for kept in (kept_fold.NAME, kept_view.NAME):
                (folder / kept).unlink(missing_ok=True)
            return False
        kept_fold.keep_if_due(folder, journal, events)
        del events
    OpenCampaign(name, folder.relative_to(root).as_posix(), folder).keep_view()
    return True


def main(arguments: list[str]) -> int:
    """Keeps one campaign; the status tells whether its journal is sound."""
    root, name, parent = arguments
    die_with_parent(int(parent))
    os.nice(_LOWEST)
    return 0 if keep(Path(root), name) else DAMAGED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
