"""What events about the campaign as a whole make of the state: its phase, review and budget."""

from __future__ import annotations

from dataclasses import replace

from ftassist.journal.events import Event, Kind
from ftassist.journal.handlers.draft import Draft, Handler
from ftassist.journal.handlers.proposals import NO_FAILURES
from ftassist.journal.state import BASE, Trial
from ftassist.records.baseline import ScoredBaseline
from ftassist.records.budget import Budget
from ftassist.records.calls import MadeCall, ModelCalls
from ftassist.records.device import Shared
from ftassist.records.executor import ChosenExecutor
from ftassist.records.final import NO_CLAIM
from ftassist.records.interruption import Consent
from ftassist.records.kinds import Phase
from ftassist.records.place import Place
from ftassist.records.remark import TrialNote
from ftassist.records.settings import CampaignSettings
from ftassist.records.speed import MeasuredSpeed
from ftassist.records.stopping import SearchStop


def _created(draft: Draft, event: Event) -> None:
    payload = dict(event.payload)
    draft.state["review"] = payload.pop("review", "always")
    draft.state["budget"] = Budget.of(payload.pop("budget", {}))
    draft.state["card"] = payload.pop("card", {})
    places = payload.pop("places", {})
    draft.state["places"] = {what: Place.of(place) for what, place in places.items() if place}
    draft.state["settings"] = CampaignSettings.of(payload)
    draft.state["created"] = event.time
    base = Trial(id=BASE, role="base", status="accepted", created=event.time, updated=event.seq)
    draft.state["trials"] = {BASE: base}


def _phase(phase: Phase) -> Handler:
    def handle(draft: Draft, event: Event) -> None:
        draft.state["phase"] = phase
        draft.state["reason"] = event.payload.get("reason", "")
        draft.state["waits_for"] = event.payload.get("waits_for", "")

    return handle


def _resumed(draft: Draft, event: Event) -> None:
    _phase("running")(draft, event)
    draft.state["stopped"] = replace(draft.state["stopped"], overruled=True)
    # Whatever kept the agent from proposing, a person wants it tried again.
    draft.asked(**NO_FAILURES)


def _consented(draft: Draft, event: Event) -> None:
    """Takes note of a person's consent; nobody else's counts."""
    if event.actor.startswith("person:"):
        reason = event.payload.get("reason", "")
        draft.state["consent"] = Consent(event.actor, event.time, reason)
        if draft.state["phase"] == "paused" and draft.state["waits_for"] == "consent":
            draft.state.update(phase="running", reason="", waits_for="")


def _runner_started(draft: Draft, event: Event) -> None:
    told = event.payload
    draft.state["runner"] = int(told.get("pid", 0))
    draft.state["shared"] = Shared(int(told.get("devices", 1)), str(told.get("executor", "")))
    if draft.state["phase"] in ("new", "stopped"):
        draft.state["phase"] = "running"
        draft.state["reason"] = ""


def _runner_stopped(draft: Draft, event: Event) -> None:
    draft.state["runner"] = 0


def _review_changed(draft: Draft, event: Event) -> None:
    draft.state["review"] = event.payload["review"]


def _budget_changed(draft: Draft, event: Event) -> None:
    draft.state.update(budget=Budget.of(event.payload["budget"]), finalist=None, claim=NO_CLAIM)
    draft.state["stopped"] = replace(draft.state["stopped"], overruled=True)
    if draft.state["phase"] == "finished":
        draft.state["phase"] = "running"


def _search_stopped(draft: Draft, event: Event) -> None:
    draft.state["stopped"] = SearchStop.of(event.payload)


def _executor_changed(draft: Draft, event: Event) -> None:
    draft.state["executor"] = ChosenExecutor.of(event.payload)


def _profiled(draft: Draft, event: Event) -> None:
    draft.state["profiles"] = event.payload["sets"]


def _baselines_scored(draft: Draft, event: Event) -> None:
    draft.state["baselines"] = tuple(map(ScoredBaseline.of, event.payload["baselines"]))


def _speed_measured(draft: Draft, event: Event) -> None:
    draft.state["speed"] = MeasuredSpeed.of(event.payload)


def _called(draft: Draft, event: Event) -> None:
    known, made = draft.state["calls"], MadeCall.of(event.payload)
    spent = {n: getattr(known, n) + made.tokens.get(n, 0) for n in ("input", "cached", "output")}
    draft.state["calls"] = ModelCalls(known.count + 1, **spent, cost=known.cost + made.cost)
    if made.prompt:
        known = draft.state["asked_before"]
        draft.state["asked_before"] = {**known, made.prompt: known.get(made.prompt, 0) + 1}


def _note(draft: Draft, event: Event) -> None:
    """Keeps a note: of its trial where it names one, else of the campaign."""
    if event.trial is None:
        draft.state["notes"] = (*draft.state["notes"], event.payload["text"])
        return
    trial = draft.trial(event)
    text, kind = event.payload["text"], event.payload.get("kind", "")
    trial["notes"] = (*trial["notes"], TrialNote(event.seq, text, kind, event.actor, event.time))


HANDLERS: dict[str, Handler] = {
    Kind.CAMPAIGN_CREATED: _created,
    Kind.CAMPAIGN_PAUSED: _phase("paused"),
    Kind.CAMPAIGN_RESUMED: _resumed,
    Kind.CAMPAIGN_STOPPED: _phase("stopped"),
    Kind.CAMPAIGN_FINISHED: _phase("finished"),
    Kind.UNISOLATED_ALLOWED: _consented,
    Kind.REVIEW_CHANGED: _review_changed,
    Kind.BUDGET_CHANGED: _budget_changed,
    Kind.SEARCH_STOPPED: _search_stopped,
    Kind.EXECUTOR_CHANGED: _executor_changed,
    Kind.RUNNER_STARTED: _runner_started,
    Kind.RUNNER_STOPPED: _runner_stopped,
    Kind.TASK_PROFILED: _profiled,
    Kind.BASELINES_SCORED: _baselines_scored,
    Kind.SPEED_MEASURED: _speed_measured,
    Kind.CALL_MADE: _called,
    Kind.NOTE: _note,
}
