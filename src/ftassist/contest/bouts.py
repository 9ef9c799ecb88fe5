"""One bout: a campaign made, run to its end and opened on the sealed test, wherever it stood.

Everything is read from the campaign's journal, so a bout that was killed at any moment goes on
from where it was. The trial that is handed in is chosen before the test is opened. An agent
outside whose command breaks or falls silent has made no valid entry, which its journal says, too.
"""

from __future__ import annotations

import time
from pathlib import Path

from ftassist.campaign import commands
from ftassist.campaign.campaign import POLL_SECONDS, Campaign
from ftassist.campaign.creating import CampaignWish, create
from ftassist.campaign.final import open_test
from ftassist.campaign.inputs import TO_DO
from ftassist.contest import outside
from ftassist.contest.agents import TREE, agent_of, policy_of, settings_of
from ftassist.contest.outside import ACTOR, MOST_STARTS, OVER, Watch
from ftassist.contest.placing import Placing
from ftassist.contest.plan import Bout, Contest
from ftassist.errors import FtassistError
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE, State

END_SECONDS = 60.0
"""How long a runner may take to end."""
INVALID = "invalid entry"
"""The kind of the note that says why an entry does not count."""


def over(campaign: Campaign) -> bool:
    """Whether a bout is not played again: it is finished, or no valid entry."""
    return finished(campaign) or bool(invalid(campaign))


def invalid(campaign: Campaign) -> str:
    """Why a bout is no valid entry; "" where nothing is known against it."""
    notes = (e for e in campaign.journal.read() if e.kind == Kind.NOTE and e.actor == ACTOR)
    found = (str(e.payload["text"]) for e in notes if e.payload.get("kind") == INVALID)
    return next(found, "")


def finished(campaign: Campaign) -> bool:
    """Whether a bout is over: the model it handed in was scored on the sealed test."""
    state = campaign.refresh()
    return bool(state.openings) and state.openings[0].trial in state.tests


def handed_in(campaign: Campaign) -> str:
    """The trial whose model an agent hands in; the base where it has none that is better.

    It is the finalist of a search, the one training of a plain script (which chose nothing), and
    nothing else.
    """
    state = campaign.refresh()
    if state.settings.backend != "plain":
        return state.finalist or BASE
    scored = [t.id for t in state.with_status("scored") if t.role == "trial"]
    return scored[0] if scored else BASE


def play(
    bout: Bout,
    contest: Contest,
    folder: Path,
    *,
    watch: Watch,
    placing: Placing,
) -> Campaign:
    """Plays a bout to its end, or what is left of it.

    Args:
        contest: What was asked.
        folder: The contest's folder.
        watch: Called with the campaign and its state, ten times a second.
        placing: Where its trials run.

    Raises:
        FtassistError: The campaign cannot be made, or waits for something; nothing is lost.
        KeyboardInterrupt: A person ended it; the campaign is stopped first.
    """
    campaign = opened(bout, folder) or _made(bout, contest, folder)
    if over(campaign):
        return campaign
    if campaign.state.phase != "finished":
        placing.put(campaign, ACTOR)
        try:
            _run(campaign, bout, contest, watch)
        except KeyboardInterrupt:
            commands.stop(campaign, "the contest was interrupted", actor=ACTOR)
            _await_end(campaign)
            raise
    _await_end(campaign)
    if invalid(campaign):
        return campaign
    open_test(campaign, handed_in(campaign), on_progress=lambda _: watch(campaign, campaign.state))
    return campaign


def opened(bout: Bout, folder: Path) -> Campaign | None:
    """The campaign of a bout, if it was begun."""
    place = folder / bout.place
    return Campaign.open(place) if (place / "journal.db").is_file() else None


def _made(bout: Bout, contest: Contest, folder: Path) -> Campaign:
    entry, agent = bout.entry, agent_of(bout.entry.agent)
    wish = CampaignWish(
        task=bout.task,
        model=entry.model,
        backend=agent.kind.backend,
        policy=agent.kind.policy or policy_of(entry.policy or TREE),
        review="never",
        budget={**contest.budget.to_dict(), "rows": entry.rows},
        items=dict(contest.items),
        seed=bout.seed,
        agent=settings_of(agent, entry.agent_model, contest.server),
        fresh_seeds=0,
        folder=folder / bout.place,
    )
    return create(folder, wish, actor=ACTOR)


def _run(campaign: Campaign, bout: Bout, contest: Contest, watch: Watch) -> None:
    """Runs a campaign until it is finished, or is no valid entry.

    Raises:
        FtassistError: It waits for a person, or its runner ends again and again.
    """
    if campaign.state.phase in ("stopped", "paused"):
        commands.resume(campaign, actor=ACTOR)
    agent = agent_of(bout.entry.agent)
    if agent.kind.takes == "command":
        why = outside.take_part(campaign, agent, silence=contest.silence, watch=watch)
        if why:
            _leave_out(campaign, why)
            return
    else:
        _run_alone(campaign, watch)
    state = campaign.refresh()
    if state.phase != "finished":
        what, _, fix = state.reason.partition(TO_DO)
        raise FtassistError(
            f"the campaign is {state.phase}: {what.strip() or 'a person asked for it'}",
            where=str(campaign.folder),
            fix=fix or "mend it, then give the same command again: the contest goes on",
        )


def _run_alone(campaign: Campaign, watch: Watch) -> None:
    """Lets a campaign's own agent go on until it is over.

    Raises:
        FtassistError: Its runner ends again and again.
    """
    for starts in range(1, MOST_STARTS + 1):
        campaign.start_runner()
        try:
            campaign.wait(_over, on_change=lambda now: watch(campaign, now))
        except FtassistError:
            if starts == MOST_STARTS:
                raise
            continue
        return


def _over(state: State) -> bool:
    return state.phase in OVER


def _leave_out(campaign: Campaign, why: str) -> None:
    """Says that a bout is no valid entry, and stops it; what it tried stays in its record."""
    campaign.say(Kind.NOTE, {"text": why, "kind": INVALID}, actor=ACTOR)
    commands.stop(campaign, f"{INVALID}: {why}", actor=ACTOR)


def _await_end(campaign: Campaign) -> None:
    """Waits until the runner is gone, so that the machine is free for what comes next."""
    until = time.monotonic() + END_SECONDS
    while campaign.runner_alive() and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
