"""Asking and waiting, for the command line and notebooks alike.

Sends the wish for a proposal, shows what happens meanwhile, and comes back when a person is
needed. Thinks up nothing itself; the rules it asks about are the campaign's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ftassist.campaign import commands
from ftassist.documents.progress import now_line
from ftassist.documents.words import one_line
from ftassist.errors import FtassistError
from ftassist.journal.state import State
from ftassist.ui.telling import Tell

if TYPE_CHECKING:
    from ftassist.campaign import Campaign

_OVER = ("paused", "stopped", "finished")
_ROUND_LOOKS = 50
"""How often to look for the rest of a round, which is written at once."""
_ENDED = ("scored", "resting", "failed", "invalid", "stopped", "vetoed", "set_aside")
"""A trial that rests at a rung waits for nobody; the policy may have it run on at any time."""


def ask(
    campaign: Campaign,
    *,
    tell: Tell,
    parent: str | None = None,
    words: str = "",
    timeout: float | None = None,
) -> str:
    """The id of a proposal that waits for a decision; asks for one when none does.

    With a wish in words one is asked for in any case.

    Raises:
        FtassistError: No proposal came, with the reason the agent gave; or none came in time.
    """
    state = campaign.refresh()
    if state.pending and parent is None and not words.strip():
        return state.pending[0].id
    if state.phase in _OVER:
        raise FtassistError(
            f"the campaign is {state.phase}: {state.reason}".rstrip(": "),
            where=campaign.name,
            fix=_way_on(state),
        )
    known = {trial.id for trial in state.pending}
    wish = commands.ask_proposal(campaign, parent, words=words).seq
    campaign.start_runner()

    def answered(now: State) -> bool:
        return now.seq >= wish and (now.asked.seq == 0 or now.phase in _OVER)

    state = _wait(campaign, answered, _telling(campaign, tell), timeout, "no proposal came")
    new = [trial.id for trial in state.pending if trial.id not in known]
    if new:
        return new[0]
    made = [t for t in state.trials.values() if t.changed > wish and t.role == "trial"]
    if made:
        return made[0].id
    raise FtassistError(
        state.asked.failed or f"no proposal came: the campaign is {state.phase} {state.reason}",
        where=campaign.name,
        fix=_way_on(state),
    )


def whole_round(campaign: Campaign, trial: str) -> list[str]:
    """The pending proposals of a proposal's round, itself first; waits for those being written."""
    asked = campaign.refresh().trials[trial].proposal.round
    size = asked.size if asked else 1
    for _ in range(_ROUND_LOOKS):
        if len(campaign.refresh().together(trial)) >= size:
            break
        time.sleep(0.1)
    state = campaign.state
    others = [t for t in state.together(trial) if state.trials[t].status == "proposed"]
    return [trial, *(name for name in others if name != trial)]


def await_trial(
    campaign: Campaign, trial: str, *, tell: Tell, timeout: float | None = None
) -> State:
    """Waits until a trial has ended and, when it was scored, was compared with its parent.

    Raises:
        FtassistError: The runner ended, or it took longer than `timeout` seconds.
    """
    from ftassist.campaign.inputs import TO_DO

    def ended(now: State) -> bool:
        known = now.trials[trial]
        if now.phase == "paused" and now.waits_for and known.status not in _ENDED:
            raise FtassistError(
                f"{trial} waits: {now.reason.partition(TO_DO)[0].strip()}",
                where=campaign.name,
                fix=now.reason.partition(TO_DO)[2],
            )
        if known.status == "scored":
            return bool(known.verdict) or known.role != "trial" or now.phase in _OVER
        return known.status in _ENDED

    return _wait(campaign, ended, _telling(campaign, tell), timeout, f"{trial} has not ended")


def alternatives(
    campaign: Campaign,
    trial: str,
    count: int,
    *,
    tell: Tell,
    words: str = "",
    timeout: float | None = None,
) -> list[str]:
    """Asks for other proposals beside a pending one, and returns the ids of those that came.

    Raises:
        FtassistError: They cannot be asked for, or none came, with the reason the agent gave.
    """
    before = set(campaign.refresh().beside(trial))
    wish = commands.ask_alternatives(campaign, trial, count, words=words).seq
    campaign.start_runner()

    def answered(now: State) -> bool:
        return now.seq >= wish and (now.asked.seq == 0 or now.phase in _OVER)

    what = f"no alternative to {trial} came"
    state = _wait(campaign, answered, _telling(campaign, tell), timeout, what)
    made = [name for name in state.beside(trial) if name not in before]
    if not made:
        why = state.asked.failed or f"{what}: the campaign is {state.phase}"
        raise FtassistError(why, where=trial, fix="decide on what is proposed, or edit it")
    return made


def export(
    campaign: Campaign, trial: str, *, tell: Tell, timeout: float | None = None
) -> Mapping[str, Any]:
    """Asks for a copy of a trial's model, and returns where it is: folder, files, bytes.

    Raises:
        FtassistError: It has no model, it failed, or it took longer than `timeout` seconds.
    """
    wish = commands.ask_export(campaign, trial).seq
    campaign.start_runner()

    def done(now: State) -> bool:
        return now.seq >= wish and now.trials[trial].export.status != "asked"

    what = f"{trial} was not exported"
    state = _wait(campaign, done, _telling(campaign, tell), timeout, what)
    found = state.trials[trial].export
    if found.status == "failed":
        raise FtassistError(found.message or what, where=trial, fix="then ask again")
    return {"folder": found.folder, "files": found.files, "bytes": found.bytes}


def await_person(
    campaign: Campaign, *, show: Callable[[State], None], timeout: float | None = None
) -> State:
    """Waits until the campaign has ended or needs a person, showing each state.

    Raises:
        FtassistError: The runner ended, or it took longer than `timeout` seconds.
    """
    what = "the campaign has not ended"
    return _wait(campaign, lambda now: not needs_nobody(now), show, timeout, what)


def needs_nobody(state: State) -> bool:
    """Whether the runner has something to do without a person."""
    from ftassist.campaign.budget import spent
    from ftassist.campaign.review import accepts_alone, parse_review

    if state.phase in _OVER:
        return False
    unjudged = [t for t in state.with_status("scored") if t.role == "trial" and not t.verdict]
    if state.with_status("accepted", "running") or unjudged or state.asked.seq:
        return True
    review = parse_review(state.review)
    if state.pending:
        alone = [accepts_alone(review, trial, time.time()) for trial in state.pending]
        return review.mode == "timeout" or any(alone)
    return review.mode != "always" or bool(spent(state))


def prepare(
    campaign: Campaign,
    review: str | None,
    trials: int | None,
    *,
    allow_unisolated: bool = False,
) -> None:
    """Applies a review mode and a limit of trials, and wakes a resting campaign.

    Args:
        review: The review mode; None leaves it.
        trials: Trials at most; None leaves the limit.
        allow_unisolated: Whether the person lets model-written cells run without isolation.

    Raises:
        FtassistError: The campaign waits for its task or base, which is still gone.
        FtassistError: The review mode does not exist, or the limit is not positive.
    """
    from ftassist.campaign.inputs import GONE, TO_DO, why_gone

    state = campaign.refresh()
    if allow_unisolated and not state.consent:
        commands.allow_unisolated(campaign, "asked for on the command line")
        state = campaign.refresh()
    if state.waits_for in GONE and (why := why_gone(campaign)):
        raise FtassistError(why, where=campaign.name, fix=state.reason.partition(TO_DO)[2])
    if review is not None and review != state.review:
        commands.set_review(campaign, review)
    if trials is not None and trials != state.budget.trials:
        commands.set_budget(campaign, {"trials": trials})
    if campaign.refresh().phase in ("paused", "stopped"):
        commands.resume(campaign)
        campaign.start_runner()


def nothing_scored(state: State) -> bool:
    """Whether a campaign came to rest, or to its end, without a score to show for it.

    That is one whose base has none, and one that ended with no trial that has one.
    """
    if state.phase not in _OVER:
        return False
    if state.base.score is None or state.waits_for:
        return True
    tried = [t for t in state.trials.values() if t.role == "trial" and t.finished]
    ran = [t for t in tried if t.status in ("scored", "failed", "invalid")]
    return bool(ran) and all(t.score is None for t in ran) and state.phase == "finished"


def next_step(state: State, command: str) -> str:
    """What a person can do now; `command` is "ftassist" or "%ftagent"."""
    if state.phase == "paused" and state.waits_for:
        return f"it waits: {one_line(state.reason, 600)}"
    if state.pending:
        name = state.pending[0].id
        return f'next: `{command} accept {name}`, edit it, or `{command} veto {name} "why not"`'
    if state.asked.failed and state.phase != "finished":
        return f"the last proposal failed: {one_line(state.asked.failed, 400)}"
    if state.phase == "finished":
        opened = "" if state.openings else f"`{command} final` opens the sealed test split once; "
        return f"next: {opened}`{command} report` writes the report"
    return f"next: `{command} propose` asks for a proposal"


def _wait(
    campaign: Campaign,
    until: Callable[[State], bool],
    show: Callable[[State], None],
    timeout: float | None,
    what: str,
) -> State:
    try:
        return campaign.wait(until, timeout=timeout, on_change=show)
    except TimeoutError as error:
        raise FtassistError(
            f"{what} within {timeout:g} s",
            where=campaign.name,
            fix="the runner goes on; look again with `status`",
        ) from error


def _telling(campaign: Campaign, tell: Tell) -> Callable[[State], None]:
    return lambda now: tell(now_line(campaign, now))


def _way_on(state: State) -> str:
    if state.phase in ("paused", "stopped"):
        return "go on with `resume`"
    if state.phase == "finished":
        return "give it more budget with `run --trials N`, or open the test split with `final`"
    return "look at `status`, then ask again"
