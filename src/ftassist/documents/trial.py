"""A trial as JSON, and what differs between two of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ftassist.documents import words
from ftassist.documents.diffs import cell_diffs, parameter_changes, parent_cells
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import Trial


def trial_document(snapshot: Snapshot, trial: Trial) -> dict[str, Any]:
    """All that is known of a trial (`ftassist show --json`)."""
    return {
        "schema": "ftassist/trial/1",
        "campaign": snapshot.name,
        "seq": snapshot.state.seq,
        "word": words.word(trial),
        "outcome": words.outcome(trial),
        **asdict(trial),
        "changed_cells": diff_document(snapshot, snapshot.parent(trial), trial)["cells"],
    }


def diff_document(snapshot: Snapshot, before: Trial | None, after: Trial) -> dict[str, Any]:
    """What differs between two trials (`ftassist diff --json`)."""
    old = parent_cells(before)
    return {
        "schema": "ftassist/diff/1",
        "campaign": snapshot.name,
        "before": before.id if before else None,
        "after": after.id,
        "cells": [
            {"stage": d.stage, "added": d.added, "removed": d.removed, "diff": list(d.lines)}
            for d in cell_diffs(old, after.cells)
        ],
        "parameters": [asdict(c) for c in parameter_changes(old, after.cells)],
    }
