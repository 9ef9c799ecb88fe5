"""The sealed test split: opened once, for one trial, and the opening is on record.

The opening is written to the journal before anything is scored, so a crash in between cannot
give a second free look. The base, the trial and its fresh seeds are scored in the one opening.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ftassist.campaign import queries
from ftassist.campaign.campaign import Campaign, person
from ftassist.campaign.sealing import interrupted, openable, refuse_second, runs_of
from ftassist.campaign.workers import register
from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE, Trial
from ftassist.records.baseline import ScoredBaseline
from ftassist.records.feedback import TrialFeedback
from ftassist.records.final import OpenedTest
from ftassist.search.verdict import judge, judge_final

if TYPE_CHECKING:
    from ftassist.search.verdict import Verdict


def open_test(
    campaign: Campaign,
    trial: str | None = None,
    *,
    again: bool = False,
    actor: str | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
) -> OpenedTest:
    """Opens the sealed test split for one trial, and returns what was found.

    Args:
        trial: The trial; None for the finalist, or else the best.
        again: Open it although it was opened before; the report tells.
        actor: Who opens it; None for whoever uses this process.
        on_progress: Called with a line for each step.

    Raises:
        SealedError: It was opened before and `again` is not set.
        FtassistError: A model that it needs was removed; the split stays sealed.
    """
    chosen = openable(campaign, trial, again=again)
    runs = runs_of(campaign.state, chosen)

    def check(_: int) -> None:
        refuse_second(campaign.refresh(), chosen, again=again)

    if not interrupted(campaign.state, chosen):
        campaign.journal.append_when(
            check,
            actor=actor or person(),
            kind=Kind.TEST_OPENED,
            trial=chosen.id,
            payload={"reason": "asked for by name, again" if again else "the end of the search"},
        )
    scores, baselines = _score(campaign, [campaign.state.base, *runs], on_progress)
    found = OpenedTest(scores, _verdict(campaign, runs), tuple(t.id for t in runs), baselines)
    campaign.say(Kind.TEST_SCORED, found.to_dict(), trial=chosen.id, actor="evaluator")
    campaign.refresh()
    return found


def _score(
    campaign: Campaign, trials: list[Trial], on_progress: Callable[[str], None]
) -> tuple[dict[str, TrialFeedback], tuple[ScoredBaseline, ...]]:
    """Test scores of some trials, and of the strongest classical baseline where there is one."""
    scores: dict[str, TrialFeedback] = {}
    baselines: tuple[ScoredBaseline, ...] = ()
    strongest = campaign.state.strongest_baseline
    with EvaluatorProcess(log=campaign.folder / "logs" / "final.log") as evaluator:
        for trial in {trial.id: trial for trial in trials}.values():
            on_progress(f"scoring {trial.id} on the test split")
            register(campaign, trial.id, evaluator)
            model = None if trial.id == BASE else "model"
            scores[trial.id] = evaluator.evaluate(trial.id, "test", model=model)
        if strongest:
            on_progress(f"scoring the {strongest.name} on the test split")
            rows, seed = campaign.state.budget.rows, campaign.state.settings.seed
            found = evaluator.baselines(BASE, rows, seed, "test")
            baselines = tuple(one for one in found if one.key == strongest.key)
    return scores, baselines


def _verdict(campaign: Campaign, runs: list[Trial]) -> Verdict:
    """The trial against the base on test: over fresh seeds where there are two, else alone."""
    metric = campaign.card.metric
    base = queries.scores(campaign, BASE, "test")
    views = queries.views(campaign, "test")
    fresh = [queries.scores(campaign, t.id, "test") for t in runs[1:]]
    if len(fresh) >= 2:
        return judge_final(fresh, base, metric, BASE, views=views)
    return judge(queries.scores(campaign, runs[0].id, "test"), base, metric, BASE, (), 1, views)
