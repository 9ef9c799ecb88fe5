"""What a preflight check found of a trial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class TrialCheck(Record):
    """A check before the run, or an audit of the training itself; false for none."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"class_"})

    check: str = ""
    """Its name, such as "leakage"."""
    passed: bool = False
    message: str = ""
    """One line."""
    summary: Mapping[str, Any] = field(default_factory=dict)
    """The numbers behind it; each check has its own."""
    class_: str = ""
    """What kind of failure it found, such as "INVALID"; "" where it passed."""

    def __bool__(self) -> bool:
        """Whether it was made."""
        return bool(self.check)


NOT_CHECKED = TrialCheck()


@dataclass(frozen=True, slots=True)
class Audit(Record):
    """What a training found of itself, as it wrote it down; a cell may have written it."""

    name: str = ""
    passed: bool | None = None
    message: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def last_check(name: str, checks: Iterable[TrialCheck]) -> TrialCheck:
    """The last check of a name; false without one."""
    found = [check for check in checks if check.check == name]
    return found[-1] if found else NOT_CHECKED
