"""Trials as the tree and the table of a live front end show them, and what changed of them.

A node depends on nothing but its own trial, so that a change of one trial is a change of one
node: depth, order and the best path follow from `parent`, `replicate_of` and the campaign's best.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ftassist.campaign.outage import outage
from ftassist.documents import summary, words
from ftassist.documents.campaign import campaign_document
from ftassist.documents.snapshot import Snapshot
from ftassist.documents.spending import spending
from ftassist.documents.tree import mark, title, tree_word
from ftassist.journal.state import State, Trial
from ftassist.records.asked import OpenWish
from ftassist.records.final import OpenedTest
from ftassist.records.rungs import NodeRung


def node(trial: Trial) -> dict[str, Any]:
    """One trial as a node."""
    scored = trial.score is not None
    failed = trial.status in ("failed", "invalid")
    return {
        "trial": trial.id,
        "parent": trial.parent,
        "role": trial.role,
        "replicate_of": trial.replicate_of,
        "beside": trial.proposal.beside or None,
        "status": trial.status,
        "mark": mark(trial),
        "word": tree_word(trial),
        "title": title(trial),
        "changes": list(trial.proposal.hypothesis.changes),
        "score": trial.score,
        "low": trial.feedback.low if scored else None,
        "high": trial.feedback.high if scored else None,
        **({"rung": part} if (part := _rung(trial)) else {}),
        "verdict": trial.verdict.kind,
        "verdict_best": trial.against_best.kind,
        "difference": trial.verdict.difference,
        "rule": trial.proposal.rule,
        "why": words.one_line(trial.proposal.why_parent, 300),
        "actor": trial.decision.actor or None,
        "author": words.author(trial),
        "edited": sorted(trial.edited),
        "stage": trial.stage,
        "cached": words.cached(trial),
        "isolation": trial.isolation,
        "place": words.place(trial),
        "failure": (trial.failure.class_ or None) if failed else None,
        "attempts": trial.attempt,
        "seconds": trial.seconds,
        "stopping": bool(trial.stopping) and trial.status in ("accepted", "running"),
        "pinned": trial.pinned,
        "tags": list(trial.tags),
        "notes": len(trial.notes),
        "wish": trial.wish,
        "created": trial.created,
        "updated": trial.updated,
    }


def _rung(trial: Trial) -> NodeRung | None:
    """Where a trial rests, or how far it is run now; None for a whole run."""
    if trial.status == "resting" and trial.partial:
        return {"rung": trial.partial[-1].rung, "rests": True, "says": words.rests(trial)}
    if trial.status == "running" and trial.goal < 1.0:
        return {"rung": trial.goal, "rests": False, "says": words.outcome(trial)}
    return None


def view_head(snapshot: Snapshot, campaign_id: str, *, full: bool) -> dict[str, Any]:
    """A campaign for a live front end, without its nodes.

    Args:
        campaign_id: How the server names it.
        full: Whether all nodes go with it, or only those that changed.
    """
    state = snapshot.state
    campaign = {
        **campaign_document(snapshot),
        "tests": {name: _opened_test(name, test) for name, test in state.tests.items()},
        "metric": dict(snapshot.metric),
        "meters": [asdict(meter) for meter in summary.meters(snapshot)],
        "waiting": summary.waiting(snapshot),
        "stalled": summary.stalled(snapshot),
        **({"outage": found} if (found := outage(state)) else {}),
        "smallest_effect": summary.smallest_effect(snapshot),
        "spending": spending(state),
        "asked": _asked(state),
        "asked_failed": words.clean(state.asked.failed),
        "asked_failure": state.asked.failure,
        "asked_made": state.asked.made,
    }
    return {
        "schema": "ftassist/campaign-view/1",
        "id": campaign_id,
        "seq": state.seq,
        "full": full,
        "campaign": campaign,
    }


def _opened_test(trial: str, test: OpenedTest) -> dict[str, Any]:
    """An opening of the test split without the views, which a trial's page shows."""
    scores = {run: found.headline.to_dict() for run, found in test.scores.items()}
    said = summary.test_sentence(trial, test)
    return {"verdict": test.verdict.to_dict(), "scores": scores, "sentence": said}


def _asked(state: State) -> OpenWish | None:
    """The wish for a proposal that the agent is working on."""
    if not state.asked.seq:
        return None
    return {
        "seq": state.asked.seq,
        "parent": state.asked.parent,
        "beside": state.asked.beside,
        "count": state.asked.count,
        "words": words.clean(state.asked.words),
        "cancelling": state.asked.cancelling,
    }
