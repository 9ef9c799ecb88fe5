"""A campaign as JSON: where it stands, and its search tree.

Documents name their schema and hold data, never markup: text from data or models is in them as
it came, and whoever shows it escapes it. Times are seconds since 1970, UTC.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ftassist.campaign.consent import consent_document
from ftassist.documents import summary, words
from ftassist.documents.snapshot import Snapshot
from ftassist.documents.tree import TreeRow, rows
from ftassist.journal.state import State


def campaign_document(snapshot: Snapshot) -> dict[str, Any]:
    """Where a campaign stands (`ftassist status --json`)."""
    state = snapshot.state
    return {
        "schema": "ftassist/campaign/1",
        "name": snapshot.name,
        "folder": snapshot.folder.as_posix(),
        "seq": state.seq,
        "task": state.task,
        "settings": state.settings.to_dict(),
        "review": state.review,
        "phase": state.phase,
        "reason": state.reason,
        "waits_for": state.waits_for if state.phase == "paused" else "",
        "consent": consent_document(state),
        "runner_alive": snapshot.alive,
        "damage": snapshot.damage,
        "budget": state.budget.to_dict(),
        "used": {
            "trials": state.trials_used,
            "seconds": state.seconds_used,
            "device_hours": state.device_hours_used,
        },
        "statuses": dict(Counter(t.status for t in state.trials.values())),
        "base": state.base.score if "t0000" in state.trials else None,
        "base_notes": base_notes(state),
        "baselines": [found.to_dict() for found in state.baselines],
        "best": snapshot.best,
        "best_score": state.trials[snapshot.best].score if snapshot.best else None,
        "pending": [t.id for t in state.pending],
        "finalist": state.finalist,
        "claim": state.claim.to_dict(),
        "summary": summary.claim(snapshot),
        "openings": [opening.to_dict() for opening in state.openings],
        "tests": {name: test.to_dict() for name, test in state.tests.items()},
        "calls": state.calls.to_dict(),
    }


def base_notes(state: State) -> list[str]:
    """What is peculiar of the base's chat template, a sentence each; empty for most."""
    return [words.one_line(note, 600) for note in state.settings.base_notes]


def campaign_entry(snapshot: Snapshot, campaign_id: str, path: str) -> dict[str, Any]:
    """A campaign as one line of a list.

    Args:
        campaign_id: How the server names it.
        path: Its folder relative to the server's root.
    """
    state = snapshot.state
    settings = {name: getattr(state.settings, name) for name in ("task", "model", "backend")}
    return {
        "id": campaign_id,
        "name": snapshot.name,
        "path": path,
        **settings,
        "review": state.review,
        "phase": state.phase,
        "reason": state.reason,
        "waits_for": state.waits_for if state.phase == "paused" else "",
        "seq": state.seq,
        "runner_alive": snapshot.alive,
        "running": [t.id for t in state.with_status("running")],
        "pending": [t.id for t in state.pending],
        "best": snapshot.best,
        "best_score": state.trials[snapshot.best].score if snapshot.best else None,
        "base_score": state.base.score,
        "trials_used": state.trials_used,
        "seconds_used": state.seconds_used,
        "budget": state.budget.to_dict(),
        "created": state.created,
        "damage": snapshot.damage,
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


def _node(row: TreeRow) -> dict[str, Any]:
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
        "low": trial.feedback.low if trial.score is not None else None,
        "high": trial.feedback.high if trial.score is not None else None,
        "best": row.best,
        "on_best_path": row.on_best_path,
        "remarks": list(row.remarks),
    }
