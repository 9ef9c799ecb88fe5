"""What each of several changes was worth, from one-change ablations and their item scores.

A query over the journal: nothing here is stored, and nothing is asked of a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ftassist.campaign.campaign import Campaign
from ftassist.campaign.judging import family_size
from ftassist.campaign.queries import remembered, scores, views
from ftassist.journal.state import State, Trial
from ftassist.numerals import signed
from ftassist.search.verdict import judge


@dataclass(frozen=True)
class Worth:
    """What one change did to the metric; greater is better.

    Attributes:
        trial: The trial that changed several things.
        part: The one change, or "the rest" for all others together with it in place.
        difference: The difference it makes.
        low: Lower end of the 95 % interval.
        high: Upper end.
        ablation: The trial that tells.
    """

    trial: str
    part: str
    difference: float
    low: float
    high: float
    ablation: str

    def sentence(self) -> str:
        """For people."""
        worth, low, high = (signed(value, 3) for value in (self.difference, self.low, self.high))
        return f"{self.part}: {worth} [{low}, {high}] ({self.ablation})"


def worths(campaign: Campaign, trial: str) -> list[Worth]:
    """What is known of the changes of a trial; empty before an ablation of it was scored."""
    state = campaign.refresh()
    found: list[Worth] = []
    for ablation in _ablations(state, trial):
        part = ablation.proposal.change.key.split(":", 2)[2]
        verdict = ablation.verdict
        low, high = verdict.low or 0.0, verdict.high or 0.0
        found.append(Worth(trial, part, verdict.difference or 0.0, low, high, ablation.id))
        if state.trials[trial].status == "scored":
            found.append(_rest(campaign, state, trial, part, ablation.id))
    return found


def all_worths(campaign: Campaign) -> dict[str, list[Worth]]:
    """What is known of the changes of all trials that were taken apart, by trial.

    Computed from item scores once for each set of verdicts it rests on.
    """
    state = campaign.refresh()

    def compared() -> dict[str, list[Worth]]:
        found = {name: worths(campaign, name) for name in _taken_apart(state)}
        return {name: parts for name, parts in found.items() if parts}

    return remembered(campaign, "worths", _rests_on(state), compared)


def _rests_on(state: State) -> tuple[Any, ...]:
    """What the comparisons depend on; as long as it is equal, so are they."""
    taken = _taken_apart(state)
    if not taken:
        return ()
    related = [name for one in taken for name in (one, *(a.id for a in _ablations(state, one)))]
    known = [state.trials[name] for name in related]
    trials = tuple((t.id, t.status, t.score, t.verdict.difference) for t in known)
    return (family_size(state), trials)


def _taken_apart(state: State) -> list[str]:
    """The trials that an ablation was proposed of."""
    keys = [trial.proposal.change.key.split(":") for trial in state.trials.values()]
    taken = dict.fromkeys(key[1] for key in keys if key[0] == "ablation" and len(key) == 3)
    return [name for name in taken if name in state.trials]


def _ablations(state: State, trial: str) -> list[Trial]:
    start = f"ablation:{trial}:"
    return [
        other
        for other in state.trials.values()
        if other.proposal.change.key.startswith(start)
        and other.role == "trial"
        and other.verdict.difference is not None
        and other.verdict.against == state.trials[trial].parent
    ]


def _rest(campaign: Campaign, state: State, trial: str, part: str, ablation: str) -> Worth:
    """The other changes together: the whole trial against the ablation."""
    verdict = judge(
        scores(campaign, trial),
        scores(campaign, ablation),
        campaign.card.metric,
        ablation,
        [],
        family_size(state),
        views(campaign),
    )
    name = f"the rest, with {part} in place"
    return Worth(trial, name, verdict.difference, verdict.low, verdict.high, ablation)
