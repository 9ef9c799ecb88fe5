"""Re-runs the decisions of a campaign's agent from its journal, without any call.

Each proposal, analysis and set of insights is made again from the state as it was then. Where a
model was asked, its recorded replies stand in for it, so that what is checked is everything the
program did with them: prompts, schemas, rules, marks. A reply that is played again says nothing
about how good a model is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.agent.backends import Backend, backend_by_name
from ftassist.agent.backends.anthropic.backend import AnthropicBackend
from ftassist.agent.backends.anthropic.client import Answer, CallError, Watch
from ftassist.agent.backends.link import Link
from ftassist.agent.context import Context, build
from ftassist.agent.evidence import collect
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.tree import search_tree
from ftassist.errors import FtassistError
from ftassist.journal.events import Event, Kind
from ftassist.journal.folding import fold
from ftassist.journal.state import BASE, State
from ftassist.search.policies import policy_by_name

_DECISIONS = (Kind.PROPOSAL_MADE, Kind.PROPOSAL_FAILED, Kind.TRIAL_ANALYSED)


@dataclass(frozen=True)
class Replayed:
    """One decision, made again.

    Attributes:
        seq: The event that records it.
        trial: The trial it is about; "" for none.
        decision: "proposal", "failed proposal" or "analysis".
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


class Recorded:
    """Replies from a journal in place of a server.

    Args:
        calls: The payloads of `call.made` events, oldest first.
    """

    def __init__(self, calls: Sequence[Mapping[str, Any]]) -> None:
        self._calls = list(calls)
        self.used = 0

    def count(self, body: Mapping[str, Any]) -> int | None:
        """Nothing is counted, since nothing is paid."""
        return 0

    def send(self, body: Mapping[str, Any], watch: Watch) -> Answer:
        """The next reply.

        Raises:
            CallError: The record has no more.
        """
        if self.used >= len(self._calls):
            raise CallError("the journal holds no reply to this call")
        call = self._calls[self.used]
        self.used += 1
        if "reply" not in call:
            raise CallError(str(call.get("error", "it failed")), started=True)
        return Answer(str(call["reply"]), stop=str(call.get("stop", "")))


def replay(campaign: Campaign) -> Iterator[Replayed]:
    """Makes every decision of the campaign's agent again, oldest first."""
    state = State()
    before: State | None = None
    calls: list[Mapping[str, Any]] = []
    for event in campaign.journal.read():
        by_agent = event.actor.startswith("agent:")
        if by_agent and event.kind == Kind.CALL_MADE:
            before = before or state
            calls.append(event.payload)
        if by_agent and event.kind in _DECISIONS:
            yield _again(campaign, event, before or state, calls)
        if by_agent and event.kind not in (Kind.CALL_MADE, Kind.NOTE, Kind.SURVEY_MADE):
            before, calls = None, []
        state = fold(state, [event])


def _again(
    campaign: Campaign, event: Event, state: State, calls: Sequence[Mapping[str, Any]]
) -> Replayed:
    recorded = Recorded(calls)
    trial = event.trial or ""
    name = {
        Kind.PROPOSAL_MADE: "proposal",
        Kind.PROPOSAL_FAILED: "failed proposal",
        Kind.TRIAL_ANALYSED: "analysis",
    }[Kind(event.kind)]
    try:
        backend = _backend(event.actor.removeprefix("agent:"), recorded)
        if event.kind == Kind.TRIAL_ANALYSED:
            made = backend.analyse(_context(campaign, state, trial), trial).to_dict()
            same, detail = _compare(event.payload, made, ("text", "causes", "try_next", "avoid"))
        else:
            parent = _asked_from(campaign, event, state)
            made = backend.propose(_context(campaign, state, parent), parent)[0].to_dict()
            same, detail = _compare(event.payload, made, ("parent", "cells", "change"))
    except FtassistError as error:
        failed = event.kind == Kind.PROPOSAL_FAILED
        told = str(event.payload.get("message", "")).splitlines()
        repeated = error.what in told[:1] if failed else None
        return Replayed(
            event.seq, trial, name, repeated, "" if repeated else error.what, recorded.used
        )
    return Replayed(event.seq, trial, name, same, detail, recorded.used)


def _asked_from(campaign: Campaign, event: Event, state: State) -> str:
    """The trial the agent was asked to grow from: a person's wish, or the policy's choice."""
    if event.kind == Kind.PROPOSAL_FAILED:
        return str(event.payload.get("parent", BASE))
    if state.asked_parent:
        return state.asked_parent
    tree = search_tree(state, campaign.task.card.metric)
    choices = policy_by_name(str(state.settings["policy"])).choose(tree, 1)
    return choices[0].parent if choices else str(event.payload["parent"])


def _backend(name: str, recorded: Recorded) -> Backend:
    if name == AnthropicBackend.name:
        return AnthropicBackend(Link(settings={"timeout": 120.0}, cap=1e9), recorded)
    return backend_by_name(name)


def _context(campaign: Campaign, state: State, focus: str) -> Context:
    """What the agent could know then."""
    evidence = {
        t.id: collect(campaign.trial_folder(t.id), t) for t in state.trials.values() if t.finished
    }
    return build(state, campaign.task.card, state.profiles, evidence, focus=focus)


def _compare(
    was: Mapping[str, Any], now: Mapping[str, Any], fields: Sequence[str]
) -> tuple[bool, str]:
    differing = [name for name in fields if was.get(name) != now.get(name)]
    return not differing, f"differs in {', '.join(differing)}" if differing else ""
