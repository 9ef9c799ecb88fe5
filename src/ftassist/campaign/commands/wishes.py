"""Wishes of a person that the runner fulfils: proposals, alternatives, repeats, exports, stops.

A wish is one event; it is checked before it is written, so that whoever asks hears at once why
it cannot be. What comes of it is told by later events. Starts no process.
"""

from __future__ import annotations

from typing import Unpack

from ftassist.campaign.campaign import By, Campaign
from ftassist.errors import FtassistError
from ftassist.journal.events import Event, Kind
from ftassist.journal.state import Trial
from ftassist.records.kinds import Phase

MOST_ALTERNATIVES = 3
MOST_SEEDS = 5
LONGEST_WISH = 1000
"""Characters of a wish in words."""


def ask_proposal(
    campaign: Campaign, parent: str | None = None, *, words: str = "", **by: Unpack[By]
) -> Event:
    """Asks the campaign's agent for a proposal, from a given trial or one the policy picks.

    Args:
        parent: The trial to start from; None for what the policy picks.
        words: What is wished for, in words.
        by: Who acts, and on what.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: The campaign rests, or the wish is too long.
    """
    _refuse_resting(campaign)
    payload = {"parent": campaign.trial(parent).id} if parent else {}
    payload |= _wish(words)
    return campaign.act(Kind.PROPOSAL_ASKED, payload, **by)


def ask_alternatives(
    campaign: Campaign,
    trial: str,
    count: int = MOST_ALTERNATIVES,
    *,
    words: str = "",
    **by: Unpack[By],
) -> Event:
    """Asks for other proposals from the parent of a pending one, to choose among.

    Args:
        trial: The pending proposal.
        count: How many at most.
        words: What is wished for, in words.
        by: Who acts, and on what.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: It is no proposal any more, `count` is out of range, or the wish is too
            long.
    """
    known = campaign.trial(trial)
    if known.status != "proposed":
        raise _cannot("have alternatives", known, "ask for a new proposal")
    _refuse_count(count, MOST_ALTERNATIVES, "alternatives", known.id)
    _refuse_resting(campaign)
    first = campaign.state.beside(known.id)[0]
    payload = {"parent": known.parent, "beside": first, "count": count, **_wish(words)}
    return campaign.act(Kind.PROPOSAL_ASKED, payload, **by)


def ask_branch(campaign: Campaign, trial: str, **by: Unpack[By]) -> Event:
    """Asks for a proposal that starts from a given trial.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: It has no score to build on, or the campaign rests.
    """
    known = campaign.trial(trial)
    if known.status != "scored":
        raise _cannot("be built on", known, "choose a scored trial")
    return ask_proposal(campaign, known.id, **by)


def cancel_proposal(campaign: Campaign, **by: Unpack[By]) -> Event:
    """Ends the call that the agent makes now; what it has cost is spent."""
    return campaign.act(Kind.PROPOSAL_CANCELLED, **by)


def ask_stop(campaign: Campaign, trial: str, reason: str = "", **by: Unpack[By]) -> Event:
    """Asks the runner to stop a queued or running trial; that is no veto and steers nothing.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: It does not run.
    """
    known = campaign.trial(trial)
    if known.status not in ("accepted", "running"):
        raise _cannot("be stopped", known, "only a queued or running trial can be stopped")
    payload = {"reason": reason.strip()}
    return campaign.act(Kind.TRIAL_STOP_ASKED, payload, trial=known.id, **by)


def ask_replicates(campaign: Campaign, trial: str, seeds: int = 1, **by: Unpack[By]) -> Event:
    """Asks for repeats of a scored trial on fresh seeds.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: It has no score, is itself a repeat or the base, or `seeds` is off.
    """
    known = campaign.trial(trial)
    if known.role != "trial" or known.status != "scored":
        raise _cannot("be repeated", known, "choose a scored trial that is no repeat itself")
    _refuse_count(seeds, MOST_SEEDS, "seeds", known.id)
    _refuse_resting(campaign, "stopped")
    return campaign.act(Kind.REPLICATE_ASKED, {"seeds": seeds}, trial=known.id, **by)


def promote(campaign: Campaign, trial: str, *, whole: bool = False, **by: Unpack[By]) -> Event:
    """Has a trial that rests at a rung run on: to the next one, or to its end.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: It does not rest, or the campaign was stopped or is finished.
    """
    known = campaign.trial(trial)
    if known.status != "resting" or not known.partial:
        raise _cannot("be run on", known, "choose a trial that rests at a rung")
    _refuse_resting(campaign, "stopped", "finished")
    above = [r for r in campaign.state.settings.rungs if r > known.partial[-1].rung]
    payload = {"rung": 1.0 if whole or not above else above[0], "reason": "a person asked for it"}
    return campaign.act(Kind.TRIAL_PROMOTED, payload, trial=known.id, **by)


def ask_export(campaign: Campaign, trial: str, **by: Unpack[By]) -> Event:
    """Asks for a copy of a scored trial's model below the campaign's `exports` folder.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: It has no model of its own.
    """
    known = campaign.trial(trial)
    if known.role == "base" or known.status != "scored":
        raise _cannot("be exported", known, "choose a scored trial")
    _refuse_resting(campaign, "stopped")
    return campaign.act(Kind.EXPORT_ASKED, trial=known.id, **by)


def pin(campaign: Campaign, trial: str, reason: str = "", **by: Unpack[By]) -> Event:
    """Keeps a trial's files from being cleared away."""
    payload = {"reason": reason} if reason else {}
    return campaign.act(Kind.TRIAL_PINNED, payload, trial=campaign.trial(trial).id, **by)


def unpin(campaign: Campaign, trial: str, **by: Unpack[By]) -> Event:
    """Lets a trial's files be cleared away again."""
    return campaign.act(Kind.TRIAL_UNPINNED, trial=campaign.trial(trial).id, **by)


def _refuse_resting(campaign: Campaign, *phases: Phase) -> None:
    """Refuses a wish that nobody would fulfil, rather than wake a campaign that was stopped."""
    state = campaign.refresh()
    if state.phase in (phases or ("paused", "stopped", "finished")):
        more = "give it more budget" if state.phase == "finished" else "resume it, then ask again"
        raise FtassistError(
            f"the campaign is {state.phase}: {state.reason}".rstrip(": "),
            where=campaign.name,
            fix=more,
        )


def _wish(words: str) -> dict[str, str]:
    """A wish in words as its event holds it; empty for none."""
    text = " ".join(words.split())
    if len(text) > LONGEST_WISH:
        raise FtassistError(
            f"a wish of {len(text):,} characters is too long",
            where="wish",
            fix=f"say it in {LONGEST_WISH:,} characters; one wish at a time is followed best",
        )
    return {"words": text} if text else {}


def _refuse_count(count: int, most: int, noun: str, where: str) -> None:
    if not 1 <= count <= most:
        raise FtassistError(
            f"{count} {noun} cannot be asked for", where=where, fix=f"ask for 1 to {most}"
        )


def _cannot(verb: str, trial: Trial, fix: str) -> FtassistError:
    return FtassistError(
        f"{trial.id} is {trial.status} and cannot {verb}", where=trial.id, fix=fix
    )
