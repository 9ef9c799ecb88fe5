"""Dry runs of a campaign's proposals: whether they are wanted, what they run, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ftassist.agent.backends.anthropic.hearing import CallCancelledError
from ftassist.agent.backends.link import Progress
from ftassist.agent.backends.names import RECIPES_ONLY
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.workers import trial_spec
from ftassist.isolation.support import probe
from ftassist.journal.events import Kind
from ftassist.journal.state import State, Trial
from ftassist.trial.failures import RunStoppedError
from ftassist.trial.job import TrialSpec
from ftassist.trial.tried import Tried

UNISOLATED = "nothing isolates cells here, and nobody has allowed a model's to run so"


def wanted(state: State) -> bool:
    """Whether proposals are tried before they are made."""
    return bool(state.settings.get("dry_run"))


def trier(
    campaign: Campaign,
    say: Callable[[str, Mapping[str, object]], None],
    ended: Callable[[], bool],
    show: Callable[[Progress], None],
) -> Callable[[Mapping[str, str]], Tried] | None:
    """Tries cells and writes down how they went; None where that is not wanted.

    Args:
        campaign: The campaign.
        say: Writes an event.
        ended: Whether to end it; asked now and then.
        show: Shows that it goes on.
    """
    if not wanted(campaign.state):
        return None
    rounds = [0]

    def tried(cells: Mapping[str, str]) -> Tried:
        rounds[0] += 1
        show(Progress("dry run", "", "trying", tail="the cells on a few rows, for two steps"))
        found = _tried(campaign, cells, ended)
        say(Kind.CELLS_TRIED, {**found.to_dict(), "round": rounds[0]})
        return found

    return tried


def _tried(campaign: Campaign, cells: Mapping[str, str], ended: Callable[[], bool]) -> Tried:
    from ftassist.trial.dry_run import dry_run  # loads what starts kernels

    state = campaign.refresh()
    if not (_recipes_only(state) or state.consent or probe().works):
        return Tried.unsettled(UNISOLATED)
    try:
        return dry_run(campaign.folder, _spec(campaign, cells), ended=ended)
    except RunStoppedError as error:
        raise CallCancelledError(error.what, started=True) from error


def _recipes_only(state: State) -> bool:
    """Whether the campaign's agent writes calls of recipes and nothing else."""
    return str(state.settings.get("backend")) in RECIPES_ONLY


def _spec(campaign: Campaign, cells: Mapping[str, str]) -> TrialSpec:
    """What the cells of a proposal would run with."""
    state = campaign.state
    seed = int(state.settings.get("seed", 0))
    return trial_spec(campaign, Trial(id=state.next_id(), seed=seed, cells=dict(cells)))
