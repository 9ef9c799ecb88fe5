"""What a trial's trainings say of their numerics, in sentences: what differs, and from what."""

from __future__ import annotations

from typing import Any

from ftassist.journal.state import State, Trial
from ftassist.recipes.numerics import compare_settings
from ftassist.records.numerics import TrialNumerics


def numerics_part(state: State, trial: Trial) -> list[dict[str, Any]]:
    """What is to be told of a trial's numerics: {text, differs}, oldest first.

    Attempts of the trial are compared by the kernel that trains; a fresh seed is compared here
    with the run that it repeats, by its arithmetic.
    """
    taken = [loss.numerics for loss in trial.losses]
    taken += [trial.paused.numerics, trial.failure.numerics, trial.ran("train").numerics]
    told = [_told(one) for one in taken if one.compared]
    origin = state.trials.get(trial.replicate_of or "")
    if origin is not None:
        told += _fresh_seed(state, trial, origin)
    return told


def trained_by(state: State, trial: Trial) -> Trial:
    """The trial whose training this one's model comes from: itself, unless it was cached."""
    return state.trials.get(trial.ran("train").cached_from or "", trial)


def _told(one: TrialNumerics) -> dict[str, Any]:
    return {"text": one.compared, "differs": one.same is False}


def _fresh_seed(state: State, trial: Trial, origin: Trial) -> list[dict[str, Any]]:
    """How a fresh seed computed, against the run it repeats; nothing where one is unknown."""
    mine = trial.ran("train").numerics
    other = trained_by(state, origin).ran("train").numerics
    if mine.fingerprint is None or other.fingerprint is None:
        return []
    found = compare_settings(other.fingerprint, mine.fingerprint)
    text = found.sentence(f"{origin.id}, which it repeats with another seed")
    return [{"text": text, "differs": not found.same}]
