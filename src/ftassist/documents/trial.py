"""A trial as JSON, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ftassist.documents import words
from ftassist.documents.campaign import base_notes
from ftassist.documents.diffs import cell_diffs, parameter_changes, parent_cells
from ftassist.documents.live import live_part
from ftassist.documents.numerics import numerics_part
from ftassist.documents.rows import rows_part
from ftassist.documents.snapshot import Snapshot
from ftassist.documents.steering import differences_part, understood_part
from ftassist.documents.wrong import Answered, wrong_part
from ftassist.journal.state import Trial
from ftassist.records.record import document_of


def trial_document(snapshot: Snapshot, trial: Trial) -> dict[str, Any]:
    """All that is known of a trial (`ftassist show --json`)."""
    return {
        "schema": "ftassist/trial/1",
        "campaign": snapshot.name,
        "seq": snapshot.state.seq,
        "word": words.word(trial),
        "author": words.author(trial),
        "outcome": words.outcome(trial),
        **document_of(trial),
        "changed_cells": diff_document(snapshot, snapshot.parent(trial), trial)["cells"],
        "numerics": numerics_part(snapshot.state, trial),
    }


def trial_page(
    snapshot: Snapshot,
    trial: Trial,
    *,
    curve: Sequence[Mapping[str, Any]] = (),
    sizes: Mapping[str, int] | None = None,
    answered: Answered | None = None,
    shown_gain: str = "",
) -> dict[str, Any]:
    """All that a page about one trial shows: the trial, its parent beside it, and what it cost.

    Args:
        curve: The last rows of its training curve.
        sizes: Bytes of what it left behind, by name.
        answered: What it and its parent answered to the items whose wrong answers are shown.
        shown_gain: What it gains on items that are shown and on those that select, in words.
    """
    parent = snapshot.parent(trial)
    changes = diff_document(snapshot, parent, trial)
    return {
        **trial_document(snapshot, trial),
        "schema": "ftassist/trial-page/1",
        "mark": words.mark(trial),
        "hypothesis_text": trial.hypothesis,
        "best": trial.id == snapshot.best,
        "metric": dict(snapshot.metric),
        "live": live_part(snapshot, trial, curve),
        "parent_feedback": _scores(parent),
        "wrong": wrong_part(trial, answered or Answered()),
        **({"shown_gain": shown_gain} if shown_gain else {}),
        "rows": rows_part(trial),
        "parent_lengths": rows_part(parent)["lengths"],
        "parent_data": dict(parent.outcome.data) if parent else {},
        "parent_training": dict(parent.outcome.training) if parent else {},
        "parameters": changes["parameters"],
        "differences": differences_part(parent, trial),
        "follows": trial.proposal.follows,
        "prediction_withdrawn": words.withdrawn(trial),
        "understood": understood_part(trial),
        "worths": [asdict(worth) for worth in snapshot.worths.get(trial.id, ())],
        "children": [t.id for t in snapshot.state.children(trial.id)],
        "replicates": [t.id for t in snapshot.state.replicates(trial.id)],
        "estimate": trial.proposal.estimate.to_dict(),
        "base_notes": base_notes(snapshot.state) if trial.role == "base" else [],
        "versions": dict(snapshot.state.settings.versions),
        "cost": _cost(trial),
        "sizes": dict(sizes or {}),
    }


def _scores(trial: Trial | None) -> dict[str, Any]:
    """Headline and views of a trial; empty without a score."""
    if trial is None or trial.score is None:
        return {}
    return {"trial": trial.id, **trial.feedback.by_view.to_dict()}


def _cost(trial: Trial) -> dict[str, Any]:
    """What a trial took: seconds by stage and in all, memory, rows, device, node."""
    where = words.answered(trial)
    return {
        "seconds": trial.seconds,
        "stages": {name: stage.seconds for name, stage in trial.stages.items()},
        "rows": trial.outcome.rows,
        "peak_memory_mb": trial.outcome.peak_memory_mb,
        "attempts": trial.attempt,
        "gpu": trial.gpu.to_dict(),
        "node": trial.node.to_dict(),
        **({"answered": where} if where else {}),
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
