"""The agent's part of the loop: build its context, ask it, write down what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from ftassist.agent.backends import Backend, OutOfIdeasError, backend_by_name
from ftassist.agent.backends.anthropic.stream import CallCancelledError, CallError
from ftassist.agent.backends.base import Analysis
from ftassist.agent.backends.link import Link
from ftassist.agent.backends.names import RECIPES_ONLY
from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.context import Context, build
from ftassist.agent.dry_run import broke, told
from ftassist.agent.eyes import Sight
from ftassist.agent.follow_line import follow_line, wish_line
from ftassist.agent.kept_evidence import KeptEvidence
from ftassist.agent.key import scrub
from ftassist.agent.planted import find_planted
from ftassist.agent.trial_view import Quoted
from ftassist.campaign.ablating import ablate
from ftassist.campaign.agent_link import connect, end_progress, sight
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.commands import submit_proposal
from ftassist.campaign.numbers import seen_by_agent, usable
from ftassist.campaign.open_wishes import repeat
from ftassist.campaign.queries import best, policy_of, search_tree, searched_tree
from ftassist.campaign.rounds import RoundCall, calls, marked, round_size
from ftassist.dojo.repository import DataRepository
from ftassist.errors import BudgetError, DataError, FtassistError
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE, State
from ftassist.records.asked import OUTAGE
from ftassist.records.proposal import Proposal
from ftassist.records.understanding import PROGRAM
from ftassist.search.policy import Choice

_EVIDENCE = KeptEvidence()
NOT_LEFT_OUT = "the change cannot be left out by itself, so the trial grows"
READING = "understand"
"""The purpose of calls, and the kind of notes, that are about reading a veto's reason."""


def profile_repository(campaign: Campaign) -> str:
    """Computes and records the profile of each raw set of the task.

    A set that cannot be used at all is noted and left out. Where that is so of all of them, the
    proposal fails for it, and nothing is recorded that would keep the sets from being read again.

    Returns:
        Why no set can be used; "" where one can, or where the task has none.
    """
    model = campaign.base_reference
    repository = DataRepository(campaign.task.repository_folder, model)
    sets: dict[str, Any] = {}
    unusable: dict[str, FtassistError] = {}
    for name in repository.names():
        try:
            sets[name] = {**asdict(repository.card(name)), **repository.profile(name).to_dict()}
        except FtassistError as error:
            unusable[name] = error
    if unusable and not sets:
        first = next(iter(unusable.values()))
        payload = {"message": str(first), "kind": "data", "parent": BASE}
        campaign.say(Kind.PROPOSAL_FAILED, payload, actor="runner")
        return first.what
    for name, why in unusable.items():
        text = f"the set {name} is left out: {' '.join(str(why).split())[:400]}"
        if text not in campaign.state.notes:
            campaign.say(Kind.NOTE, {"text": text, "kind": "data"}, actor="runner")
    campaign.say(Kind.TASK_PROFILED, {"sets": sets}, actor="runner")
    return ""


def context(campaign: Campaign, focus: str) -> Context:
    """What the agent may know now, looking from one trial."""
    return context_of(campaign, campaign.refresh(), focus)


def context_of(campaign: Campaign, state: State, focus: str) -> Context:
    """What the agent may know, or could know when the campaign stood as `state` says."""
    evidence = {
        t.id: _EVIDENCE.of(campaign.trial_folder(t.id), t)
        for t in state.trials.values()
        if t.finished
    }
    return build(state, campaign.card, state.profiles, evidence, focus=focus)


def eyes_of(campaign: Campaign) -> Sight:
    """What may be looked at in a campaign as it is now."""
    return sight(campaign, context(campaign, BASE))


def asked_context(campaign: Campaign, state: State, call: RoundCall) -> Context:
    """What the agent may know for a question of a round."""
    tree = search_tree(state, campaign.card.metric)
    numbers = seen_by_agent(state, tree, usable(dict(call.numbers)))
    seen = context_of(campaign, state, call.parent)
    return replace(seen, variants=call.variants, numbers=numbers, wish=_wish(state))


def _wish(state: State) -> str | Quoted:
    """What a proposal is asked for in words; those of an agent outside are material."""
    words = state.asked.words if state.asked.seq else ""
    return Quoted(words) if words and state.asked.by.startswith("agent:") else words


def propose(campaign: Campaign, beat: Callable[[], None] | None = None, free: int = 1) -> bool:
    """Asks the agent for what is wished for and records it, or why there is nothing.

    A wish may name a parent, and a proposal that it wants alternatives to. Where nobody wished
    for one, the search policy may want a trial on a fresh seed instead, which needs no agent.

    Args:
        beat: Called while the agent thinks.
        free: Devices on which nothing runs.

    Returns:
        False when the search policy wants to wait for what is pending.
    """
    state = campaign.refresh()
    if state.asked.cancelling:
        payload = {"message": "cancelled before the agent was asked", "kind": "cancelled"}
        campaign.say(Kind.PROPOSAL_FAILED, payload, actor="runner")
        return True
    choices = _choose(campaign, free)
    for choice in choices:
        if choice.action == "repeat":
            repeat(campaign, campaign.trial(choice.parent), choice.reason)
    asked = calls(_for_agent(campaign, choices))
    if not asked:
        return bool(choices)
    if state.asked.beside:
        asked = [replace(call, count=state.asked.count) for call in asked]
    try:
        proposals = _ideas(campaign, asked, beat)
    except FtassistError as error:
        parent = asked[0].parent
        payload = {"message": scrub(str(error)), "kind": _kind_of(error), "parent": parent}
        campaign.say(Kind.PROPOSAL_FAILED, payload, actor=_actor(campaign))
        return True
    finally:
        end_progress(campaign)
    if beside := state.asked.beside:
        proposals = [replace(proposal, beside=beside) for proposal in proposals]
    else:
        proposals = marked(state.seq, asked, proposals)
    for proposal in proposals:
        submit_proposal(campaign, proposal, _actor(campaign))
    return True


def _for_agent(campaign: Campaign, choices: Sequence[Choice]) -> list[Choice]:
    """What the agent is asked for, once the search has proposed what needs no agent.

    Where a change cannot be left out, the trial grows instead.
    """
    grows = []
    for choice in choices:
        if choice.action == "ablate":
            seen = context(campaign, choice.parent)
            if not ablate(campaign, seen, choice):
                why = f"{choice.reason} ({NOT_LEFT_OUT})"
                grows.append(replace(choice, action="grow", reason=why))
        elif choice.action == "grow":
            grows.append(choice)
    return grows


def _ideas(
    campaign: Campaign, asked: Sequence[RoundCall], beat: Callable[[], None] | None
) -> list[Proposal]:
    """The proposals that come of the questions of a round; one that fails costs no other.

    Raises:
        FtassistError: None came, with the reason of the first question.
    """
    found: list[Proposal] = []
    failed: list[FtassistError] = []
    for call in asked:
        seen = asked_context(campaign, campaign.refresh(), call)
        report_planted(campaign, seen)
        try:
            new = _new_ideas(campaign, seen, call.parent, call.count, beat)
        except FtassistError as error:
            failed.append(error)
            continue
        for proposal in unknown_ideas(new, found):
            if not proposal.why_parent:
                why_not = call.instead or proposal.why_not
                proposal = replace(proposal, why_parent=call.reason, why_not=why_not)
            follows = _follows(campaign, seen, proposal)
            wish, numbers = seen.wished or proposal.wish, dict(call.numbers) or proposal.optimiser
            found.append(replace(proposal, follows=follows, wish=wish, optimiser=numbers))
    if not found:
        raise failed[0]
    for lost in failed:
        text = f"a part of the round came to nothing: {scrub(lost.what)[:300]}"
        campaign.say(Kind.NOTE, {"text": text, "kind": "proposal"}, actor=_actor(campaign))
    return found


def _follows(campaign: Campaign, seen: Context, proposal: Proposal) -> str:
    """How a proposal follows a wish in words, and the vetoes before it."""
    parent, cells = proposal.parent, proposal.cells
    by_rules = campaign.state.settings.backend in RECIPES_ONLY
    wished = wish_line(seen, parent, cells, by_rules=by_rules)
    return " · ".join(filter(None, (wished, follow_line(seen, parent, cells))))


def unknown_ideas(new: Iterable[Proposal], known: Sequence[Proposal]) -> list[Proposal]:
    """Those whose cells no known proposal has."""
    cells = [proposal.cells for proposal in known]
    return [proposal for proposal in new if proposal.cells not in cells]


def _new_ideas(
    campaign: Campaign, seen: Context, parent: str, count: int, beat: Callable[[], None] | None
) -> list[Proposal]:
    """At most `count` proposals other than those that wait for a decision.

    Raises:
        FtassistError: There is none.
    """
    waiting = [t.cells for t in campaign.state.pending]
    link = connect(campaign, beat)
    made = backend_by_name(campaign.state.settings.backend, link).propose(seen, parent, k=count)
    new = [_tried(p, link) for p in made[:count] if p.cells not in waiting]
    if not new:
        raise FtassistError(
            f"the agent has no other idea from {parent}",
            where=parent,
            fix="decide on what is proposed, or edit it",
        )
    return new


def _tried(proposal: Proposal, link: Link) -> Proposal:
    """A proposal whose cells were tried, where that is wanted: by its agent, or here.

    Raises:
        DataError: They break; says how.
    """
    if proposal.dry_run or link.dry_run is None:
        return proposal
    found = link.dry_run(proposal.cells)
    if not found.passed:
        raise DataError(
            f"its cells break in a dry run: {broke(found)}",
            where=found.stage,
            fix="ask for another, or make the campaign without dry runs",
        )
    return replace(proposal, dry_run=told([found]))


def read_veto(campaign: Campaign, trial: str, beat: Callable[[], None] | None = None) -> None:
    """Has the agent's model read the reason of a veto; the rules' reading stands if it fails."""
    seen = context(campaign, BASE)
    veto = next((veto for veto in seen.vetoes if veto.trial == trial), None)
    if veto is None:
        return
    try:
        read = _backend(campaign, beat).understand(seen, veto)
    except FtassistError as error:
        why = scrub(error.what)[:300]
        text = f"the reason of {trial} was read by rules only; the model was not heard: {why}"
        campaign.say(Kind.NOTE, {"text": text, "kind": READING}, actor=_actor(campaign))
        return
    finally:
        end_progress(campaign)
    if read is not None:
        by = replace(read, by=_actor(campaign))
        payload = {"understood": by.to_dict()}
        campaign.say(Kind.DECISION_UNDERSTOOD, payload, trial=trial, actor=_actor(campaign))


def unread(state: State) -> list[str]:
    """Vetoes whose reason only rules have read, where the agent is a model that reads better."""
    if state.settings.backend != "anthropic":
        return []
    return [
        veto.trial
        for veto in state.vetoes
        if veto.understood is None or veto.understood.by == PROGRAM
    ]


def report_planted(campaign: Campaign, seen: Context) -> None:
    """Notes texts of data, outputs and logs that give the agent orders, each once."""
    noted = set(campaign.state.notes)
    for planted in find_planted(
        {"profiles": seen.profiles, "trials": seen.trials, "sources": seen.sources}
    ):
        if (text := planted.sentence()) not in noted:
            noted.add(text)
            campaign.say(Kind.NOTE, {"text": text, "kind": "planted"}, actor="runner")


def analyse(campaign: Campaign, trial: str, beat: Callable[[], None] | None = None) -> None:
    """Records what the agent makes of a finished trial."""
    seen = context(campaign, trial)
    report_planted(campaign, seen)
    try:
        made = analysed(lambda: _backend(campaign, beat), seen, trial)
    finally:
        end_progress(campaign)
    campaign.say(Kind.TRIAL_ANALYSED, made.to_dict(), trial=trial, actor=_actor(campaign))


def analysed(backend: Callable[[], Backend], seen: Context, trial: str) -> Analysis:
    """An analysis, as it is recorded.

    When the backend's model cannot be asked, the playbook's reading of the numbers stands in,
    marked.
    """
    try:
        return backend().analyse(seen, trial)
    except FtassistError as error:
        made = Playbook().analyse(seen, trial)
        why = scrub(error.what)[:300]
        text = f"[by the playbook; the model was not heard: {why}] {made.text}"
        return replace(made, text=text)


def distil(campaign: Campaign, beat: Callable[[], None] | None = None) -> None:
    """Records what the agent learned over all trials; a call that fails leaves it for later."""
    try:
        changes = _backend(campaign, beat).distil(context(campaign, BASE))
    except FtassistError as error:
        text = f"no insights were drawn: {scrub(error.what)[:300]}"
        campaign.say(Kind.NOTE, {"text": text, "kind": "insight"}, actor=_actor(campaign))
        return
    finally:
        end_progress(campaign)
    for change in changes:
        kind, payload = change.to_event()
        campaign.say(kind, payload, actor=_actor(campaign))


def _kind_of(error: FtassistError) -> str:
    """What kind of failure it is: nothing left to try, no money, ended by a person, a call."""
    if isinstance(error, OutOfIdeasError):
        return "ideas"
    if isinstance(error, BudgetError):
        return "budget"
    if isinstance(error, CallCancelledError):
        return "cancelled"
    return OUTAGE if isinstance(error, CallError) and error.passing else "call"


def _choose(campaign: Campaign, free: int) -> list[Choice]:
    """The nodes to expand: the one a person named, or the policy's; none when it says wait."""
    state = campaign.state
    tree = searched_tree(state, campaign.card.metric)
    count = 1 if state.asked.beside else round_size(state, tree, free)
    if state.asked.parent:
        return [Choice(state.asked.parent, "a person asked for it")] * count
    chosen = policy_of(state).choose(tree, count)
    choices = [choice for choice in chosen if choice.action != "promote"]  # see `rungs`
    if not state.asked.words:
        return choices
    # A wish in words is for something new, whatever the policy would do or wait for.
    wished = [replace(choice, action="grow") for choice in choices]
    return wished or [Choice(best(campaign) or BASE, "a person asked for it")]


def _backend(campaign: Campaign, beat: Callable[[], None] | None = None) -> Backend:
    return backend_by_name(campaign.state.settings.backend, connect(campaign, beat))


def _actor(campaign: Campaign) -> str:
    return f"agent:{campaign.state.settings.backend}"
