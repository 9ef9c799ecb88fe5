"""The card of a trial as JSON: the proposal with what is needed to decide on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ftassist.documents import words
from ftassist.documents.diffs import edited_lines, parent_cells
from ftassist.documents.findings import cell_findings
from ftassist.documents.live import live_part
from ftassist.documents.plan import earlier_estimates
from ftassist.documents.snapshot import Snapshot
from ftassist.documents.steering import differences_part, readings_part, understood_part
from ftassist.documents.trial import diff_document
from ftassist.journal.state import Trial
from ftassist.records.proposal import BETTER

PROPOSAL_MIME = "application/vnd.ftassist.proposal.v1+json"


def card_document(
    snapshot: Snapshot, trial: Trial, campaign_id: str, curve: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """A card as it stands now, whatever has become of the proposal.

    Args:
        campaign_id: How the server names the campaign.
        curve: The last rows of its training curve.
    """
    group = snapshot.state.beside(trial.id)
    return {
        **proposal_document(snapshot, trial),
        "id": campaign_id,
        "updated": trial.updated,
        "beside": [name for name in group if name != trial.id],
        "live": live_part(snapshot, trial, curve),
    }


def round_part(snapshot: Snapshot, trial: Trial) -> list[dict[str, str]]:
    """The trials of a trial's round, itself included, and what each is for; none without one."""
    names = snapshot.state.together(trial.id)
    if len(names) < 2:
        return []
    found = [snapshot.trial(name) for name in names]
    return [{"trial": t.id, "variant": t.proposal.variant} for t in found]


def proposal_document(snapshot: Snapshot, trial: Trial) -> dict[str, Any]:
    """A proposal as a card shows it, with what is needed to decide on it.

    `seen` is the sequence number to send back with a decision: a newer change of the trial
    makes the decision stale.
    """
    parent = snapshot.parent(trial)
    proposal = trial.proposal
    hypothesis = proposal.hypothesis
    diff = diff_document(snapshot, parent, trial)
    return {
        "schema": "ftassist/proposal-card/1",
        "campaign": {"name": snapshot.name, "folder": snapshot.folder.as_posix()},
        "trial": trial.id,
        "seen": snapshot.state.seq,
        "status": trial.status,
        "actor": trial.decision.actor or None,
        "author": words.author(trial),
        "backend": proposal.backend,
        "rule": proposal.rule,
        "statement": trial.hypothesis,
        "cause": hypothesis.cause,
        "changes": list(hypothesis.changes),
        "change": proposal.change.to_dict(),
        "parent": {"trial": trial.parent, "score": parent.score if parent else None},
        "why_parent": proposal.why_parent,
        **({"why_not": proposal.why_not} if proposal.why_not else {}),
        "metric": hypothesis.metric,
        "predicted": {"low": hypothesis.low, "high": hypothesis.high},
        "prediction_withdrawn": words.withdrawn(trial),
        "claims": hypothesis.claims or BETTER,
        "refuted_if": words.with_minus(hypothesis.refuted_if),
        "follows": proposal.follows,
        **({"wish": proposal.wish} if proposal.wish else {}),
        **({"looked": list(proposal.looked)} if proposal.looked else {}),
        **({"dry_run": words.dry_run(proposal.dry_run)} if proposal.dry_run else {}),
        **({"round": together} if (together := round_part(snapshot, trial)) else {}),
        "understood": understood_part(trial),
        "readings": readings_part(snapshot, trial),
        "evidence": [{**e.to_dict(), "text": words.evidence(e)} for e in hypothesis.evidence],
        "estimate": proposal.estimate.to_dict(),
        **({"earlier_estimates": said} if (said := _earlier(snapshot, trial)) else {}),
        "cells": dict(trial.cells),
        "parent_cells": dict(parent_cells(parent)),
        "edited": dict(trial.edited),
        "edited_lines": edited_lines(trial),
        "diff": diff["cells"],
        "differences": differences_part(parent, trial),
        "parameters": diff["parameters"],
        "findings": [asdict(finding) for finding in cell_findings(trial)],
    }


def _earlier(snapshot: Snapshot, trial: Trial) -> str:
    """How far off earlier estimates were, where this trial has one; "" without any."""
    wanted = trial.proposal.estimate.seconds is not None
    return earlier_estimates(snapshot.state, trial) if wanted else ""
