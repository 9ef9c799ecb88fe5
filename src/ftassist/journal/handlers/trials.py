"""What the run of a trial makes of the state, from its start to its end and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ftassist.journal.events import Event, Kind
from ftassist.journal.handlers.draft import EMPTY, Draft, Handler
from ftassist.journal.state import Trial
from ftassist.records.check import TrialCheck
from ftassist.records.decision import Decision
from ftassist.records.device import NO_GPU, NO_NODE, NOT_ELSEWHERE, Answering, ClusterNode, Gpu
from ftassist.records.export import TrialExport
from ftassist.records.failure import NO_FAILURE, TrialFailure
from ftassist.records.feedback import TrialFeedback
from ftassist.records.interruption import NO_PAUSE, NO_STOP, Loss, Pause, Promotion
from ftassist.records.outcome import TrialOutcome
from ftassist.records.refusal import Refusal, Retry
from ftassist.records.remark import Tagged
from ftassist.records.rungs import PartialRun, trained
from ftassist.records.stage import StageRun


def _started(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    if trial["status"] == "vetoed":  # the veto came while a worker was starting: it stands
        return
    payload = event.payload
    if trial["started"] is not None and trial["finished"] is not None:
        trial["seconds_before"] += trial["finished"] - trial["started"]
    trial.update(
        status="running",
        attempt=trial["attempt"] + 1,
        isolation=payload.get("isolation", ""),
        gpu=Gpu.of(gpu) if (gpu := payload.get("gpu")) else NO_GPU,
        node=ClusterNode.of(node) if (node := payload.get("node")) else NO_NODE,
        goal=float(payload.get("rung") or 1.0),
        started=event.time,
        finished=None,
        stage=None,
        stages=EMPTY,
        checks=(),
        failure=NO_FAILURE,
        paused=NO_PAUSE,
        model_removed=False,
        changed=event.seq,
    )


def _stage_started(draft: Draft, event: Event) -> None:
    draft.trial(event)["stage"] = event.payload["stage"]


def _stage_finished(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    done = StageRun.of(event.payload)
    trial["stages"] = {**trial["stages"], done.stage: done}
    trial["stage"] = None


def _check(passed: bool) -> Handler:
    def handle(draft: Draft, event: Event) -> None:
        trial = draft.trial(event)
        found = TrialCheck.of({**event.payload, "passed": passed})
        trial["checks"] = (*trial["checks"], found)

    return handle


def _scored(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    trial["feedback"] = TrialFeedback.of(event.payload.get("feedback", event.payload))
    answered = event.payload.get("answered")
    trial["answered"] = Answering.of(answered) if answered else NOT_ELSEWHERE


def _rung_scored(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    found = PartialRun.scored(float(event.payload["rung"]), event.payload["feedback"])
    below = tuple(run for run in trial["partial"] if run.rung < found.rung)
    trial["partial"] = (*below, found)


def _rested(draft: Draft, event: Event) -> None:
    """A trial that came to its rung; without a score there it failed, as a whole run does."""
    trial = _ended(draft, event)
    if trial is None:
        return
    runs, rung = trial["partial"], float(event.payload["rung"])
    if not runs or runs[-1].rung != rung:
        trial["status"], trial["failure"] = "failed", _UNSCORED
    else:
        trial["status"] = "resting"
        spent = trial["seconds_before"] + trial["finished"] - (trial["started"] or event.time)
        told = trained(event.payload.get("training") or {})
        trial["partial"] = (*runs[:-1], replace(runs[-1], seconds=spent, **told))
    _invalidate(trial)


def _promoted(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    if trial["status"] != "resting":  # a person decided otherwise in this very moment
        return
    trial.update(
        status="accepted",
        promoted=Promotion.of({**event.payload, "actor": event.actor, "time": event.time}),
        changed=event.seq,
    )


_UNSCORED = TrialFailure(
    "CONFIG", "evaluate", "the trial ended without asking the evaluator for a score"
)


def _refused(draft: Draft, event: Event) -> None:
    """Adds a refusal; one that nobody signed is that of the only trial that runs, if there is one.

    A trial that is over becomes invalid at once: something of it went on.
    """
    if event.trial is None:
        running = draft.running()
        if len(running) != 1:
            draft.state["notes"] = (*draft.state["notes"], f"refused: {event.payload['what']}")
            return
        event = event._replace(trial=running[0])
    trial = draft.trial(event)
    refusal = Refusal.of({**event.payload, "by": event.actor})
    if refusal in trial["refusals"]:
        return
    trial["refusals"] = (*trial["refusals"], refusal)
    if trial["status"] in ("scored", "resting", "failed"):
        _invalidate(trial)


def _invalidate(trial: dict[str, Any]) -> None:
    """Makes a trial that has ended invalid if something it tried was cheating."""
    first = next((refusal for refusal in trial["refusals"] if refusal.cheats), None)
    if first is None or trial["status"] == "invalid":
        return
    trial["status"] = "invalid"
    traceback = trial["failure"].traceback
    trial["failure"] = TrialFailure("INVALID", first.stage or None, first.what, traceback)


def _ended(draft: Draft, event: Event) -> dict[str, Any] | None:
    """The trial an ending is about; None when a veto ended it first, which stands."""
    trial = draft.trial(event)
    trial["stage"] = None
    trial["finished"] = event.time
    trial["changed"] = event.seq
    return None if trial["status"] == "vetoed" else trial


def _completed(draft: Draft, event: Event) -> None:
    trial = _ended(draft, event)
    if trial is None:
        return
    trial["outcome"] = TrialOutcome.of(event.payload)
    if trial["feedback"]:
        trial["status"] = "scored"
    else:
        trial["status"], trial["failure"] = "failed", _UNSCORED
    _invalidate(trial)


def _failed(draft: Draft, event: Event) -> None:
    trial = _ended(draft, event)
    if trial is None:
        return
    failure = TrialFailure.of(event.payload)
    if trial["stopping"] and failure.class_ == "KILLED":
        _end_as_wished(trial, event)  # its end came another way than the runner meant it to
        return
    trial["failure"] = failure
    trial["status"] = "invalid" if failure.class_ == "INVALID" else "failed"
    _invalidate(trial)


def _stopped(draft: Draft, event: Event) -> None:
    trial = _ended(draft, event)
    if trial is not None:
        _end_as_wished(trial, event)


def _end_as_wished(trial: dict[str, Any], event: Event) -> None:
    """A trial that a person stopped, with who did and why as far as that is known."""
    wish = trial["stopping"]
    trial["status"] = "stopped"
    trial["failure"] = TrialFailure(
        "STOPPED",
        event.payload.get("stage"),
        wish.reason or event.payload.get("reason", ""),
        actor=wish.actor,
    )
    trial["stopping"] = NO_STOP  # the base may be scored again later: the wish is fulfilled


def _waits(draft: Draft, event: Event) -> dict[str, Any] | None:
    """A trial whose attempt is over and which is to be run again; None for one that is not."""
    trial = _ended(draft, event)
    if trial is not None:
        trial["status"] = "accepted"
    return trial


def _paused_trial(draft: Draft, event: Event) -> None:
    trial = _waits(draft, event)
    if trial is not None:
        trial["paused"] = Pause.of({"reason": "", **event.payload})


def _lost(draft: Draft, event: Event) -> None:
    trial = _waits(draft, event)
    if trial is not None:
        trial["losses"] = (*trial["losses"], Loss.of(event.payload))
        trial["failure"] = NO_FAILURE  # of an attempt that failed for want of what was gone


def _retried(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    retry = Retry.of(event.payload)
    trial.update(
        status="accepted",
        cells={**trial["cells"], retry.stage: retry.source},
        failure=NO_FAILURE,
        retries=(*trial["retries"], retry),
        changed=event.seq,
    )


def _pin(pinned: bool) -> Handler:
    def handle(draft: Draft, event: Event) -> None:
        draft.trial(event)["pinned"] = pinned

    return handle


def _tagged(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    by = Tagged(event.actor, event.time)
    trial["tags"] = {**trial["tags"], event.payload["tag"]: by}


def _untagged(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    trial["tags"] = {tag: by for tag, by in trial["tags"].items() if tag != event.payload["tag"]}


def _note_removed(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    gone = event.payload["note"]
    trial["notes"] = tuple(note for note in trial["notes"] if note.seq != gone)


def _models_removed(draft: Draft, event: Event) -> None:
    for name in event.payload["trials"]:
        if name in draft.touched or name in draft.state["trials"]:
            draft.trial(event._replace(trial=name))["model_removed"] = True


def _replicate_asked(draft: Draft, event: Event) -> None:
    draft.trial(event)["replicates_wanted"] += int(event.payload["seeds"])


def _replicate_made(draft: Draft, event: Event) -> None:
    origin_id = event.payload["of"]
    known = draft.touched.get(origin_id)
    origin = Trial(**known) if known else draft.state["trials"][origin_id]
    if event.payload.get("asked") and origin.replicates_wanted:
        wanted = draft.trial(event._replace(trial=origin_id))
        wanted["replicates_wanted"] = origin.replicates_wanted - 1
    draft.trial(event).update(
        parent=origin.parent,
        role="replicate",
        replicate_of=origin.id,
        seed=event.payload["seed"],
        status="accepted",
        proposal=origin.proposal,
        cells=origin.cells,
        edited=origin.edited,
        created=event.time,
        changed=event.seq,
        decision=Decision(
            "accept", event.actor, event.time, event.payload.get("reason", "replicate")
        ),
    )


def _export_asked(draft: Draft, event: Event) -> None:
    draft.trial(event)["export"] = TrialExport("asked", event.actor, event.time)


def _exported(status: str) -> Handler:
    def handle(draft: Draft, event: Event) -> None:
        trial = draft.trial(event)
        known = trial["export"].to_dict()
        trial["export"] = TrialExport.of({**known, **event.payload, "status": status})

    return handle


HANDLERS: dict[str, Handler] = {
    Kind.TRIAL_STARTED: _started,
    Kind.STAGE_STARTED: _stage_started,
    Kind.STAGE_FINISHED: _stage_finished,
    Kind.PREFLIGHT_PASSED: _check(True),
    Kind.PREFLIGHT_FAILED: _check(False),
    Kind.EVALUATION_REFUSED: _refused,
    Kind.ATTEMPT_SEEN: _refused,
    Kind.TRIAL_SCORED: _scored,
    Kind.RUNG_SCORED: _rung_scored,
    Kind.TRIAL_RESTED: _rested,
    Kind.TRIAL_PROMOTED: _promoted,
    Kind.TRIAL_COMPLETED: _completed,
    Kind.TRIAL_FAILED: _failed,
    Kind.TRIAL_STOPPED: _stopped,
    Kind.TRIAL_PAUSED: _paused_trial,
    Kind.ATTEMPT_LOST: _lost,
    Kind.TRIAL_RETRIED: _retried,
    Kind.TRIAL_PINNED: _pin(True),
    Kind.TRIAL_UNPINNED: _pin(False),
    Kind.TRIAL_TAGGED: _tagged,
    Kind.TRIAL_UNTAGGED: _untagged,
    Kind.NOTE_REMOVED: _note_removed,
    Kind.MODELS_REMOVED: _models_removed,
    Kind.REPLICATE_MADE: _replicate_made,
    Kind.REPLICATE_ASKED: _replicate_asked,
    Kind.EXPORT_ASKED: _export_asked,
    Kind.EXPORT_MADE: _exported("made"),
    Kind.EXPORT_FAILED: _exported("failed"),
}
