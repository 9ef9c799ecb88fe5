"""What a trial needs on a node beside its job: base model, raw sets, teacher, known by content.

A parcel is a list of files with their hashes; where they come from and where they go is said by
others. What ships with the package needs no parcel: nodes have the same version of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.errors import DataError
from ftassist.files import hash_file, hash_text
from ftassist.models import find
from ftassist.models.reference import TINY_NAME
from ftassist.trial.job import TrialSpec

ROLES = ("model", "repository", "teacher")
"""The fields of a `TrialSpec` that name folders."""
Mark = tuple[int, int, int]


@dataclass(frozen=True)
class Parcel:
    """A folder that a trial reads.

    Attributes:
        role: The field of the trial that names it, one of `ROLES`.
        place: Where it lies on the head.
        files: Hash and bytes of each file, by its path below `place`.
    """

    role: str
    place: str
    files: Mapping[str, tuple[str, int]]

    @property
    def digest(self) -> str:
        """What it is known by wherever it lies."""
        return hash_text(*(part for name in sorted(self.files) for part in self._facts(name)))

    @property
    def bytes(self) -> int:
        """How much there is of it."""
        return sum(size for _, size in self.files.values())

    def _facts(self, name: str) -> tuple[str, str]:
        return name, self.files[name][0]

    def to_dict(self) -> dict[str, Any]:
        """The parcel as JSON values."""
        files = {name: list(facts) for name, facts in self.files.items()}
        return {"role": self.role, "place": self.place, "files": files}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Parcel:
        """Reads what `to_dict` wrote."""
        files = {str(n): (str(f[0]), int(f[1])) for n, f in raw["files"].items()}
        return cls(str(raw["role"]), str(raw["place"]), files)


class Hashes:
    """Hashes of files that are read once, as long as size, time and inode stay."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Mark], str] = {}

    def of(self, path: Path) -> str:
        """The hash of a file's bytes."""
        key = (str(path), mark(path))
        if key not in self._known:
            self._known[key] = hash_file(path)
        return self._known[key]


def mark(path: Path) -> Mark:
    """Size, time and inode of a file, links followed."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def parcels_of(spec: TrialSpec, hashes: Hashes) -> list[Parcel]:
    """What a trial reads that nodes do not have by themselves.

    Raises:
        DataError: A base model or teacher that is named is not on this machine.
    """
    parcels = []
    for role in ("model", "teacher"):
        named = str(getattr(spec, role))
        if named and named != TINY_NAME:
            parcels.append(_of_model(role, named, hashes))
    repository = Path(spec.repository)
    if repository.is_absolute():
        files = sorted(path for path in repository.rglob("*") if path.is_file())
        parcels.append(_parcel("repository", repository, files, hashes))
    return parcels


def _of_model(role: str, named: str, hashes: Hashes) -> Parcel:
    found = find(named)
    if found is None:
        raise DataError(
            f"the {role} {named!r} is not on the head of the cluster",
            where=named,
            fix="fetch it there with `ftassist models get`; nodes get it from the head",
        )
    return _parcel(role, found.path, [p for p in found.files if p.exists()], hashes)


def _parcel(role: str, root: Path, files: Iterable[Path], hashes: Hashes) -> Parcel:
    facts = {p.relative_to(root).as_posix(): (hashes.of(p), p.stat().st_size) for p in files}
    return Parcel(role, str(root), facts)
