"""What a trial's trainings say of their numerics, in sentences: what differs, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.journal.state import State, Trial
from ftassist.recipes.numerics import compare_settings


def numerics_part(state: State, trial: Trial) -> list[dict[str, Any]]:
    """What is to be told of a trial's numerics: {text, differs}, oldest first.

    Attempts of the trial are compared by the kernel that trains; a fresh seed is compared here
    with the run that it repeats, by its arithmetic.
    """
    taken = [loss.get("numerics") for loss in trial.losses]
    taken += [trial.paused.numerics, trial.failure.numerics, record(trial)]
    told = [_told(one) for one in taken if one and one.get("compared")]
    origin = state.trials.get(trial.replicate_of or "")
    if origin is not None:
        told += _fresh_seed(state, trial, origin)
    return told


def record(trial: Trial) -> Mapping[str, Any]:
    """The numerics of its finished training; empty where none are recorded."""
    found: Mapping[str, Any] = trial.stages.get("train", {}).get("numerics") or {}
    return found


def trained_by(state: State, trial: Trial) -> Trial:
    """The trial whose training this one's model comes from: itself, unless it was cached."""
    cached = trial.stages.get("train", {}).get("cached_from")
    return state.trials.get(str(cached), trial) if cached else trial


def _told(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": str(one["compared"]), "differs": not one.get("same", True)}


def _fresh_seed(state: State, trial: Trial, origin: Trial) -> list[dict[str, Any]]:
    """How a fresh seed computed, against the run it repeats; nothing where one is unknown."""
    mine, other = record(trial), record(trained_by(state, origin))
    if not mine or not other:
        return []
    found = compare_settings(other["fingerprint"], mine["fingerprint"])
    text = found.sentence(f"{origin.id}, which it repeats with another seed")
    return [{"text": text, "differs": not found.same}]
