"""The JSON that programs and other front ends read: campaign, tree, trial and proposal.

Each document names its schema. They hold data, never markup; text from data or models is in
them as it came, and whoever shows it escapes it. Times are seconds since 1970, UTC.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from ftassist.journal.state import Trial
from ftassist.ui import summary, words
from ftassist.ui.diffs import cell_diffs, parameter_changes, parent_cells
from ftassist.ui.snapshot import Snapshot
from ftassist.ui.tree import Row, rows

PROPOSAL_MIME = "application/vnd.ftassist.proposal.v1+json"


def campaign_document(snapshot: Snapshot) -> dict[str, Any]:
    """Where a campaign stands (`ftassist status --json`)."""
    state = snapshot.state
    return {
        "schema": "ftassist/campaign/1",
        "name": snapshot.name,
        "folder": snapshot.folder.as_posix(),
        "seq": state.seq,
        "task": state.task,
        "settings": dict(state.settings),
        "review": state.review,
        "phase": state.phase,
        "reason": state.reason,
        "runner_alive": snapshot.alive,
        "damage": snapshot.damage,
        "budget": dict(state.budget),
        "used": {"trials": state.trials_used, "seconds": state.seconds_used},
        "statuses": dict(Counter(t.status for t in state.trials.values())),
        "base": state.base.score if "t0000" in state.trials else None,
        "best": snapshot.best,
        "best_score": state.trials[snapshot.best].score if snapshot.best else None,
        "pending": [t.id for t in state.pending],
        "finalist": state.finalist,
        "claim": dict(state.claim),
        "summary": summary.claim(snapshot),
        "openings": [dict(o) for o in state.openings],
        "tests": {name: dict(test) for name, test in state.tests.items()},
        "calls": dict(state.calls),
    }


def tree_document(snapshot: Snapshot) -> dict[str, Any]:
    """The search tree in drawing order (`ftassist tree --json`)."""
    return {
        "schema": "ftassist/tree/1",
        "name": snapshot.name,
        "seq": snapshot.state.seq,
        "best": snapshot.best,
        "nodes": [_node(row) for row in rows(snapshot)],
    }


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


def proposal_document(snapshot: Snapshot, trial: Trial) -> dict[str, Any]:
    """A proposal as a card shows it, with what is needed to decide on it.

    `seen` is the sequence number to send back with a decision: a newer change of the trial
    makes the decision stale.
    """
    parent = snapshot.parent(trial)
    proposal = trial.proposal
    hypothesis = proposal.get("hypothesis", {})
    diff = diff_document(snapshot, parent, trial)
    return {
        "schema": "ftassist/proposal-card/1",
        "campaign": {"name": snapshot.name, "folder": snapshot.folder.as_posix()},
        "trial": trial.id,
        "seen": snapshot.state.seq,
        "status": trial.status,
        "actor": trial.decision.get("actor"),
        "backend": proposal.get("backend", ""),
        "rule": proposal.get("rule", ""),
        "statement": trial.hypothesis,
        "cause": hypothesis.get("cause", ""),
        "changes": list(hypothesis.get("changes", ())),
        "change": dict(proposal.get("change", {})),
        "parent": {"trial": trial.parent, "score": parent.score if parent else None},
        "why_parent": proposal.get("why_parent", ""),
        "metric": hypothesis.get("metric", ""),
        "predicted": {"low": hypothesis.get("low"), "high": hypothesis.get("high")},
        "refuted_if": hypothesis.get("refuted_if", ""),
        "evidence": [dict(e) for e in hypothesis.get("evidence", ())],
        "estimate": dict(proposal.get("estimate", {})),
        "cells": dict(trial.cells),
        "parent_cells": dict(parent_cells(parent)),
        "edited": dict(trial.edited),
        "diff": diff["cells"],
        "parameters": diff["parameters"],
    }


def _node(row: Row) -> dict[str, Any]:
    trial = row.trial
    return {
        "trial": trial.id,
        "parent": trial.parent,
        "role": trial.role,
        "replicate_of": trial.replicate_of,
        "depth": row.depth,
        "status": trial.status,
        "mark": row.mark,
        "word": row.word,
        "title": row.title,
        "score": trial.score,
        "low": trial.feedback.get("low") if trial.score is not None else None,
        "high": trial.feedback.get("high") if trial.score is not None else None,
        "best": row.best,
        "on_best_path": row.on_best_path,
        "remarks": list(row.remarks),
    }
