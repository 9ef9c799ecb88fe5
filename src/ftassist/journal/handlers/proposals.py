"""What proposals, and what people decide on them, make of the state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ftassist.journal.events import Event, Kind
from ftassist.journal.handlers.draft import EMPTY, Draft, Handler
from ftassist.journal.state import Status
from ftassist.records.asked import OF_CALLS, Asked
from ftassist.records.decision import Decision, DecisionKind, GivenVeto
from ftassist.records.interruption import NO_STOP, StopWish
from ftassist.records.proposal import TrialProposal
from ftassist.records.setback import FailedProposal, Setback
from ftassist.records.understanding import Understanding

_WISH = ("parent", "beside", "count", "words")
SETBACKS = 24
"""How many of the newest setbacks are kept."""
_NOTHING_ASKED = {"seq": 0, "parent": None, "beside": None, "count": 1, "words": "", "by": ""}
NO_FAILURES: dict[str, Any] = {
    "failed": "",
    "failure": "",
    "failures": 0,
    "failing_since": 0.0,
    "failed_at": 0.0,
}


def _proposal_made(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    proposal = TrialProposal.of(event.payload)
    trial.update(
        parent=proposal.parent,
        seed=proposal.seed or 0,
        proposal=proposal,
        cells=proposal.cells,
        created=event.time,
        changed=event.seq,
        wish=0 if proposal.retries else draft.state["asked"].seq,
    )
    if not proposal.retries:  # an edit of a person's, which answers no wish
        asked = draft.state["asked"]
        made = event.trial if asked.seq else asked.made
        draft.state["asked"] = Asked(made=made, cancelled=asked.cancelled)
    if first := proposal.beside:
        known = draft.state["alternatives"]
        others = (*known.get(first, ()), event.trial)
        draft.state["alternatives"] = {**known, first: others}


def _proposal_failed(draft: Draft, event: Event) -> None:
    lost = FailedProposal.of(event.payload)
    in_a_row = _in_a_row(draft, event) if lost.kind in OF_CALLS else {}
    told = {"failed": lost.message, "failure": lost.kind}
    draft.asked(**_NOTHING_ASKED, **{**NO_FAILURES, **in_a_row, **told})
    _setback(draft, event, "propose", lost.parent)


def _in_a_row(draft: Draft, event: Event) -> dict[str, Any]:
    """Failed calls in a row, with when they began."""
    asked = draft.state["asked"]
    since = asked.failing_since if asked.failures else event.time
    return {"failures": asked.failures + 1, "failing_since": since, "failed_at": event.time}


def _answer_refused(draft: Draft, event: Event) -> None:
    _setback(draft, event, str(event.payload["purpose"]), str(event.payload.get("where", "")))


def _setback(draft: Draft, event: Event, purpose: str, where: str) -> None:
    """Keeps what came to nothing, for the agent's next question."""
    kind, message = event.payload.get("kind", "refused"), event.payload["message"]
    told = Setback(purpose, str(kind), str(message), where)
    draft.state["setbacks"] = (*draft.state["setbacks"], told)[-SETBACKS:]
    draft.state["setbacks_made"] += 1


def _proposal_asked(draft: Draft, event: Event) -> None:
    wish = {name: event.payload[name] for name in _WISH if name in event.payload}
    by = {"by": event.actor} if "words" in wish else {}
    draft.asked(**{**_NOTHING_ASKED, **wish, **by, "seq": event.seq}, made=None)


def _proposal_cancelled(draft: Draft, event: Event) -> None:
    draft.asked(cancelled=event.seq)


def _edited(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    payload = event.payload
    cells = payload["cells"] if "cells" in payload else {payload["stage"]: payload["source"]}
    trial["cells"] = {**trial["cells"], **cells}
    trial["edited"] = {**trial["edited"], **dict.fromkeys(cells, event.actor)}
    trial["changed"] = event.seq
    predicted = payload.get("prediction") or EMPTY
    _note_decision(trial, event, "edit", stages=tuple(cells), prediction=predicted)


def _note_decision(
    trial: dict[str, Any], event: Event, kind: DecisionKind, **more: Any
) -> Decision:
    """Adds a decision to a trial's list, and returns it."""
    made = Decision(kind, event.actor, event.time, event.payload.get("reason") or "", **more)
    trial["decisions"] = (*trial["decisions"], made)
    return made


def _decided(kind: DecisionKind, status: Status) -> Handler:
    def handle(draft: Draft, event: Event) -> None:
        trial = draft.trial(event)
        told = event.payload.get("understood") if kind == "veto" else None
        read = Understanding.of(told) if told else None
        made = _note_decision(trial, event, kind, understood=read)
        trial["decision"] = made
        trial["status"] = status
        trial["changed"] = event.seq
        if kind == "accept":
            _set_aside(draft, event, trial["proposal"].beside or str(event.trial))
        if kind == "veto":
            trial["finished"] = event.time
            change = trial["proposal"].change
            veto = GivenVeto(str(event.trial), made.reason, made.actor, change, read)
            draft.state["vetoes"] = (*draft.state["vetoes"], veto)

    return handle


def _understood(draft: Draft, event: Event) -> None:
    """Another reading of a veto's reason; a person's own stands against every later one."""
    trial, read = draft.trial(event), Understanding.of(event.payload["understood"])
    person, known = event.actor.startswith("person:"), trial["decision"].understood
    settled = known is not None and known.by.startswith("person:")
    if trial["status"] != "vetoed" or (settled and not person):
        return
    if person:
        _note_decision(trial, event, "correct", understood=read)
    trial["decision"] = replace(trial["decision"], understood=read)
    trial["changed"] = event.seq
    draft.state["vetoes"] = tuple(
        replace(veto, understood=read) if veto.trial == event.trial else veto
        for veto in draft.state["vetoes"]
    )


def _set_aside(draft: Draft, event: Event, first: str) -> None:
    """Closes the other proposals of a group of alternatives; no veto, so it steers nothing."""
    for name in (first, *draft.state["alternatives"].get(first, ())):
        if name == event.trial:
            continue
        about = event._replace(trial=name, payload={"reason": f"{event.trial} was chosen"})
        trial = draft.trial(about)
        if trial["status"] != "proposed":
            continue
        trial["decision"] = _note_decision(trial, about, "set aside")
        trial.update(status="set_aside", finished=event.time, changed=event.seq)


def _unvetoed(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    trial["decision"] = _note_decision(trial, event, "undo veto")
    trial.update(status="proposed", finished=None, stopping=NO_STOP, changed=event.seq)
    kept = tuple(veto for veto in draft.state["vetoes"] if veto.trial != event.trial)
    draft.state["vetoes"] = kept


def _stop_asked(draft: Draft, event: Event) -> None:
    trial = draft.trial(event)
    wish = StopWish(event.actor, event.time, event.payload.get("reason", ""))
    trial.update(stopping=wish, changed=event.seq)
    _note_decision(trial, event, "stop")


HANDLERS: dict[str, Handler] = {
    Kind.PROPOSAL_MADE: _proposal_made,
    Kind.PROPOSAL_FAILED: _proposal_failed,
    Kind.ANSWER_REFUSED: _answer_refused,
    Kind.PROPOSAL_ASKED: _proposal_asked,
    Kind.PROPOSAL_CANCELLED: _proposal_cancelled,
    Kind.DECISION_EDITED: _edited,
    Kind.DECISION_ACCEPTED: _decided("accept", "accepted"),
    Kind.DECISION_VETOED: _decided("veto", "vetoed"),
    Kind.DECISION_UNVETOED: _unvetoed,
    Kind.DECISION_UNDERSTOOD: _understood,
    Kind.TRIAL_STOP_ASKED: _stop_asked,
}
