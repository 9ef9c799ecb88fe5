"""What decides the last digits of a training, as it was written down before its first step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ftassist.records.record import Record

Value = bool | int | float | str | list[str] | None
Group = Mapping[str, Value]
"""Entries that belong together, by name."""


@dataclass(frozen=True, slots=True)
class Fingerprint(Record):
    """What a training computed with and on; what is None was not written down."""

    training: str | None = None
    """What is trained: a digest of arguments, rows and base."""
    attempt: int | None = None
    kernel: str | None = None
    """"spare" or "fresh"; "" where nobody said."""
    step: int | None = None
    """The step it went on from."""
    settings: Group | None = None
    machine: Group | None = None
    versions: Group | None = None
    variables: Group | None = None
    process: Group | None = None
    """What the process had done before."""
    load: Group | None = None
    """How busy the machine was."""
    probe: Group | None = None
    """The losses of a fixed batch."""
    inputs: Group | None = None
    """Digests of what was read or drawn."""


@dataclass(frozen=True, slots=True)
class TrialNumerics(Record):
    """What decides the last digits of a training, as it began; false where nothing is known."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"same", "compared"})

    digest: str = ""
    """Of all that should be the same in another run of the same training."""
    fingerprint: Fingerprint | None = None
    """What it computed with and on."""
    same: bool | None = None
    """Whether it began as the same training before it; None where there is none."""
    compared: str = ""
    """The same in a sentence."""

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return self.fingerprint is not None


NO_NUMERICS = TrialNumerics()
