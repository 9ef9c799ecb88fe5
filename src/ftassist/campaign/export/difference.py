"""Does an export behave as its trial was scored: the difference on the same items, and a bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.campaign import queries
from ftassist.files import read_json
from ftassist.search.verdict import judge

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign
    from ftassist.records.metric import Metric

FRACTION_BOUND = 0.01
"""Loss up to which an export passes where scores are fractions: one point of a hundred."""

RELATIVE_BOUND = 0.01
"""The same for other metrics, as a share of the trial's score."""


@dataclass(frozen=True)
class ExportDifference:
    """An export against its trial, on the same items.

    Attributes:
        trial_score: The trial's score.
        export_score: The export's.
        difference: Export less trial, greater is better.
        low: Lower end of its paired 95 % interval.
        high: Upper end.
        n: Items.
        method: What computed it, in words.
        bound: The loss that was allowed.
        same: Share of items whose answers are the same to the letter.
        by_view: Whether views weigh alike in the difference, however many items they have.
    """

    trial_score: float
    export_score: float
    difference: float
    low: float
    high: float
    n: int
    method: str
    bound: float
    same: float
    by_view: bool = False

    @property
    def within(self) -> bool:
        """Whether it loses no more than allowed."""
        return self.difference >= -self.bound

    def to_dict(self) -> dict[str, Any]:
        """The difference as JSON."""
        return asdict(self)

    def sentence(self) -> str:
        """The difference in words."""
        return (
            f"export {self.export_score:.4g}, trial {self.trial_score:.4g}: difference "
            f"{self.difference:+.4g} [{self.low:+.4g}, {self.high:+.4g}] on the same {self.n} "
            f"items{', views weighing alike' if self.by_view else ''}; "
            f"{self.same:.0%} of the answers are the same to the letter"
        )


def compare(
    campaign: Campaign,
    trial: str,
    scores: Path,
    feedback: Mapping[str, Any],
    bound: float | None,
) -> ExportDifference:
    """Compares an export's item scores with its trial's.

    Args:
        scores: The export's scores file.
        feedback: The evaluator's word on the export.
        bound: The loss that is allowed, in the metric's unit; None for the usual one.
    """  # fmt: skip
    card = campaign.card
    known = campaign.trial(trial)
    allowed = usual_bound(card.metric, float(known.score or 0.0)) if bound is None else bound
    exported = read_json(scores)
    theirs = exported["items"]
    ours = read_json(campaign.folder / "scores" / f"{known.id}.validation.json")["items"]
    items = queries.item_scores(exported, card.headline_views)
    views = queries.views(campaign, "validation")
    verdict = judge(items, queries.scores(campaign, known.id), card.metric, known.id, (), 1, views)
    before = {str(item["id"]): item["output"] for item in ours}
    same = [before.get(str(item["id"])) == item["output"] for item in theirs]
    return ExportDifference(
        float(known.score or 0.0),
        float(feedback["score"]),
        verdict.difference,
        verdict.low,
        verdict.high,
        verdict.n,
        verdict.method,
        allowed,
        sum(same) / len(same),
        views is not None,
    )


def usual_bound(metric: Metric, score: float) -> float:
    """The loss that is allowed where a person names none."""
    if metric.binary or metric.fraction:
        return FRACTION_BOUND
    return RELATIVE_BOUND * abs(score)
