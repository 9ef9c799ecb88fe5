"""The campaigns of a server: found below its root, opened when asked for, kept while used."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from ftassist.campaign.lock import holder
from ftassist.errors import FtassistError, JournalError
from ftassist.records.kinds import Json
from ftassist.server.discovery import FoundFolders, find_campaigns
from ftassist.server.entry_snapshots import keep_snapshot, read_snapshot
from ftassist.server.keeping import Keeping
from ftassist.server.kept_view import KeptView, kept_view
from ftassist.server.marks import FRESH_SECONDS, Mark, is_fresh, journal_mark
from ftassist.server.open_campaign import OpenCampaign
from ftassist.server.paths import JOURNAL, NotHereError, campaign_folder, campaign_id, id_of_folder

MOST_OPEN = 64
SEARCH_SECONDS = 5.0
_MADE_SECONDS = 0.05


class Campaigns:
    """The campaigns below one root. Every method may be called from any thread.

    Args:
        root: The server's root.
        search_seconds: How long a search of the folders is believed.
    """

    def __init__(self, root: Path, *, search_seconds: float = SEARCH_SECONDS) -> None:
        self.root = root.resolve()
        self._search_seconds = search_seconds
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}
        self._searching = threading.Lock()
        self._open: OrderedDict[str, tuple[OpenCampaign, tuple[int, int]]] = OrderedDict()
        self._entries: dict[Path, tuple[tuple[Mark, bool], Json]] = {}
        self._found = FoundFolders((), cut=False)
        self._searched = float("-inf")
        self._views: dict[str, KeptView] = {}
        self._damaged: set[str] = set()
        self._keeping = Keeping(self.root, self._forget)

    def document(self, folder: str | None = None) -> Json:
        """The list of campaigns, or only the one in an absolute folder.

        Raises:
            NotHereError: The folder is outside the root, or holds no campaign.
        """
        if folder is not None:
            only = self.open(id_of_folder(self.root, folder))
            return {"schema": "ftassist/campaigns/1", "campaigns": [only.entry()], "cut": False}
        found = self.search()
        entries = [self._entry(path) for path in found.folders]
        listed = sorted(
            (entry for entry in entries if entry), key=lambda e: (-e["created"], e["path"])
        )
        return {"schema": "ftassist/campaigns/1", "campaigns": listed, "cut": found.cut}

    def search(self) -> FoundFolders:
        """The folders of all campaigns; searched anew only now and then."""
        with self._searching:
            if time.monotonic() - self._searched > self._search_seconds:
                self._found = find_campaigns(self.root)
                self._searched = time.monotonic()
            return self._found

    def look_again(self) -> None:
        """Searches the folders anew the next time: a campaign was made."""
        with self._searching:
            self._searched = float("-inf")

    def open(self, name: str) -> OpenCampaign:
        """The campaign of an id.

        Raises:
            NotHereError: There is none below the root.
            JournalError: Its journal cannot be read at all.
        """
        folder = campaign_folder(self.root, name)
        with self._lock:
            opening = self._opening.setdefault(name, threading.Lock())
        with opening:  # a long journal is read once, however many ask for it at the same time
            return self._opened(name, folder)

    def view(self, name: str, since: int) -> bytes:
        """A campaign's view: whole, or what changed after event `since`.

        Of a long one that is not open yet, and that nothing has happened in, it is what was kept;
        the campaign is opened beside then.

        Raises:
            NotHereError: There is none below the root.
            JournalError: Its journal cannot be read at all.
        """
        folder = campaign_folder(self.root, name)
        with self._lock:
            waits = name not in self._open
        if waits and (kept := self._kept_view(name, folder)) and (answer := kept.since(since)):
            return answer
        return self.open(name).view(since)

    def _kept_view(self, name: str, folder: Path) -> KeptView | None:
        """The view that was kept of a campaign and holds; the first time begins to open it."""
        if name in self._damaged or holder(folder) is not None:
            return None
        known = self._views.get(name)
        if known is not None:
            return known if known.holds(folder) else None
        found = kept_view(folder, name)
        if found is not None:
            self._views[name] = found
            threading.Thread(target=self._open_beside, args=(name,), daemon=True).start()
        return found

    def _open_beside(self, name: str) -> None:
        """Opens a campaign that nobody waits for; who asks for it is told what is wrong."""
        try:
            with suppress(FtassistError, OSError):
                self.open(name)
        finally:
            self._views.pop(name, None)

    def _forget(self, name: str) -> None:
        """Drops what was read of a damaged campaign: it is opened anew from its journal alone."""
        with self._lock:
            self._damaged.add(name)
            self._open.pop(name, None)
            self._views.pop(name, None)
            with suppress(NotHereError):
                self._entries.pop(campaign_folder(self.root, name), None)

    def _opened(self, name: str, folder: Path) -> OpenCampaign:
        mark = _mark(folder)
        with self._lock:
            known = self._open.get(name)
            if known and known[1] == mark:
                self._open.move_to_end(name)
                return known[0]
        opened = self._read(name, folder)
        with self._lock:
            self._open[name] = (opened, mark)
            while len(self._open) > MOST_OPEN:
                # Not closed here: another thread may be reading it; it closes when let go of.
                self._open.popitem(last=False)
        if opened.sound:
            self._keeping.want(name, opened.head[0])
        return opened

    def _read(self, name: str, folder: Path) -> OpenCampaign:
        """Reads a campaign; one that is just being made has a journal before its first event."""
        deadline = time.monotonic() + FRESH_SECONDS
        while True:
            try:
                path, kept = folder.relative_to(self.root).as_posix(), name not in self._damaged
                return OpenCampaign(name, path, folder, kept=kept)
            except JournalError:
                made_now = is_fresh(journal_mark(folder / JOURNAL))
                if not made_now or time.monotonic() > deadline:
                    raise
                time.sleep(_MADE_SECONDS)

    def journals(self) -> list[tuple[str, Path]]:
        """Ids and journals of all campaigns."""
        folders = self.search().folders
        return [(campaign_id(self.root, folder), folder / JOURNAL) for folder in folders]

    def close(self) -> None:
        """Closes all journals."""
        self._keeping.close()
        with self._lock:
            for opened, _ in self._open.values():
                opened.close()
            self._open.clear()

    def _entry(self, folder: Path) -> Json | None:
        """A line of the list, kept until the journal's files change.

        None for a folder that is no campaign after all, or is gone.
        """
        mark, alive = journal_mark(folder / JOURNAL), holder(folder) is not None
        known = self._entries.get(folder)
        if known and known[0] == (mark, alive) and not is_fresh(mark):
            return known[1]
        entry = (None if known else self._kept_entry(folder, alive)) or self._read_entry(folder)
        if entry is not None:
            self._entries[folder] = ((mark, alive), entry)
        return entry

    def _kept_entry(self, folder: Path, alive: bool) -> Json | None:
        kept = read_snapshot(folder, folder / JOURNAL)
        if kept is None:
            return None
        path = folder.relative_to(self.root).as_posix()
        return {
            **kept, "id": campaign_id(self.root, folder), "path": path, "runner_alive": alive,
        }  # fmt: skip

    def _read_entry(self, folder: Path) -> Json | None:
        try:
            opened = self.open(campaign_id(self.root, folder))
            # Nobody reads on in between: the line is kept with the event it was made at.
            entry, head = opened.do(lambda _: (opened.entry(), opened.head))
            keep_snapshot(folder, head, entry)
            return entry
        except NotHereError:
            return None
        except FtassistError as error:
            return _broken(campaign_id(self.root, folder), folder, self.root, error)


def _mark(folder: Path) -> tuple[int, int]:
    """What tells one journal file from another that took its place."""
    status = os.stat(folder / JOURNAL)  # noqa: PTH116
    return status.st_dev, status.st_ino


def _broken(name: str, folder: Path, root: Path, error: FtassistError) -> Json:
    """The line of a campaign that cannot be opened: it is shown with the reason, not hidden."""
    texts = dict.fromkeys(("task", "model", "backend", "review", "reason", "waits_for"), "")
    return {
        "id": name,
        "name": folder.name,
        "path": folder.relative_to(root).as_posix(),
        **texts,
        "phase": "damaged",
        "seq": 0,
        "runner_alive": False,
        "running": [],
        "pending": [],
        "best": None,
        "best_score": None,
        "base_score": None,
        "trials_used": 0,
        "seconds_used": 0.0,
        "budget": None,
        "created": 0.0,
        "damage": error.what,
    }
