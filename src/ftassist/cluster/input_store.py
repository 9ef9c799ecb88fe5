"""What a node keeps of the inputs of trials: by content, fetched once, checked, then read only.

    <store>/inputs/<digest>/...        a base model, or raw sets
    <store>/seen/<digest>.json         where the same content was found on this machine

The store lies below `FTASSIST_CACHE` of the node, and outlives trials and Ray. Where the node sees
the head's own folder with the same content (the same machine, a shared file system), that is read
in place and nothing is copied.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ftassist.cluster.parcel import Parcel, mark
from ftassist.cluster.transfer import Incoming
from ftassist.errors import DataError, FtassistError
from ftassist.files import cache_folder, hash_file, read_json, write_json

COPY_VARIABLE = "FTASSIST_CLUSTER_COPY"
"""Set on a node: inputs are copied to its disk although it sees the head's folder."""
_TURN_SECONDS = 0.2


def store_folder() -> Path:
    """Where this machine keeps what it got from heads."""
    return cache_folder() / "cluster"


class InputStore:
    """The inputs on one machine.

    Args:
        folder: The store.
        in_place: Whether the head's own folder may be read where this machine sees it; by default
            as `COPY_VARIABLE` says.
    """

    def __init__(self, folder: Path, *, in_place: bool | None = None) -> None:
        self._folder = folder
        wished = os.environ.get(COPY_VARIABLE, "") in ("", "0")
        self._in_place = wished if in_place is None else in_place
        self._incoming: dict[str, Incoming] = {}

    def place(self, parcel: Parcel) -> Path | None:
        """Where a parcel's content lies on this machine; None where it does not."""
        kept = self._kept(parcel)
        if kept.is_dir():
            return kept
        if self._in_place and self._is_in(parcel, Path(parcel.place)):
            return Path(parcel.place)
        return None

    @asynccontextmanager
    async def turn(self, parcel: Parcel) -> AsyncIterator[None]:
        """Waits until nobody else on this machine fetches the same, and holds it."""
        path = self._folder / "locks" / parcel.digest
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(_TURN_SECONDS)
            yield

    def add(self, parcel: Parcel, name: str, part: bytes, last: bool) -> None:
        """Takes in a part of a file of a parcel; the parts of a file come in order.

        Raises:
            DataError: The parcel has no such file, or the file arrived damaged.
        """
        if name not in parcel.files:
            raise DataError(f"{name!r} is not part of the {parcel.role}", where=parcel.place)
        key = f"{parcel.digest}/{name}"
        if key not in self._incoming:
            self._incoming[key] = Incoming(self._building(parcel), name)
        self._incoming[key].add(part)
        if last:
            self._incoming.pop(key).keep(parcel.files[name][0])

    def finish(self, parcel: Parcel) -> Path:
        """Keeps a parcel whose files are all there; returns its place.

        Raises:
            FtassistError: A file is missing.
        """
        building = self._building(parcel)
        missing = [name for name in parcel.files if not (building / name).is_file()]
        if missing:
            raise FtassistError(
                f"the {parcel.role} did not arrive whole: {missing[0]} is missing",
                where=parcel.place,
                fix="run the trial again",
            )
        self._kept(parcel).parent.mkdir(parents=True, exist_ok=True)
        building.rename(self._kept(parcel))
        return self._kept(parcel)

    def drop(self, parcel: Parcel) -> None:
        """Removes what arrived of a parcel that is not complete."""
        for incoming in self._incoming.values():
            incoming.drop()
        self._incoming.clear()
        shutil.rmtree(self._building(parcel), ignore_errors=True)

    def _kept(self, parcel: Parcel) -> Path:
        return self._folder / "inputs" / parcel.digest

    def _building(self, parcel: Parcel) -> Path:
        return self._folder / "building" / parcel.digest

    def _is_in(self, parcel: Parcel, place: Path) -> bool:
        """Whether a folder holds the content; every byte is read, once as long as it stays."""
        seen = self._folder / "seen" / f"{parcel.digest}.json"
        try:
            marks = {name: list(mark(place / name)) for name in parcel.files}
            if seen.is_file() and read_json(seen) == {"place": str(place), "marks": marks}:
                return True
            if any(marks[name][0] != size for name, (_, size) in parcel.files.items()):
                return False
            same = all(hash_file(place / n) == digest for n, (digest, _) in parcel.files.items())
        except OSError:
            return False
        if same:
            write_json(seen, {"place": str(place), "marks": marks})
        return same
