"""The agent's part of the loop: build its context, ask it, write down what it says."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ftassist.agent.backends import Backend, backend_by_name
from ftassist.agent.context import Context, build
from ftassist.agent.evidence import collect
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.tree import search_tree
from ftassist.dojo.repository import DataRepository
from ftassist.errors import FtassistError
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE
from ftassist.search.policies import policy_by_name
from ftassist.search.policy import Choice


def profile_repository(campaign: Campaign) -> None:
    """Computes and records the profile of each raw set of the task."""
    repository = DataRepository(campaign.task.repository_folder)
    sets = {
        name: {**asdict(repository.card(name)), **repository.profile(name).to_dict()}
        for name in repository.names()
    }
    campaign.say(Kind.TASK_PROFILED, {"sets": sets}, actor="runner")


def context(campaign: Campaign, focus: str) -> Context:
    """What the agent may know now, looking from one trial."""
    state = campaign.refresh()
    evidence = {
        t.id: collect(campaign.trial_folder(t.id), t) for t in state.trials.values() if t.finished
    }
    return build(state, campaign.task.card, state.profiles, evidence, focus=focus)


def propose(campaign: Campaign) -> bool:
    """Asks the agent for what is wished for and records it, or why there is nothing.

    A wish may name a parent, and a proposal that it wants alternatives to.

    Returns:
        False when the search policy wants to wait for what is pending.
    """
    state = campaign.refresh()
    choice = _choose(campaign, state.asked_parent)
    if choice is None:
        return False
    try:
        proposals = _new_ideas(campaign, choice.parent, state.asked_count)
    except FtassistError as error:
        campaign.say(Kind.PROPOSAL_FAILED, {"message": str(error)}, actor=_actor(campaign))
        return True
    for document in proposals:
        document["why_parent"] = document.get("why_parent") or choice.reason
        document["seed"] = int(state.settings.get("seed", 0))
        if state.asked_beside:
            document["beside"] = state.asked_beside
        name = campaign.refresh().next_id()
        campaign.say(Kind.PROPOSAL_MADE, document, trial=name, actor=_actor(campaign))
    return True


def _new_ideas(campaign: Campaign, parent: str, count: int) -> list[dict[str, Any]]:
    """At most `count` proposals other than those that wait for a decision.

    Raises:
        FtassistError: There is none.
    """
    waiting = [t.cells for t in campaign.state.pending]
    made = _backend(campaign).propose(context(campaign, parent), parent, k=count)
    new = [p.to_dict() for p in made if p.cells not in waiting]
    if not new:
        raise FtassistError(
            f"the agent has no other idea from {parent}",
            where=parent,
            fix="decide on what is proposed, or edit it",
        )
    return new[:count]


def analyse(campaign: Campaign, trial: str) -> None:
    """Records what the agent makes of a finished trial."""
    analysis = _backend(campaign).analyse(context(campaign, trial), trial)
    campaign.say(Kind.TRIAL_ANALYSED, analysis.to_dict(), trial=trial, actor=_actor(campaign))


def distil(campaign: Campaign) -> None:
    """Records what the agent learned over all trials."""
    for change in _backend(campaign).distil(context(campaign, BASE)):
        kind, payload = change.to_event()
        campaign.say(kind, payload, actor=_actor(campaign))


def _choose(campaign: Campaign, parent: str | None) -> Choice | None:
    """The node to expand: the one a person named, or the policy's; None when it says wait."""
    if parent:
        return Choice(parent, "a person asked for it")
    state = campaign.state
    policy = policy_by_name(str(state.settings["policy"]))
    choices = policy.choose(search_tree(state, campaign.task.card.metric), 1)
    return choices[0] if choices else None


def _backend(campaign: Campaign) -> Backend:
    return backend_by_name(str(campaign.state.settings["backend"]))


def _actor(campaign: Campaign) -> str:
    return f"agent:{campaign.state.settings['backend']}"
