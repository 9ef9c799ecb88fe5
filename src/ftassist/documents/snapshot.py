"""A snapshot: everything a face needs to draw a campaign at one moment.

Reads a campaign once; whoever draws from it reads no file, no journal and no clock. Decides
nothing: the best trial is the one the search room named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.campaign import attribution, queries, trial_files
from ftassist.errors import UnknownNameError
from ftassist.journal.state import State, Trial
from ftassist.records.metric import Metric

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.campaign.attribution import Worth
    from ftassist.documents.progress import Moment

Curve = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Snapshot:
    """A campaign at one moment.

    Attributes:
        name: The campaign's name.
        folder: Where it lives.
        state: What the journal tells.
        best: The best trial as the policy ranks them; None while nothing has a score.
        alive: Whether a runner works on it.
        curves: Training metrics by trial, as far as they were read.
        metric: The headline metric: name, higher_is_better, binary, unit, percent (whether a
            score is a share of 1, shown as a percentage).
        worths: What each of several changes was worth, by trial, where it was taken apart.
        front: Trials that no other beats in every metric; empty where the task has only one.
        moments: What each running trial does now; empty without a runner.
        damage: Where the journal stops being readable; "" for a sound one.
    """

    name: str
    folder: Path
    state: State
    best: str | None = None
    alive: bool = False
    curves: Mapping[str, Curve] = field(default_factory=dict)
    metric: Mapping[str, Any] = field(default_factory=dict)
    worths: Mapping[str, Sequence[Worth]] = field(default_factory=dict)
    front: frozenset[str] = frozenset()
    moments: Sequence[Moment] = ()
    damage: str = ""

    def trial(self, name: str) -> Trial:
        """The trial of that id; "best" and "base" name theirs, "3" and "t3" stand for "t0003".

        Raises:
            UnknownNameError: No such trial; names the nearest.
        """
        trials = self.state.trials
        wanted = {"best": self.best, "base": "t0000"}.get(name) or name
        short = wanted.lower().removeprefix("t")
        if short.isdecimal():
            wanted = f"t{int(short):04d}"
        if wanted not in trials:
            raise UnknownNameError.of("trial", name, trials)
        return trials[wanted]

    def parent(self, trial: Trial) -> Trial | None:
        """The trial it starts from; None for the base."""
        return self.state.trials.get(trial.parent) if trial.parent else None

    @property
    def best_path(self) -> tuple[str, ...]:
        """The ids from the base to the best trial."""
        return tuple(t.id for t in self.state.path(self.best)) if self.best else ()


def take(campaign: Campaign, *, curves: bool = False, worths: bool = True) -> Snapshot:
    """A snapshot of a campaign.

    Args:
        curves: Whether to read the training metrics of all its trials.
        worths: Whether to compare trials that were taken apart, which reads item scores.
    """
    from ftassist.documents.progress import moments

    state = campaign.refresh()
    alive = campaign.runner_alive()
    read = (
        {name: trial_files.curve(campaign.folder, name) for name in state.trials} if curves else {}
    )
    damage = campaign.journal.damage
    metric = campaign.card.metric
    front = queries.front_of(state, campaign.card)
    return Snapshot(
        name=campaign.name,
        folder=campaign.folder,
        state=state,
        best=queries.best(campaign),
        alive=alive,
        curves={name: rows for name, rows in read.items() if rows},
        metric=_metric_document(metric),
        worths=attribution.all_worths(campaign) if worths else {},
        front=frozenset(front.values if front else ()),
        moments=moments(campaign, state) if alive else (),
        damage=f"event {damage.seq}: {damage.what}" if damage else "",
    )


def _metric_document(metric: Metric) -> dict[str, Any]:
    """What a face needs to show a score: direction, unit, and whether it is a share of 1."""
    return {
        "name": metric.name,
        "higher_is_better": metric.higher_is_better,
        "binary": metric.binary,
        "unit": metric.unit,
        "percent": not metric.unit and (metric.binary or metric.fraction),
    }
