"""What a worker's exit code says to its runner; a light module, because the runner reads it."""

from __future__ import annotations

from ftassist.journal.events import Kind
from ftassist.trial.trial_lock import TAKEN

NO_JOB = 3
LEFT = 4
"""The trial is left for a later worker, or had ended already."""
EXIT_CODES = {
    Kind.TRIAL_COMPLETED: 0,
    Kind.TRIAL_FAILED: 1,
    Kind.TRIAL_STOPPED: 2,
    Kind.ATTEMPT_LOST: 6,
    Kind.TRIAL_PAUSED: 7,
}
TOLD = frozenset({TAKEN, EXIT_CODES[Kind.ATTEMPT_LOST], EXIT_CODES[Kind.TRIAL_PAUSED]})
"""Codes after which an unfinished trial needs no word from the runner."""
