"""Dry runs of a campaign's proposals: whether they are wanted, what they run, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ftassist.agent.advice import advice_for, sizes_of
from ftassist.agent.backends.anthropic.stream import CallCancelledError
from ftassist.agent.backends.link import Progress
from ftassist.agent.backends.names import RECIPES_ONLY
from ftassist.agent.dry_run import broke, told
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.workers import trial_spec
from ftassist.errors import CellError, FtassistError
from ftassist.isolation.support import probe
from ftassist.journal.events import Kind
from ftassist.journal.state import State, Trial
from ftassist.records.proposal import DryRun
from ftassist.records.tried import Tried
from ftassist.trial.failures import RunStoppedError
from ftassist.trial.job import TrialSpec

UNISOLATED = "nothing isolates cells here, and nobody has allowed a model's to run so"


def wanted(state: State, *, unsaid: bool = False) -> bool:
    """Whether proposals are tried before they are made.

    Args:
        unsaid: What holds where nobody has said it.
    """
    said = state.settings.dry_run
    return unsaid if said is None else said


def trier(
    campaign: Campaign,
    say: Callable[[str, Mapping[str, object]], None],
    ended: Callable[[], bool],
    show: Callable[[Progress], None],
) -> Callable[[Mapping[str, str]], Tried] | None:
    """Tries cells and writes down how they went; None where that is not wanted.

    Args:
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
        try:
            found = _tried(campaign, cells, ended, by_rules=_recipes_only(campaign.refresh()))
        except RunStoppedError as error:
            raise CallCancelledError(error.what, started=True) from error
        say(Kind.CELLS_TRIED, {**found.to_dict(), "round": rounds[0]})
        return found

    return tried


def tried_for(campaign: Campaign, cells: Mapping[str, str], actor: str) -> DryRun:
    """Tries the cells of an agent outside, writes down how they went, and what its card tells.

    Nothing is proposed and no trial is used; what breaks is for the agent to mend.

    Args:
        cells: The cells, by stage.
        actor: Who handed them in.

    Raises:
        CellError: They break; says where, how, and the end of what was printed.
        FtassistError: The campaign was stopped meanwhile.
    """
    try:
        found = _tried(campaign, cells, lambda: campaign.refresh().phase == "stopped")
    except RunStoppedError as error:
        why = "the campaign was stopped while the cells were tried"
        raise FtassistError(why, where=campaign.name, fix="submit when it goes on") from error
    campaign.say(Kind.CELLS_TRIED, {**found.to_dict(), "round": 1}, actor=actor)
    if not found.passed:
        advice = advice_for(found.failure, sizes_of(cells))
        raise CellError(
            f"the cells break in a dry run on a few rows: {broke(found)}\n{found.log}".rstrip(),
            where=found.stage,
            fix=f"{advice} Then submit again: nothing was proposed, and no trial was used",
        )
    return told([found])


def _tried(
    campaign: Campaign,
    cells: Mapping[str, str],
    ended: Callable[[], bool],
    *,
    by_rules: bool = False,
) -> Tried:
    from ftassist.trial.dry_run import dry_run  # loads what starts kernels

    if not (by_rules or campaign.refresh().consent or probe().works):
        return Tried.unsettled(UNISOLATED)
    return dry_run(campaign.folder, _spec(campaign, cells), ended=ended)


def _recipes_only(state: State) -> bool:
    """Whether the campaign's agent writes calls of recipes and nothing else."""
    return state.settings.backend in RECIPES_ONLY


def _spec(campaign: Campaign, cells: Mapping[str, str]) -> TrialSpec:
    """What the cells of a proposal would run with."""
    state = campaign.state
    seed = state.settings.seed
    return trial_spec(campaign, Trial(id=state.next_id(), seed=seed, cells=dict(cells)))
