"""What can happen in a campaign: the kinds of events and what their payloads hold.

Knows nothing of files or of how events are folded. Payloads are JSON objects; keys named here
are always there, others may be added, and a reader ignores what it does not know.
"""

from __future__ import annotations

import json
from enum import StrEnum
from hashlib import blake2b
from typing import Any, NamedTuple


class Kind(StrEnum):
    """The kinds of events."""

    CAMPAIGN_CREATED = (
        "campaign.created"  # task model backend policy review budget seed versions card places
    )
    CAMPAIGN_PAUSED = "campaign.paused"  # reason waits_for? ("model", "task", "consent")
    CAMPAIGN_RESUMED = "campaign.resumed"
    CAMPAIGN_STOPPED = "campaign.stopped"  # reason; asked for by a person
    CAMPAIGN_FINISHED = "campaign.finished"  # reason; the budget is spent or the search is over
    UNISOLATED_ALLOWED = "unisolated.allowed"  # reason?; a person lets model-written cells run so
    REVIEW_CHANGED = "review.changed"  # review
    BUDGET_CHANGED = "budget.changed"  # budget
    EXECUTOR_CHANGED = "executor.changed"  # executor ("local", "ray") request?; where trials run
    RUNNER_STARTED = (
        "runner.started"  # pid host; devices? executor? where one training may have several
    )
    RUNNER_STOPPED = "runner.stopped"  # reason
    TASK_PROFILED = "task.profiled"  # sets {name: profile}
    BASELINES_SCORED = "baselines.scored"  # baselines [{key name rows labels sets score low high}]
    SPEED_MEASURED = (
        "speed.measured"  # tokens_a_second fixed_seconds scoring_seconds tokens_a_row width
    )

    PROPOSAL_MADE = "proposal.made"  # the proposal document (records/proposal.py)
    PROPOSAL_FAILED = "proposal.failed"  # message kind?
    PROPOSAL_ASKED = "proposal.asked"  # parent? beside? count? words?; the agent is asked
    PROPOSAL_CANCELLED = "proposal.cancelled"  # a person ends the agent's call
    ANSWER_REFUSED = "answer.refused"  # purpose message where?; an answer of the agent's model
    CELLS_TRIED = (
        "cells.tried"  # passed settled seconds round stage? failure? message? log?; a dry run
    )
    LOOKED = "agent.looked"  # purpose tool arguments trail characters failed? sources?
    SURVEY_MADE = "survey.made"  # asked lacks raw_sets strategies sources not_looked_up
    DECISION_EDITED = (
        "decision.edited"  # cells {stage: source} prediction? {low high} reason? seen
    )
    DECISION_ACCEPTED = "decision.accepted"  # reason? seen
    DECISION_VETOED = "decision.vetoed"  # reason seen understood? {avoid try note by}
    DECISION_UNDERSTOOD = "decision.understood"  # understood seen?; the reason of a veto read anew
    DECISION_UNVETOED = "decision.unvetoed"  # reason? seen; the veto is taken back

    TRIAL_STARTED = (
        "trial.started"  # attempt pid isolation gpu kernel rung? node? {host id devices}
    )
    STAGE_STARTED = "stage.started"  # stage
    STAGE_FINISHED = "stage.finished"  # stage seconds cached_from? key summary numerics?
    PREFLIGHT_PASSED = "preflight.passed"  # check summary
    PREFLIGHT_FAILED = "preflight.failed"  # check class message
    EVALUATION_REFUSED = "evaluation.refused"  # class what where; written by the evaluator only
    ATTEMPT_SEEN = "attempt.seen"  # class what where stage; seen by the watch in the kernel
    PANEL_SCORED = "panel.scored"  # score low high n views seconds digest against?; or failed
    TRIAL_SCORED = "trial.scored"  # feedback answered? {host id answers}; by the evaluator only
    RUNG_SCORED = "rung.scored"  # rung feedback; of a run in part; by the evaluator only
    TRIAL_RESTED = "trial.rested"  # rung, and as of a completed one; it waits to be run on
    TRIAL_PROMOTED = "trial.promoted"  # rung reason seen slots?; it goes on, to that rung
    TRIAL_COMPLETED = "trial.completed"  # seconds {stage: s} rows peak_memory data training
    TRIAL_FAILED = "trial.failed"  # class stage message traceback
    TRIAL_STOPPED = "trial.stopped"  # reason
    TRIAL_STOP_ASKED = "trial.stop_asked"  # reason?; a person asks the runner to stop it
    TRIAL_PAUSED = "trial.paused"  # reason stage; it waits, and goes on from where it was
    ATTEMPT_LOST = "attempt.lost"  # message stage node?; ended from outside: it runs again
    TRIAL_RETRIED = "trial.retried"  # reason stage source change; runs again with another cell
    TRIAL_PINNED = "trial.pinned"  # reason?; its files are kept
    TRIAL_UNPINNED = "trial.unpinned"
    TRIAL_TAGGED = "trial.tagged"  # tag; a word of a person's, to find it again by
    TRIAL_UNTAGGED = "trial.untagged"  # tag
    MODELS_REMOVED = "models.removed"  # trials {trial: bytes} bytes
    TRIAL_JUDGED = "trial.judged"  # parent best baseline (Verdicts) prediction
    TRIAL_ANALYSED = "trial.analysed"  # text causes try_next avoid
    INSIGHT_ADDED = "insight.added"  # insight
    INSIGHT_RETRACTED = "insight.retracted"  # id reason

    SEARCH_STOPPED = "search.stopped"  # reason visible left trials seen; before the budget's end
    FINALIST_CHOSEN = "finalist.chosen"  # trial, reason; replicates are asked for
    REPLICATE_MADE = "replicate.made"  # of seed asked reason (the policy's); trial is a new id
    REPLICATE_ASKED = "replicate.asked"  # seeds (how many); a person asks the runner
    EXPORT_ASKED = "export.asked"  # a person asks the runner for a copy of its model
    EXPORT_MADE = "export.made"  # folder (below the campaign's) files bytes [form ...]
    EXPORT_FAILED = "export.failed"  # message
    CLAIM_MADE = "claim.made"  # verdict over all seeds against the base
    TEST_OPENED = "test.opened"  # reason; the sealed split was opened for this trial
    TEST_SCORED = "test.scored"  # scores {trial: feedback} verdict
    CALL_MADE = (
        "call.made"  # backend purpose model tokens {input, cached, output} cost seconds reply
    )
    """Also `prompt`: a digest of the question, where the campaign remembers it."""
    NOTE = "note"  # text kind?; with a trial: what a person wrote down of it
    NOTE_REMOVED = "note.removed"  # note (its sequence number); of a trial


class Event(NamedTuple):
    """One thing that happened; a tuple, because a journal opens by making very many.

    Attributes:
        seq: Its place in the journal, from 1, without gaps.
        time: Seconds since 1970, UTC.
        actor: Who: "person:<name>", "agent:<backend>", "runner", "worker", "evaluator".
        kind: One of `Kind`.
        trial: The trial it is about, such as "t0003", or None.
        payload: What else is known.
    """

    seq: int
    time: float
    actor: str
    kind: str
    trial: str | None
    payload: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The event as a JSON object."""
        return {
            "seq": self.seq,
            "time": self.time,
            "actor": self.actor,
            "kind": self.kind,
            "trial": self.trial,
            "payload": self.payload,
        }


def encode(payload: dict[str, Any]) -> str:
    """A payload as the JSON text that is stored and hashed."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def row_digest(
    previous: str, seq: int, time: float, actor: str, kind: str, trial: str | None, payload: str
) -> str:
    """The digest of a row chained to the one before, so that damage and gaps show."""
    text = f"{previous}\x1f{seq}\x1f{time!r}\x1f{actor}\x1f{kind}\x1f{trial}\x1f{payload}"
    return blake2b(text.encode(), digest_size=12).hexdigest()
