"""The fold from events to state: pure and incremental.

`fold(state, events)` gives the state after the events and leaves its argument as it was, so any
process that has read the same events shows the same state. It reads no files and no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ftassist.journal.events import Event, Kind
from ftassist.journal.state import BASE, Phase, State, Status, Trial

_EMPTY: Mapping[str, Any] = {}


def fold(state: State, events: Iterable[Event]) -> State:
    """The state after `events`, which must follow `state.seq` without a gap.

    An event of an unknown kind, or one about a trial nobody proposed, changes nothing but the
    sequence number: a newer version's journal still opens.
    """
    draft = _Draft({name: getattr(state, name) for name in _STATE_FIELDS})
    seq = state.seq
    for event in events:
        seq = event.seq
        handler = _HANDLERS.get(event.kind)
        if handler is None:
            continue
        known = event.trial in draft.touched or event.trial in draft.state["trials"]
        if event.trial is not None and not known and event.kind not in _CREATES:
            continue
        handler(draft, event)
    if seq == state.seq:
        return state
    if draft.touched:
        built = {name: Trial(**values) for name, values in draft.touched.items()}
        draft.state["trials"] = {**draft.state["trials"], **built}
    draft.state["seq"] = seq
    return State(**draft.state)


@dataclass
class _Draft:
    """A state being folded: fields and touched trials as plain dicts."""

    state: dict[str, Any]
    touched: dict[str, dict[str, Any]] = field(default_factory=dict)

    def trial(self, event: Event) -> dict[str, Any]:
        """The trial an event is about, ready to be written to."""
        assert event.trial is not None
        draft = self.touched.get(event.trial)
        if draft is None:
            known = self.state["trials"].get(event.trial) or Trial(id=event.trial)
            draft = {name: getattr(known, name) for name in _TRIAL_FIELDS}
            self.touched[event.trial] = draft
        draft["updated"] = event.seq
        return draft

    def running(self) -> list[str]:
        """The ids of the trials that run now."""
        known = {name: trial.status for name, trial in self.state["trials"].items()}
        known |= {name: values["status"] for name, values in self.touched.items()}
        return [name for name, status in known.items() if status == "running"]


_STATE_FIELDS = tuple(f.name for f in fields(State))
_TRIAL_FIELDS = tuple(f.name for f in fields(Trial))


def _created(draft: _Draft, event: Event) -> None:
    payload = dict(event.payload)
    draft.state["review"] = payload.pop("review", "always")
    draft.state["budget"] = payload.pop("budget", {})
    draft.state["settings"] = payload
    draft.state["created"] = event.time
    base = Trial(id=BASE, role="base", status="accepted", created=event.time, updated=event.seq)
    draft.state["trials"] = {BASE: base}


def _phase(phase: Phase) -> Callable[[_Draft, Event], None]:
    def handle(draft: _Draft, event: Event) -> None:
        draft.state["phase"] = phase
        draft.state["reason"] = event.payload.get("reason", "")

    return handle


def _resumed(draft: _Draft, event: Event) -> None:
    _phase("running")(draft, event)
    # Whatever kept the agent from proposing, a person wants it tried again.
    draft.state.update(asked_failed="", asked_failure="")


def _runner_started(draft: _Draft, event: Event) -> None:
    draft.state["runner"] = event.payload
    if draft.state["phase"] in ("new", "stopped"):
        draft.state["phase"] = "running"
        draft.state["reason"] = ""


def _runner_stopped(draft: _Draft, event: Event) -> None:
    draft.state["runner"] = _EMPTY


def _review_changed(draft: _Draft, event: Event) -> None:
    draft.state["review"] = event.payload["review"]


def _budget_changed(draft: _Draft, event: Event) -> None:
    draft.state.update(budget=event.payload["budget"], finalist=None, claim=_EMPTY)
    if draft.state["phase"] == "finished":
        draft.state["phase"] = "running"


def _profiled(draft: _Draft, event: Event) -> None:
    draft.state["profiles"] = event.payload["sets"]


def _proposal_made(draft: _Draft, event: Event) -> None:
    trial = draft.trial(event)
    document = event.payload
    trial.update(
        parent=document["parent"],
        seed=document.get("seed", 0),
        proposal=document,
        cells=document["cells"],
        created=event.time,
        changed=event.seq,
    )
    draft.state.update(_NOTHING_ASKED, asked_failed="", asked_failure="")
    if first := document.get("beside"):
        known = draft.state["alternatives"]
        others = (*known.get(first, ()), event.trial)
        draft.state["alternatives"] = {**known, first: others}


def _proposal_failed(draft: _Draft, event: Event) -> None:
    draft.state.update(
        _NOTHING_ASKED,
        asked_failed=event.payload["message"],
        asked_failure=event.payload.get("kind", "ideas"),
    )


def _proposal_asked(draft: _Draft, event: Event) -> None:
    draft.state.update(
        asked=event.seq,
        asked_parent=event.payload.get("parent"),
        asked_beside=event.payload.get("beside"),
        asked_count=event.payload.get("count", 1),
    )


def _proposal_cancelled(draft: _Draft, event: Event) -> None:
    draft.state["cancelled"] = event.seq


def _edited(draft: _Draft, event: Event) -> None:
    trial = draft.trial(event)
    payload = event.payload
    cells = payload["cells"] if "cells" in payload else {payload["stage"]: payload["source"]}
    trial["cells"] = {**trial["cells"], **cells}
    trial["edited"] = {**trial["edited"], **dict.fromkeys(cells, event.actor)}
    trial["changed"] = event.seq
    _note_decision(trial, event, "edit", stages=list(cells))


def _note_decision(trial: dict[str, Any], event: Event, kind: str, **more: Any) -> dict[str, Any]:
    """Adds a decision to a trial's list, and returns it."""
    reason = event.payload.get("reason", "")
    made = {"kind": kind, "actor": event.actor, "time": event.time, "reason": reason, **more}
    trial["decisions"] = (*trial["decisions"], made)
    return made


def _decided(kind: str, status: Status) -> Callable[[_Draft, Event], None]:
    def handle(draft: _Draft, event: Event) -> None:
        trial = draft.trial(event)
        trial["decision"] = _note_decision(trial, event, kind)
        trial["status"] = status
        trial["changed"] = event.seq
        if kind == "accept":
            _set_aside(draft, event, str(trial["proposal"].get("beside") or event.trial))
        if kind == "veto":
            trial["finished"] = event.time
            veto = {
                "trial": event.trial,
                "reason": event.payload.get("reason", ""),
                "actor": event.actor,
                "change": trial["proposal"].get("change", {}),
            }
            draft.state["vetoes"] = (*draft.state["vetoes"], veto)

    return handle


def _set_aside(draft: _Draft, event: Event, first: str) -> None:
    """Closes the other proposals of a group of alternatives; no veto, so it steers nothing."""
    for name in (first, *draft.state["alternatives"].get(first, ())):
        if name == event.trial:
            continue
        about = event._replace(trial=name, payload={"reason": f"{event.trial} was chosen"})
        trial = draft.trial(about)
        if trial["status"] != "proposed":
            continue
        trial["decision"] = _note_decision(trial, about, "set aside")
        trial.update(status="vetoed", finished=event.time, changed=event.seq)


def _unvetoed(draft: _Draft, event: Event) -> None:
    trial = draft.trial(event)
    trial["decision"] = _note_decision(trial, event, "undo veto")
    trial.update(status="proposed", finished=None, stopping=_EMPTY, changed=event.seq)
    kept = tuple(veto for veto in draft.state["vetoes"] if veto["trial"] != event.trial)
    draft.state["vetoes"] = kept


def _stop_asked(draft: _Draft, event: Event) -> None:
    trial = draft.trial(event)
    wish = {"actor": event.actor, "time": event.time, "reason": event.payload.get("reason", "")}
    trial.update(stopping=wish, changed=event.seq)
    _note_decision(trial, event, "stop")


def _started(draft: _Draft, event: Event) -> None:
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
        gpu=payload.get("gpu") or _EMPTY,
        started=event.time,
        finished=None,
        stage=None,
        stages=_EMPTY,
        checks=(),
        failure=_EMPTY,
        paused=_EMPTY,
        model_removed=False,
        changed=event.seq,
    )


def _stage_started(draft: _Draft, event: Event) -> None:
    draft.trial(event)["stage"] = event.payload["stage"]


def _stage_finished(draft: _Draft, event: Event) -> None:
    trial = draft.trial(event)
    trial["stages"] = {**trial["stages"], event.payload["stage"]: event.payload}
    trial["stage"] = None


def _check(passed: bool) -> Callable[[_Draft, Event], None]:
    def handle(draft: _Draft, event: Event) -> None:
        trial = draft.trial(event)
        trial["checks"] = (*trial["checks"], {**event.payload, "passed": passed})

    return handle


def _scored(draft: _Draft, event: Event) -> None:
    trial = draft.trial(event)
    trial["feedback"] = event.payload.get("feedback", event.payload)


def _refused(draft: _Draft, event: Event) -> None:
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
    refusal = {**event.payload, "by": event.actor}
    if refusal in trial["refusals"]:
        return
    trial["refusals"] = (*trial["refusals"], refusal)
    if trial["status"] in ("scored", "failed"):
        _invalidate(trial)


def _invalidate(trial: dict[str, Any]) -> None:
    """Makes a trial that has ended invalid if something it tried was cheating."""
    cheats = [refusal for refusal in trial["refusals"] if refusal["class"] == "INVALID"]
    if not cheats or trial["status"] == "invalid":
        return
    first = cheats[0]
    trial["status"] = "invalid"
    trial["failure"] = {
        "class": "INVALID",
        "stage": first.get("stage") or None,
        "message": first["what"],
        "traceback": trial["failure"].get("traceback", ""),
    }


def _ended(draft: _Draft, event: Event) -> dict[str, Any] | None:
    """The trial an ending is about; None when a veto ended it first, which stands."""
    trial = draft.trial(event)
    trial["stage"] = None
    trial["finished"] = event.time
    trial["changed"] = event.seq
    return None if trial["status"] == "vetoed" else trial


def _completed(draft: _Draft, event: Event) -> None:
    trial = _ended(draft, event)
    if trial is None:
        return
    trial["outcome"] = event.payload
    if trial["feedback"]:
        trial["status"] = "scored"
    else:
        trial["status"] = "failed"
        trial["failure"] = {
            "class": "CONFIG",
            "stage": "evaluate",
            "message": "the trial ended without asking the evaluator for a score",
            "traceback": "",
        }
    _invalidate(trial)


def _failed(draft: _Draft, event: Event) -> None:
    trial = _ended(draft, event)
    if trial is None:
        return
    trial["failure"] = event.payload
    trial["status"] = "invalid" if event.payload.get("class") == "INVALID" else "failed"
    _invalidate(trial)


def _stopped(draft: _Draft, event: Event) -> None:
    trial = _ended(draft, event)
    if trial is None:
        return
    trial["status"] = "stopped"
    asked = trial["stopping"].get("reason")
    trial["failure"] = {
        "class": "KILLED",
        "stage": event.payload.get("stage"),
        "message": asked or event.payload.get("reason", "stopped"),
        "traceback": "",
    }
    trial["stopping"] = _EMPTY  # the base may be scored again later: the wish is fulfilled


def _waits(draft: _Draft, event: Event) -> dict[str, Any] | None:
    """A trial whose attempt is over and which is to be run again; None for one that is not."""
    trial = _ended(draft, event)
    if trial is not None:
        trial["status"] = "accepted"
    return trial


def _paused_trial(draft: _Draft, event: Event) -> None:
    trial = _waits(draft, event)
    if trial is not None:
        trial["paused"] = event.payload


def _lost(draft: _Draft, event: Event) -> None:
    trial = _waits(draft, event)
    if trial is not None:
        trial["losses"] = (*trial["losses"], event.payload)


def _retried(draft: _Draft, event: Event) -> None:
    trial = draft.trial(event)
    payload = event.payload
    trial.update(
        status="accepted",
        cells={**trial["cells"], payload["stage"]: payload["source"]},
        failure=_EMPTY,
        retries=(*trial["retries"], payload),
        changed=event.seq,
    )


def _pin(pinned: bool) -> Callable[[_Draft, Event], None]:
    def handle(draft: _Draft, event: Event) -> None:
        draft.trial(event)["pinned"] = pinned

    return handle


def _models_removed(draft: _Draft, event: Event) -> None:
    for name in event.payload["trials"]:
        if name in draft.touched or name in draft.state["trials"]:
            draft.trial(event._replace(trial=name))["model_removed"] = True


def _judged(draft: _Draft, event: Event) -> None:
    draft.state["asked_failed"] = ""
    trial = draft.trial(event)
    trial["verdict"] = event.payload.get("parent") or _EMPTY
    trial["against_best"] = event.payload.get("best") or _EMPTY
    trial["prediction"] = event.payload.get("prediction") or _EMPTY


def _analysed(draft: _Draft, event: Event) -> None:
    draft.trial(event)["analysis"] = event.payload


def _surveyed(draft: _Draft, event: Event) -> None:
    draft.state["survey"] = event.payload


def _insight_added(draft: _Draft, event: Event) -> None:
    insight = event.payload["insight"]
    if _a_person_ruled(draft, event, insight["id"], insight["text"]):
        return
    draft.state["insights"] = {**draft.state["insights"], insight["id"]: insight}
    draft.state["insights_made"] += 1


def _a_person_ruled(draft: _Draft, event: Event, name: str, text: str) -> bool:
    """Whether a person decided on this insight before; notes it when one does so now."""
    ruled = draft.state["ruled"]
    if not event.actor.startswith("person:"):
        return name in ruled
    old = str(draft.state["insights"].get(name, {}).get("text", ""))
    draft.state["ruled"] = {**ruled, name: old if old != text else ruled.get(name, "")}
    return False


def _insight_retracted(draft: _Draft, event: Event) -> None:
    gone = event.payload["id"]
    if _a_person_ruled(draft, event, gone, ""):
        return
    kept = {key: value for key, value in draft.state["insights"].items() if key != gone}
    draft.state["insights"] = kept


def _finalist(draft: _Draft, event: Event) -> None:
    draft.state["finalist"] = event.trial


def _replicate_asked(draft: _Draft, event: Event) -> None:
    draft.trial(event)["replicates_wanted"] += int(event.payload["seeds"])


def _export_asked(draft: _Draft, event: Event) -> None:
    wish = {"status": "asked", "actor": event.actor, "time": event.time}
    draft.trial(event)["export"] = wish


def _exported(status: str) -> Callable[[_Draft, Event], None]:
    def handle(draft: _Draft, event: Event) -> None:
        trial = draft.trial(event)
        trial["export"] = {**trial["export"], **event.payload, "status": status}

    return handle


def _replicate_made(draft: _Draft, event: Event) -> None:
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
        decision={
            "kind": "accept",
            "actor": event.actor,
            "time": event.time,
            "reason": "replicate",
        },
    )


def _claimed(draft: _Draft, event: Event) -> None:
    draft.state["claim"] = {"trial": event.trial, **event.payload}


def _test_opened(draft: _Draft, event: Event) -> None:
    opening = {"trial": event.trial, "seq": event.seq, "time": event.time, **event.payload}
    draft.state["openings"] = (*draft.state["openings"], opening)


def _test_scored(draft: _Draft, event: Event) -> None:
    draft.state["tests"] = {**draft.state["tests"], event.trial: event.payload}


def _called(draft: _Draft, event: Event) -> None:
    tokens = event.payload.get("tokens", {})
    calls = dict(draft.state["calls"])
    calls["count"] = calls.get("count", 0) + 1
    calls["cost"] = calls.get("cost", 0.0) + event.payload.get("cost", 0.0)
    for name in ("input", "cached", "output"):
        calls[name] = calls.get(name, 0) + tokens.get(name, 0)
    draft.state["calls"] = calls


def _note(draft: _Draft, event: Event) -> None:
    draft.state["notes"] = (*draft.state["notes"], event.payload["text"])


_NOTHING_ASKED = {"asked": 0, "asked_parent": None, "asked_beside": None, "asked_count": 1}
_CREATES = frozenset({Kind.PROPOSAL_MADE, Kind.REPLICATE_MADE})

_HANDLERS: dict[str, Callable[[_Draft, Event], None]] = {
    Kind.CAMPAIGN_CREATED: _created,
    Kind.CAMPAIGN_PAUSED: _phase("paused"),
    Kind.CAMPAIGN_RESUMED: _resumed,
    Kind.CAMPAIGN_STOPPED: _phase("stopped"),
    Kind.CAMPAIGN_FINISHED: _phase("finished"),
    Kind.REVIEW_CHANGED: _review_changed,
    Kind.BUDGET_CHANGED: _budget_changed,
    Kind.RUNNER_STARTED: _runner_started,
    Kind.RUNNER_STOPPED: _runner_stopped,
    Kind.TASK_PROFILED: _profiled,
    Kind.PROPOSAL_MADE: _proposal_made,
    Kind.PROPOSAL_FAILED: _proposal_failed,
    Kind.PROPOSAL_ASKED: _proposal_asked,
    Kind.PROPOSAL_CANCELLED: _proposal_cancelled,
    Kind.SURVEY_MADE: _surveyed,
    Kind.DECISION_EDITED: _edited,
    Kind.DECISION_ACCEPTED: _decided("accept", "accepted"),
    Kind.DECISION_VETOED: _decided("veto", "vetoed"),
    Kind.DECISION_UNVETOED: _unvetoed,
    Kind.TRIAL_STARTED: _started,
    Kind.STAGE_STARTED: _stage_started,
    Kind.STAGE_FINISHED: _stage_finished,
    Kind.PREFLIGHT_PASSED: _check(True),
    Kind.PREFLIGHT_FAILED: _check(False),
    Kind.EVALUATION_REFUSED: _refused,
    Kind.ATTEMPT_SEEN: _refused,
    Kind.TRIAL_SCORED: _scored,
    Kind.TRIAL_COMPLETED: _completed,
    Kind.TRIAL_FAILED: _failed,
    Kind.TRIAL_STOPPED: _stopped,
    Kind.TRIAL_STOP_ASKED: _stop_asked,
    Kind.TRIAL_PAUSED: _paused_trial,
    Kind.ATTEMPT_LOST: _lost,
    Kind.TRIAL_RETRIED: _retried,
    Kind.TRIAL_PINNED: _pin(True),
    Kind.TRIAL_UNPINNED: _pin(False),
    Kind.MODELS_REMOVED: _models_removed,
    Kind.TRIAL_JUDGED: _judged,
    Kind.TRIAL_ANALYSED: _analysed,
    Kind.INSIGHT_ADDED: _insight_added,
    Kind.INSIGHT_RETRACTED: _insight_retracted,
    Kind.FINALIST_CHOSEN: _finalist,
    Kind.REPLICATE_MADE: _replicate_made,
    Kind.REPLICATE_ASKED: _replicate_asked,
    Kind.EXPORT_ASKED: _export_asked,
    Kind.EXPORT_MADE: _exported("made"),
    Kind.EXPORT_FAILED: _exported("failed"),
    Kind.CLAIM_MADE: _claimed,
    Kind.TEST_OPENED: _test_opened,
    Kind.TEST_SCORED: _test_scored,
    Kind.CALL_MADE: _called,
    Kind.NOTE: _note,
}
