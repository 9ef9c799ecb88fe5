"""A campaign as JSON: where it stands, and its search tree.

Documents name their schema and hold data, never markup: text from data or models is in them as
it came, and whoever shows it escapes it. Times are seconds since 1970, UTC.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ftassist.documents import summary
from ftassist.documents.snapshot import Snapshot
from ftassist.documents.tree import Row, rows


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
