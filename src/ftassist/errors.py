"""The errors ftassist shows to people.

Every error a person can cause says three things: what was wrong (with the value), where it was
(file, row, cell, trial) and what to do about it. Faces print `str(error)` and no stack trace;
anything that is not an `FtassistError` is a bug and keeps its trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


class FtassistError(Exception):
    """A problem a person can mend.

    Args:
        what: What was wrong, with the offending value in it.
        where: File, row, cell or trial; empty where there is no such place.
        fix: What to do now.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        """One line for each of what, where and what to do."""
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.fix:
            lines.append(f"  what to do: {self.fix}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, str]:
        """The error as JSON for programs."""
        kind = type(self).__name__
        return {"error": kind, "what": self.what, "where": self.where, "fix": self.fix}

    @staticmethod
    def told(raw: Mapping[str, str]) -> FtassistError:
        """The error that another process told with `to_dict`."""
        return FtassistError(raw["what"], where=raw["where"], fix=raw["fix"])


class UnknownNameError(FtassistError):
    """A task, trial, data set, model or policy that does not exist; names the nearest one."""

    @classmethod
    def of(cls, noun: str, name: str, known: Iterable[str]) -> UnknownNameError:
        """Builds the error for `name`, suggesting the closest of `known`."""
        names = sorted(known)
        near = get_close_matches(name, names, n=1, cutoff=0.4)
        fix = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(names) or '-'}"
        return cls(f"there is no {noun} {name!r}", fix=fix)


class DataError(FtassistError):
    """Rows that cannot be used: missing fields, mixed types, nothing left after filters."""


class ModelError(FtassistError):
    """A model folder that cannot be fine-tuned or scored."""


class CellError(FtassistError):
    """A trial cell that cannot be run, such as one with a syntax error."""


class JournalError(FtassistError):
    """A journal that is damaged, missing, read-only or cannot be written."""


class StaleDecisionError(FtassistError):
    """A decision made on a state that has changed since (HTTP 409 on the server)."""


class BudgetError(FtassistError):
    """A budget that is not positive, or one that is spent."""


class LockedError(FtassistError):
    """Another runner holds the campaign."""


class SealedError(FtassistError):
    """The sealed test split has been opened before."""


class EvaluatorError(FtassistError):
    """The evaluator process refused or failed."""


class TrainingPausedError(FtassistError):
    """Training was paused; its checkpoint is kept, and it goes on from there."""


class TrainingStoppedError(FtassistError):
    """Training was stopped: nothing is trained, the loss is NaN, or it exploded."""


class IsolationError(FtassistError):
    """Isolation is required and this machine cannot give it, or a sandbox did not start."""
