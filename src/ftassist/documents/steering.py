"""How people steer, as data: what a trial really changes, how a veto's reason is understood."""

from __future__ import annotations

from typing import Any

from ftassist.agent.difference import difference
from ftassist.agent.knobs import readings
from ftassist.documents import words
from ftassist.documents.diffs import parent_cells
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import Trial


def understood_part(trial: Trial) -> dict[str, Any] | None:
    """How the reason of a veto is understood, with its line for people; None without a veto."""
    read = trial.decision.understood if trial.status == "vetoed" else None
    return {**read.to_dict(), "text": words.understood(read)} if read else None


def readings_part(snapshot: Snapshot, trial: Trial) -> list[dict[str, str]]:
    """What a person can choose from to correct that; empty where there is nothing to correct."""
    if understood_part(trial) is None:
        return []
    return [{"key": w.key, "words": w.words} for w in readings(list(snapshot.state.profiles))]


def differences_part(parent: Trial | None, trial: Trial) -> list[dict[str, str]]:
    """What really differs from the parent, part by part, in words."""
    found = difference(parent_cells(parent), trial.cells)
    return [
        {
            "stage": part.stage,
            "key": part.key,
            "words": words.clean(part.words),
            "before": words.clean(part.before),
            "after": words.clean(part.after),
            "text": words.clean(part.text),
        }
        for part in found.parts
    ]
