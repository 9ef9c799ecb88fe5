"""Re-runs the decisions of a campaign's agent from its journal, without any call.

Each proposal, analysis and set of insights is made again from the state as it was then. Where a
model was asked, its recorded replies stand in for it, so that what is checked is everything the
program did with them: prompts, schemas, rules, marks. Nothing is looked up outside. A reply that
is played again says nothing about how good a model is. Which trials the policy had run on is
chosen again, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ftassist.agent.backends import Backend, backend_by_name
from ftassist.agent.backends.anthropic import forms, react
from ftassist.agent.backends.anthropic.backend import AnthropicBackend
from ftassist.agent.backends.anthropic.client import ModelAnswer, Watch
from ftassist.agent.backends.anthropic.settings import MOST_LOOKS
from ftassist.agent.backends.anthropic.stream import CallCancelledError, CallError
from ftassist.agent.backends.anthropic.wire import Body
from ftassist.agent.backends.link import Link
from ftassist.agent.eyes.look import Look, LookTool
from ftassist.agent.told import as_told
from ftassist.agent.variants import MOST
from ftassist.campaign.ablating import ablation
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.dry_running import wanted
from ftassist.campaign.proposing import (
    READING,
    analysed,
    asked_context,
    context_of,
    unknown_ideas,
)
from ftassist.campaign.queries import policy_of, searched_tree
from ftassist.campaign.rounds import RoundCall, calls_of
from ftassist.campaign.rungs import choices as run_on
from ftassist.campaign.stopping import due as stopping
from ftassist.errors import FtassistError
from ftassist.journal.events import Event, Kind
from ftassist.journal.folding import fold
from ftassist.journal.state import BASE, State
from ftassist.records.analysis import TrialAnalysis
from ftassist.records.calls import MadeCall, MadeLook
from ftassist.records.proposal import Proposal, TrialProposal
from ftassist.records.setback import FailedProposal
from ftassist.records.tried import Tried

_INSIGHTS = (Kind.INSIGHT_ADDED, Kind.INSIGHT_RETRACTED)
_NAMES: Mapping[str, str] = {
    Kind.PROPOSAL_MADE: "proposal",
    Kind.PROPOSAL_FAILED: "failed proposal",
    Kind.TRIAL_ANALYSED: "analysis",
}
_BESIDE_THE_POINT = ("cancelled", "budget")
"""Failures that people and money decided, and not the agent."""
NO_REPLY = "the journal holds no reply to this call"
_PURPOSES: Mapping[str, tuple[str, ...]] = {
    forms.SURVEY.name: ("survey",),
    forms.PROPOSE.name: ("propose",),
    forms.CELLS.name: ("implement", "repair", "mend"),
    forms.REACT.name: (react.KEY,),
    forms.ANALYSE.name: ("analyse",),
    forms.DISTIL.name: ("distil",),
}


@dataclass(frozen=True)
class Replayed:
    """One decision, made again.

    Attributes:
        seq: The event that records it; the last one of a set of insights.
        trial: The trial it is about; "" for none.
        decision: "proposal", "failed proposal", "analysis", "insights", "promotion", "stop" or
            "ablation".
        same: Whether it came out the same; None where it could not be made again.
        detail: What differs, or why not.
        calls: Recorded replies that were used.
    """

    seq: int
    trial: str
    decision: str
    same: bool | None
    detail: str
    calls: int

    def to_dict(self) -> dict[str, Any]:
        """The decision as JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass
class _Episode:
    """What the agent did for one decision, or for several that were made together.

    Attributes:
        state: The campaign before its first event.
        events: Its events, oldest first.
    """

    state: State
    events: list[Event] = field(default_factory=list)

    @property
    def about_insights(self) -> bool:
        """Whether it drew insights."""
        return _of_insights(self.events[0])

    def takes(self, event: Event) -> bool:
        """Whether an event belongs to it still."""
        if self.about_insights or _of_insights(event):
            return self.about_insights and _of_insights(event)
        last = self.events[-1]
        if last.kind not in _NAMES:
            return True
        made = sum(e.kind == Kind.PROPOSAL_MADE for e in self.events)
        if event.kind != Kind.PROPOSAL_MADE or last.kind != Kind.PROPOSAL_MADE:
            return False
        now, before = (TrialProposal.of(each.payload) for each in (event, last))
        if now.round:
            return now.round == before.round
        return bool(now.beside) and now.beside == before.beside and made < self.state.asked.count


def replay(campaign: Campaign) -> Iterator[Replayed]:
    """Makes every decision of the agent again, oldest first, then the policy's own."""
    yield from _decisions(campaign)
    yield from _promotions(campaign)
    yield from _stops(campaign)
    yield from _ablations(campaign)


def _ablations(campaign: Campaign) -> Iterator[Replayed]:
    """What the search left out of a trial by itself, chosen and written again."""
    state = State()
    for event in campaign.journal.read():
        if event.kind == Kind.PROPOSAL_MADE and event.actor == "runner":
            yield _ablation(campaign, as_told(state), event)
        state = fold(state, [event])


def _ablation(campaign: Campaign, state: State, event: Event) -> Replayed:
    tree = searched_tree(state, campaign.card.metric)
    parent, key = str(event.payload["parent"]), event.payload["change"]["key"]
    chosen = [c for c in policy_of(state).choose(tree, MOST) if c.action == "ablate"]
    seen = context_of(campaign, state, parent)
    for choice in chosen:
        made = ablation(state, seen, choice)
        if made is not None and made.change.key == key:
            was, now = (TrialProposal.of(p) for p in (event.payload, made.to_dict()))
            same, detail = _compare(was, now, ("parent", "cells", "change"))
            return Replayed(event.seq, str(event.trial), "ablation", same, detail, 0)
    detail = "this time it would not be left out"
    return Replayed(event.seq, str(event.trial), "ablation", False, detail, 0)


def _stops(campaign: Campaign) -> Iterator[Replayed]:
    """Whether the search would be stopped again, by the journal as it was seen then."""
    events = list(campaign.journal.read())
    for event in events:
        if event.kind != Kind.SEARCH_STOPPED:
            continue
        found = stopping(fold(State(), events[: int(event.payload["seen"])]), campaign.card.metric)
        same = found is not None and found.reason == event.payload["reason"]
        detail = "" if same else f"this time: {found.reason if found else 'it goes on'}"
        yield Replayed(event.seq, "", "stop", same, detail, 0)


def _promotions(campaign: Campaign) -> Iterator[Replayed]:
    """Which trials the policy had run on, chosen again from the journal as it was seen then."""
    state, read = State(), 0
    events = list(campaign.journal.read())
    for event in events:
        if event.kind != Kind.TRIAL_PROMOTED or "slots" not in event.payload:
            continue  # a person's own
        seen = int(event.payload["seen"])
        state, read = as_told(fold(state, events[read:seen])), seen
        chosen = run_on(state, campaign.card.metric, int(event.payload["slots"]))
        now = {choice.parent: choice.rung for choice in chosen}
        trial = str(event.trial)
        same = now.get(trial) == event.payload["rung"]
        detail = "" if same else f"this time {now or 'nothing'} would go on"
        yield Replayed(event.seq, trial, "promotion", same, detail, 0)


def _decisions(campaign: Campaign) -> Iterator[Replayed]:
    for episode in _episodes(campaign):
        decided = [e for e in episode.events if e.kind in _NAMES]
        calls = [MadeCall.of(e.payload) for e in episode.events if e.kind == Kind.CALL_MADE]
        recorded = Recorded(calls)
        if episode.about_insights:
            yield _insights(campaign, episode, recorded)
        elif not decided:
            continue  # it was killed in the middle of a thought
        elif decided[0].kind == Kind.TRIAL_ANALYSED:
            yield _analysis(campaign, episode, decided[0], recorded)
        else:
            yield from _proposals(campaign, episode, decided, recorded)


def _episodes(campaign: Campaign) -> Iterator[_Episode]:
    """What the campaign's agent did, one decision after the other; others' may lie between."""
    state = State()
    episode: _Episode | None = None
    for event in campaign.journal.read():
        own = event.actor == f"agent:{state.settings.backend}"
        if own and not _of_reading(event):
            if episode and not episode.takes(event):
                yield episode
                episode = None
            episode = episode or _Episode(state)
            episode.events.append(event)
        elif event.kind == Kind.RUNNER_STARTED and episode:
            yield episode  # what a killed runner had begun was begun anew
            episode = None
        state = as_told(fold(state, [event]))
    if episode:
        yield episode


def _of_reading(event: Event) -> bool:
    """Whether it is about how a veto's reason is read, which is no decision of the agent."""
    return event.kind == Kind.DECISION_UNDERSTOOD or READING in _about(event)


def _of_insights(event: Event) -> bool:
    if event.kind in (Kind.CALL_MADE, Kind.NOTE, Kind.ANSWER_REFUSED):
        purpose, kind = _about(event)
        return purpose == "distil" or kind == "insight"
    return event.kind in _INSIGHTS


def _about(event: Event) -> tuple[object, object]:
    """What a call, note or refusal says it is about: its purpose and its kind."""
    return event.payload.get("purpose"), event.payload.get("kind")


def _proposals(
    campaign: Campaign, episode: _Episode, decided: Sequence[Event], recorded: Recorded
) -> Iterator[Replayed]:
    """The proposals of one wish: one, several to choose among, or a failure."""
    state, last = episode.state, decided[-1]
    first = TrialProposal.of(decided[0].payload)
    made: list[Proposal] = []
    wrong = ""
    try:
        lost = FailedProposal.of(last.payload)
        if last.kind == Kind.PROPOSAL_FAILED and lost.kind in _BESIDE_THE_POINT:
            raise FtassistError(f"it ended for {lost.kind}, which is not replayed")
        asked = calls_of(first)
        if not asked:
            numbers = tuple(first.optimiser.items())
            parent = _asked_from(campaign, decided[0], state)
            asked = [RoundCall(parent, state.asked.count, numbers=numbers)]
        made = _asked_again(campaign, episode, recorded, asked)
    except FtassistError as error:
        wrong = error.what
    for number, event in enumerate(decided):
        name, trial = _NAMES[event.kind], event.trial or ""
        same: bool | None
        if event.kind == Kind.PROPOSAL_FAILED:
            told = FailedProposal.of(event.payload).message.splitlines()[:1]
            again = wrong in told if wrong else False
            same = True if again else None if wrong else False
            detail = "" if again else wrong or "this time it was made"
        elif number < len(made):
            was, now = (TrialProposal.of(p) for p in (event.payload, made[number].to_dict()))
            same, detail = _compare(was, now, ("parent", "cells", "change"))
        else:
            same, detail = (None, wrong) if wrong else (False, "this time it was not made")
        yield Replayed(event.seq, trial, name, same, detail, 0 if number else recorded.used)


def _asked_again(
    campaign: Campaign, episode: _Episode, recorded: Recorded, asked: Sequence[RoundCall]
) -> list[Proposal]:
    """What questions come to, less what was proposed already; one that fails costs no other."""
    state = episode.state
    waiting = [trial.cells for trial in state.pending]
    made: list[Proposal] = []
    failed: list[FtassistError] = []
    backend = _backend(episode, recorded)
    for call in asked:
        seen = asked_context(campaign, state, call)
        try:
            found = backend.propose(seen, call.parent, k=call.count)
        except FtassistError as error:
            failed.append(error)
            continue
        new = [p for p in found if p.cells not in waiting]
        made += unknown_ideas(new[: call.count], made)
    if failed and not made:
        raise failed[0]
    return made


def _analysis(campaign: Campaign, episode: _Episode, event: Event, recorded: Recorded) -> Replayed:
    trial = event.trial or ""
    seen = context_of(campaign, episode.state, trial)
    was = TrialAnalysis.of(event.payload)
    made = analysed(lambda: _backend(episode, recorded), seen, trial)
    same: bool | None
    same, detail = _compare(was, made, ("text", "causes", "try_next", "avoid"))
    if not same and NO_REPLY in made.text:
        # The playbook stood in, then as now; only why the model was not heard is told otherwise.
        then, now = (str(told).partition("] ")[2] for told in (was.text, made.text))
        same, detail = (True, "") if then == now else (None, NO_REPLY)
    return Replayed(event.seq, trial, "analysis", same, detail, recorded.used)


def _insights(campaign: Campaign, episode: _Episode, recorded: Recorded) -> Replayed:
    last = episode.events[-1].seq
    was = [(str(e.kind), dict(e.payload)) for e in episode.events if e.kind in _INSIGHTS]
    try:
        seen = context_of(campaign, episode.state, BASE)
        changes = _backend(episode, recorded).distil(seen)
    except FtassistError as error:
        notes = [str(e.payload.get("text", "")) for e in episode.events if e.kind == Kind.NOTE]
        again = any(error.what[:300] in text for text in notes)
        same, detail = (True, "") if again else (None, error.what)
        return Replayed(last, "", "insights", same, detail, recorded.used)
    events = [change.to_event() for change in changes]
    now = [(str(kind), json.loads(json.dumps(payload))) for kind, payload in events]
    detail = "" if was == now else f"{len(was)} changes then, {len(now)} now"
    return Replayed(last, "", "insights", was == now, detail, recorded.used)


def _asked_from(campaign: Campaign, event: Event, state: State) -> str:
    """The trial the agent was asked to grow from: a person's wish, or the policy's choice."""
    if event.kind == Kind.PROPOSAL_FAILED:
        return FailedProposal.of(event.payload).parent or BASE
    if state.asked.parent:
        return state.asked.parent
    tree = searched_tree(state, campaign.card.metric)
    choices = [c for c in policy_of(state).choose(tree, 1) if c.action == "grow"]
    return choices[0].parent if choices else str(event.payload["parent"])


def _backend(episode: _Episode, recorded: Recorded) -> Backend:
    name = episode.events[0].actor.removeprefix("agent:")
    settings = dict(episode.state.settings.agent)
    if name == AnthropicBackend.name:
        looks = [MadeLook.of(e.payload) for e in episode.events if e.kind == Kind.LOOKED]
        link = Link(
            settings={
                "timeout": 120.0,
                "looks": MOST_LOOKS,
                "look_tokens": 10**9,
                "direct": bool(settings.get("direct")),
                "design": settings.get("design", "researcher"),
            },
            cap=1e9,
            eyes=lambda _: LookedBefore(looks),
            dry_run=_tried_before(episode) if wanted(episode.state) else None,
        )
        return AnthropicBackend(link, recorded, look={})
    return backend_by_name(name, Link(settings=settings))


def _tried_before(episode: _Episode) -> Callable[[Mapping[str, str]], Tried]:
    """Dry runs of a record, one after the other: nothing is run again."""
    runs = [Tried.of(e.payload) for e in episode.events if e.kind == Kind.CELLS_TRIED]

    def tried(_: Mapping[str, str]) -> Tried:
        return runs.pop(0) if runs else Tried.unsettled("the journal holds no such dry run")

    return tried


def _compare(was: object, now: object, fields: Sequence[str]) -> tuple[bool, str]:
    differing = [name for name in fields if getattr(was, name) != getattr(now, name)]
    return not differing, f"differs in {', '.join(differing)}" if differing else ""


class Recorded:
    """Stands in for the server: gives each question the reply that the journal has to it.

    Args:
        calls: The calls of the record, oldest first.

    Attributes:
        used: How many replies were given.
    """

    def __init__(self, calls: Sequence[MadeCall]) -> None:
        self._calls = list(calls)
        self.used = 0

    def count(self, body: Body, watch: Watch) -> int | None:
        """Nothing is counted, since nothing is paid."""
        return 0

    def send(self, body: Body, watch: Watch) -> ModelAnswer:
        """The next reply.

        Raises:
            CallError: The record has no more, or the call failed then, too.
        """
        wanted = _PURPOSES.get(str(body["tools"][0]["name"]), ())
        call = next((c for c in self._calls if c.purpose in wanted), None)
        if call is None:
            raise CallError(NO_REPLY)
        self._calls.remove(call)
        self.used += 1
        if (reply := call.reply) is None:
            kind = CallCancelledError if "cancelled" in call.error else CallError
            raise kind(call.error, started=True)
        looks = tuple({"type": "tool_use", **look} for look in call.looks)
        # The journal keeps what was handed in, or else the text: beside looks, or alone.
        raw = reply if reply.lstrip().startswith("{") and not looks else ""
        return ModelAnswer(raw, text="" if raw else reply, stop=call.stop, blocks=looks)


class LookedBefore:
    """Looks of a record: what was looked at is told, what was seen is not read again.

    Args:
        looks: The looks, oldest first.
    """

    def __init__(self, looks: Sequence[MadeLook]) -> None:
        self._looks = list(looks)
        self.tools: Sequence[LookTool] = [
            LookTool(name, "recorded", {"type": "object"})
            for name in dict.fromkeys(look.tool for look in looks)
        ]

    def look(self, name: str, arguments: Mapping[str, Any]) -> Look:
        """The next look of that name in the record, without what it showed."""
        found = next((look for look in self._looks if look.tool == name), None)
        if found is None:
            return Look({"error": "not in the record"}, f"{name} is not in the record", True)
        self._looks.remove(found)
        replayed = {"replayed": found.trail}
        return Look(replayed, found.trail, failed=found.failed, sources=found.sources)
