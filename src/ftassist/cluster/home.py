"""What a trial on a node leaves on the head: its files, taken in and checked by their hashes.

The head's folder of the trial is written from here only, and cleared first, so that no link of an
earlier attempt is written through. Knows files; what they mean for the journal is the courier's.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from ftassist.cluster import transfer
from ftassist.cluster.line import LostError
from ftassist.errors import DataError, FtassistError
from ftassist.files import hash_file, read_json, write_atomic, write_json
from ftassist.journal.events import Kind
from ftassist.trial.job import CHECKPOINTS, COMPLETE, NOTEBOOK
from ftassist.trial.stage_cache import METRICS, StageCache

_STAYS = frozenset({CHECKPOINTS, "broker"})
_CARRYING_SHARE = 0.1
"""Most of the time that may go into bringing checkpoints home."""
_KEY = re.compile(r"[0-9a-f]{32}")
log = logging.getLogger("ftassist.runner")


class HostCaller(Protocol):
    """What reaches the trial's host on its node."""

    def call(self, method: str, *arguments: Any) -> Any:
        """Calls a method of the host."""
        ...


class Home:
    """The head's side of one trial's files.

    Args:
        campaign: The campaign's folder.
        line: Reaches the host.
        places: What the notebook says of places on the node, and what it is to say here.
    """

    def __init__(
        self, campaign: Path, trial: str, line: HostCaller, places: Mapping[str, str]
    ) -> None:
        self._campaign = campaign
        self._inside = f"trials/{trial}"
        self._folder = campaign / self._inside
        self._line = line
        self._places = places
        self._hashes: dict[str, str] = {}
        self._checkpoint = ""
        self._next_checkpoint = 0.0

    def clear(self) -> None:
        """Removes what an earlier attempt left, links and all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                if path.name not in _STAYS:
                    shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def send_checkpoints(self) -> None:
        """A trial that was paused goes on from where it was, wherever that was."""
        below = f"{self._inside}/{CHECKPOINTS}"
        for name, entry in transfer.listing(self._campaign, below).items():
            if entry["kind"] == "file":
                self._send_file(name)

    def send_stage(self, key: str) -> bool:
        """Sends a finished stage of the campaign's cache to the node, if there is one."""
        if not _KEY.fullmatch(key):
            return False
        found = StageCache(self._campaign / "cache").find(key)
        if found.entry is None:
            return False
        for name, entry in transfer.listing(self._campaign, f"cache/{key}").items():
            if entry["kind"] == "file":
                self._send_file(name)
        return True

    def take_stage(self, key: str) -> None:
        """Keeps a finished stage in the campaign's cache, so that no node makes it again."""
        if not _KEY.fullmatch(key) or (self._campaign / "cache" / key).is_dir():
            return
        listed = self._line.call("listing", f"cache/{key}")
        building = self._campaign / "cache" / f".building-{secrets.token_hex(6)}"
        try:
            transfer.take_folder(building, listed, self._read)
            if (building / "cache" / key / "manifest.json").is_file():
                with suppress(OSError):  # another trial's courier was first
                    (building / "cache" / key).rename(self._campaign / "cache" / key)
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def take_model(self, name: str) -> None:
        """Takes in a folder of the trial that is about to be scored.

        Raises:
            DataError: The name leads out of the trial's folder.
        """
        below = "/".join((self._inside, *transfer.parts_of(name)))
        target = self._campaign / below
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        self._hashes |= transfer.take_folder(
            self._campaign, self._line.call("listing", below), self._read
        )

    def follow_checkpoint(self, name: str) -> None:
        """Brings the newest checkpoint home, as often as that costs little."""
        begun = time.monotonic()
        if not name or name == self._checkpoint or begun < self._next_checkpoint:
            return
        try:
            self.take_checkpoint(name)
            self._checkpoint = name
        except LostError:
            raise
        except (FtassistError, OSError) as error:  # a newer one took its place, or no room here
            log.warning("%s of %s stays on its node: %s", name, self._inside, error)
        spent = time.monotonic() - begun
        self._next_checkpoint = time.monotonic() + spent / _CARRYING_SHARE

    def take_checkpoint(self, name: str) -> None:
        """Takes in a checkpoint of a training that runs on; it replaces the one before.

        Raises:
            DataError: It is no checkpoint, or does not arrive whole.
        """
        below = "/".join((self._inside, CHECKPOINTS, *transfer.parts_of(name)))
        kept = self._folder / CHECKPOINTS
        coming = self._campaign / "trials" / f".coming-{secrets.token_hex(6)}"
        try:
            transfer.take_folder(coming, self._line.call("listing", below), self._read)
            if not (coming / below / COMPLETE).is_file():
                raise DataError(f"{name} did not arrive whole", where=below)
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir(parents=True)
            (coming / below).rename(kept / name)
        finally:
            shutil.rmtree(coming, ignore_errors=True)

    def take_all(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Takes in what an attempt leaves; returns its last payload, with the hashes of here.

        Raises:
            DataError: A file is not as the node says it is.
        """
        paused = kind in (Kind.TRIAL_PAUSED, Kind.TRIAL_RESTED)
        listed = self._line.call("listing", self._inside, () if paused else (CHECKPOINTS,))
        told = {f"{self._inside}/{n}": d for n, d in payload.get("files", {}).items()}
        if kind != Kind.ATTEMPT_LOST:
            shutil.rmtree(self._folder / CHECKPOINTS, ignore_errors=True)
        new = {n: e for n, e in listed.items() if not self._is_here(n, told.get(n, ""))}
        self._hashes |= transfer.take_folder(self._campaign, new, self._read)
        for name, digest in told.items():
            if self._hashes.get(name) != digest:
                raise DataError(f"{name} did not arrive as it was on the node")
        notebook = self._folder / NOTEBOOK
        if notebook.is_file():
            self.keep_notebook(notebook.read_bytes())
        if NOTEBOOK in payload.get("files", {}):
            payload = {**payload, "files": {**payload["files"], NOTEBOOK: hash_file(notebook)}}
        result = self._folder / "result.json"
        if result.is_file():
            write_json(result, {**read_json(result), "payload": payload})
        return payload

    def keep_notebook(self, raw: bytes) -> None:
        """Keeps the trial's notebook as it is now, with the places of here."""
        write_atomic(self._folder / NOTEBOOK, renamed(raw, self._places))

    def follow_metrics(self, start: int, part: bytes) -> int:
        """Adds to the curve; returns how much of the node's file is here."""
        if part:
            path = self._folder / METRICS
            with path.open("r+b" if path.is_file() else "w+b") as file:
                file.truncate(start)
                file.seek(start)
                file.write(part)
        return start + len(part)

    def follow_log(self, start: int, part: bytes) -> int:
        """Adds to the log of workers; returns how much of the node's is here."""
        if part:
            path = self._campaign / "logs" / "workers.log"
            path.parent.mkdir(exist_ok=True)
            with path.open("ab") as file:
                file.write(part)
        return start + len(part)

    def _is_here(self, name: str, digest: str) -> bool:
        return bool(digest) and self._hashes.get(name) == digest

    def _read(self, name: str, offset: int) -> tuple[bytes, bool]:
        part, last = self._line.call("read", name, offset)
        return part, last

    def _send_file(self, name: str) -> None:
        offset, last = 0, False
        while not last:
            part, last = transfer.read_part(self._campaign, name, offset)
            self._line.call("take", name, part, offset == 0)
            offset += len(part)


def renamed(raw: bytes, places: Mapping[str, str]) -> bytes:
    """A notebook whose parameters name other places; as it is where it cannot be read.

    Args:
        raw: The notebook.
        places: What stands there, and what is to stand there.
    """
    places = {there: here for there, here in places.items() if there != here}
    if not places:
        return raw
    try:
        notebook = json.loads(raw)
        cells = [c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return raw
    for cell in cells:
        source = cell["source"]
        text = source if isinstance(source, str) else "".join(source)
        for there, here in places.items():
            for literal in (json.dumps, repr):
                text = text.replace(literal(there), literal(here))
        cell["source"] = text
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
