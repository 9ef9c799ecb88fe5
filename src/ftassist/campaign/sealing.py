"""Whether the sealed test split may be opened, and for which trial. Opens and scores nothing."""

from __future__ import annotations

from ftassist.campaign import queries
from ftassist.campaign.campaign import Campaign
from ftassist.errors import FtassistError, SealedError
from ftassist.journal.state import BASE, State, Trial


def openable(campaign: Campaign, trial: str | None = None, *, again: bool = False) -> Trial:
    """The trial that the test split would be opened for.

    An opening that a crash kept from being scored is gone on with, and is no second one.

    Args:
        trial: The trial; None for the finalist, or else the best.
        again: It may have been opened before.

    Raises:
        UnknownNameError: There is no such trial.
        SealedError: It was opened before and `again` is not set.
        FtassistError: The trial has no score, or a model to score was removed.
    """
    chosen = _chosen(campaign, trial)
    if not interrupted(campaign.state, chosen):
        refuse_second(campaign.state, chosen, again=again)
    for run in runs_of(campaign.state, chosen):
        if run.id != BASE:
            campaign.model_folder(run.id)
    return chosen


def runs_of(state: State, chosen: Trial) -> list[Trial]:
    """What an opening scores beside the base: the trial and its scored fresh-seed replicates."""
    return [chosen, *(t for t in state.replicates(chosen.id) if t.status == "scored")]


def _chosen(campaign: Campaign, trial: str | None) -> Trial:
    state = campaign.refresh()
    name = trial or state.finalist or queries.best(campaign)
    if name is None:
        raise FtassistError(
            "nothing is scored yet, so there is nothing to open the test split for",
            fix="run the campaign first",
        )
    chosen = campaign.trial(name)
    if chosen.status != "scored":
        raise FtassistError(
            f"{chosen.id} is {chosen.status}; the test split is opened for scored trials only",
            where=chosen.id,
            fix="choose a scored trial (see `ftassist tree`)",
        )
    return chosen


def interrupted(state: State, chosen: Trial) -> bool:
    """Whether the last opening was for this trial and a crash kept it from being scored."""
    if not state.openings:
        return False
    return state.openings[-1].trial == chosen.id and chosen.id not in state.tests


def refuse_second(state: State, chosen: Trial, *, again: bool) -> None:
    """Refuses to open what was opened before, unless that is asked for by name.

    Raises:
        SealedError: It was opened before and `again` is not set.
    """
    if state.openings and not again:
        first = state.openings[0].trial
        raise SealedError(
            f"the test split was opened before, for {first}; a second look is not unbiased",
            where=chosen.id,
            fix="read the first result (`ftassist report`), or ask for it by name with --again",
        )
