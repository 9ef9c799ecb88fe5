"""Whether a trial gains more on the items an agent was shown than on those that select.

A query over item scores: nothing here is stored, and nothing is asked of a model.
"""

from __future__ import annotations

from dataclasses import dataclass

from ftassist.campaign import queries
from ftassist.campaign.campaign import Campaign
from ftassist.journal.state import BASE, Trial
from ftassist.numerals import signed
from ftassist.search.verdict import Verdict, judge
from ftassist.statistics.independent import Gap, gap


@dataclass(frozen=True)
class ShownGain:
    """What a trial gains over the base, on both parts of the validation items.

    Attributes:
        shown: Against the base, on the items that may be shown.
        others: The same on the items that select.
        gap: The first gain less the second, with its 95 % interval.
    """

    trial: str
    shown: Verdict
    others: Verdict
    gap: Gap

    @property
    def learned(self) -> bool:
        """Whether the gain on shown items is larger by more than chance explains."""
        return self.gap.low > 0.0

    def sentence(self) -> str:
        """For people."""
        said = (
            f"{self.trial} gains {_told(self.shown)} on the {self.shown.n} items that are shown, "
            f"{_told(self.others)} on the {self.others.n} that select: {_told(self.gap)} more"
        )
        if self.learned:
            return f"{said}. It has learned what is shown"
        return f"{said}, which chance explains"


def shown_gains(campaign: Campaign) -> dict[str, ShownGain]:
    """The gains of every scored trial; none where what is shown also selects."""
    scored = [t for t in campaign.refresh().trials.values() if t.role == "trial"]
    found = (shown_gain(campaign, trial) for trial in scored if trial.score is not None)
    return {gain.trial: gain for gain in found if gain is not None}


def shown_gain(campaign: Campaign, trial: Trial) -> ShownGain | None:
    """The gains of a trial; None where nothing is set apart, or item scores are gone."""
    if trial.score is None or not (trial.feedback.shown and _kept(campaign, trial.id)):
        return None
    digests = tuple(campaign.state.trials[t].feedback.scores_digest for t in (BASE, trial.id))
    return queries.remembered(
        campaign, f"shown gain {trial.id}", digests, lambda: _compared(campaign, trial.id)
    )


def _compared(campaign: Campaign, trial: str) -> ShownGain:
    views, metric = queries.views(campaign), campaign.card.metric
    shown, others = (
        judge(read(campaign, trial), read(campaign, BASE), metric, BASE, (), 1, views)
        for read in (queries.shown_scores, queries.scores)
    )
    return ShownGain(trial, shown, others, gap(_ends(shown), _ends(others)))


def _kept(campaign: Campaign, trial: str) -> bool:
    files = (campaign.folder / "scores" / f"{name}.validation.json" for name in (BASE, trial))
    return all(file.is_file() for file in files)


def _ends(verdict: Verdict) -> tuple[float, float, float]:
    return verdict.difference, verdict.low, verdict.high


def _told(found: Verdict | Gap) -> str:
    difference, low, high = (signed(v, 3) for v in (found.difference, found.low, found.high))
    return f"{difference} [{low}, {high}]"
