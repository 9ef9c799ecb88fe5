"""The errors ftassist shows to people.

Every error a person can cause says three things: what was wrong (with the value), where it was
(file, row, cell, trial) and what to do about it. Faces print `str(error)` and no stack trace, and
IPython does so, too; anything that is not an `FtassistError` is a bug and keeps its trace.
"""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

TRIAL_VARIABLE = "FTASSIST_TRIAL_FOLDER"
"""Set for a trial's kernel and all it starts, so that what outlives everything above it is found;
the errors of a trial are read from their traces by programs."""


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

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of the error: its words, and the line of the cell they are about.

        All of the stack where a program reads it, or where something else went wrong before.
        """
        if os.environ.get(TRIAL_VARIABLE) or _hides_a_bug(self):
            return _whole_trace(self)
        lines = f"{type(self).__name__}: {self}".splitlines()
        if line := _line_of_cell(self):
            lines.append(f"  in the cell: {line}")
        return lines

    def to_dict(self) -> dict[str, str]:
        """The error as JSON for programs."""
        kind = type(self).__name__
        return {"error": kind, "what": self.what, "where": self.where, "fix": self.fix}

    @staticmethod
    def told(raw: Mapping[str, str]) -> FtassistError:
        """The error that another process told with `to_dict`."""
        return FtassistError(raw["what"], where=raw["where"], fix=raw["fix"])


def _hides_a_bug(error: BaseException) -> bool:
    """Whether it came up while something else was going wrong that nobody had foreseen."""
    before = None if error.__suppress_context__ else error.__context__
    return before is not None and not isinstance(before, FtassistError)


def _line_of_cell(error: BaseException) -> str:
    """The last line of a notebook's cell on the way to the error; "" where there is none."""
    found = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == "__main__":
            text = linecache.getline(frame.f_code.co_filename, number).strip()
            found = f"line {number}: {text}"
    return found


def _whole_trace(error: BaseException) -> list[str]:
    """The stack trace, as IPython would show it."""
    module: Any = sys.modules.get("IPython")
    if module is None or (shell := module.get_ipython()) is None:
        return traceback.format_exception(error)
    shown: list[str] = shell.InteractiveTB.structured_traceback(
        type(error), error, error.__traceback__, tb_offset=1
    )
    return shown


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
