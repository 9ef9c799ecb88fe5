"""How far the evaluation of a running trial has come, as the evaluator writes it.

Read with care: a killed evaluator leaves its file behind, and the next attempt at a trial must not
be shown with the numbers of the last.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ftassist.dojo.evaluator.count import PROGRESS
from ftassist.files import open_inside
from ftassist.journal.state import Trial

LARGEST = 4096
"""Bytes of the file that are read."""


@dataclass(frozen=True)
class Counted:
    """Items of an evaluation.

    Attributes:
        done: Items answered.
        of: Items in all.
        left: Estimated seconds until all are answered; None before the first is.
    """

    done: int
    of: int
    left: float | None = None


def read_counted(folder: Path, trial: Trial) -> Counted | None:
    """The items of a trial's evaluation on validation; None while none is counted.

    Args:
        folder: The campaign's folder.
    """
    if trial.status != "running" or trial.stage != "evaluate":
        return None
    try:
        with open_inside(folder, "scores", PROGRESS) as file:
            told = json.loads(file.read(LARGEST))
        if told["trial"] != trial.id or told["split"] != "validation":
            return None
        done, of = int(told["done"]), int(told["of"])
        started, written = float(told["started"]), float(told["time"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if of <= 0 or not 0 <= done <= of or started < (trial.started or 0.0):
        return None
    return Counted(done, of, (written - started) / done * (of - done) if done else None)
