"""What a fine-tuning costs in general: the panel, for the base and for a finalist.

The panel (`dojo/panel/`) has nothing to do with the task. A trial's answers are compared with the
base's item by item, against a margin stated beforehand. It selects no trial; the claim says it
beside what was gained. The evaluator does the work; a thread here waits for its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from ftassist.campaign import queries
from ftassist.campaign.background import begin
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.workers import register
from ftassist.errors import FtassistError
from ftassist.files import read_json
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE, State, Trial
from ftassist.records.panel import PanelDifference, PanelPart, PanelScore
from ftassist.statistics.noninferiority import compare_with_margin

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.process import EvaluatorProcess

MARGIN = 0.05
"""The loss of right answers that does not matter, as a share."""


def wanted(state: State) -> bool:
    """Whether the base and a finalist of this campaign are scored on the panel."""
    return bool(state.settings.panel)


def missing(state: State, trial: str) -> list[str]:
    """Who is still to be scored so that a trial can be told from the base, the base first."""
    return [name for name in dict.fromkeys((BASE, trial)) if not state.trials[name].general]


def score_panel(campaign: Campaign, trial: Trial, evaluator: EvaluatorProcess) -> PanelScore:
    """Scores a trial's model, or the base, on the panel, and writes what was found.

    Raises:
        FtassistError: Its model is gone, or refused.
    """
    if trial.id != BASE:
        campaign.model_folder(trial.id)
    register(campaign, trial.id, evaluator)
    found = evaluator.panel(trial.id, model=None if trial.id == BASE else "model")
    base = campaign.refresh().base.general
    views = found.view_scores
    compared = trial.id != BASE and base.score is not None
    score = PanelScore(
        score=found.score,
        low=found.low,
        high=found.high,
        n=found.n,
        views=views,
        seconds=found.seconds,
        digest=found.evaluator_digest,
        against=_against(campaign, trial.id, views, base.views) if compared else None,
    )
    campaign.say(Kind.PANEL_SCORED, score.to_dict(), trial=trial.id, actor="evaluator")
    campaign.refresh()
    return score


def _against(
    campaign: Campaign, trial: str, views: Mapping[str, float], base: Mapping[str, float]
) -> PanelDifference | None:
    """The trial minus the base; None where they share no question."""
    mine, theirs = _items(campaign, trial), _items(campaign, BASE)
    shared = [name for name in theirs if name in mine]
    if not shared:
        return None
    found = compare_with_margin(
        [mine[name] for name in shared], [theirs[name] for name in shared], MARGIN
    )
    moved = {name: views[name] - base[name] for name in views if name in base}
    parts = {
        view: _part(mine, theirs, names) for view, names in _by_view(campaign, shared).items()
    }
    return PanelDifference(*found, moved, parts)


def _part(
    mine: Mapping[str, float], theirs: Mapping[str, float], names: Sequence[str]
) -> PanelPart:
    """How sure the difference in one kind of question is."""
    found = compare_with_margin(
        [mine[name] for name in names], [theirs[name] for name in names], MARGIN
    )
    return PanelPart(len(names), found.low, found.high)


def _by_view(campaign: Campaign, names: Sequence[str]) -> dict[str, list[str]]:
    """The questions of each kind, of those named."""
    views = {str(item["id"]): str(item["view"]) for item in _scores(campaign, BASE)["items"]}
    return {
        view: [name for name in names if views[name] == view]
        for view in dict.fromkeys(views[name] for name in names)
    }


def _items(campaign: Campaign, trial: str) -> dict[str, float]:
    return queries.item_scores(_scores(campaign, trial))


def _scores(campaign: Campaign, trial: str) -> dict[str, Any]:
    """What the evaluator wrote of each question."""
    return dict(read_json(campaign.folder / "scores" / f"{trial}.general.json"))


class PanelScoring:
    """Scores the finalist on the panel beside the runner's loop, before it is claimed.

    Args:
        campaign: The campaign.
        scorer: Gives its evaluator, started.
    """

    def __init__(self, campaign: Campaign, scorer: Callable[[], EvaluatorProcess]) -> None:
        self._campaign = campaign
        self._scorer = scorer
        self._waiting: tuple[str, Future[None]] | None = None

    @property
    def running(self) -> bool:
        """Whether the evaluator is at it."""
        return self._waiting is not None and not self._waiting[1].done()

    def due(self, state: State) -> bool:
        """Whether something is to be scored, or its end noted, before the finalist is claimed.

        The score is in the journal a moment before its thread has ended.
        """
        if self._waiting is not None:
            return True
        return bool(wanted(state) and state.finalist and missing(state, state.finalist))

    def step(self, state: State) -> bool:
        """Begins with who is next, or takes note of its end; False while there is only to wait."""
        if self._waiting is None:
            assert state.finalist is not None
            trial = state.trials[missing(state, state.finalist)[0]]
            self._waiting = (trial.id, begin(lambda: self._score(trial), "panel"))
            return True
        name, answer = self._waiting
        if not answer.done():
            return False
        self._waiting = None
        try:
            answer.result()
        except FtassistError as error:  # a claim is made without it, and says so
            failed = PanelScore(failed=error.what).to_dict()
            self._campaign.say(Kind.PANEL_SCORED, failed, trial=name, actor="runner")
        return True

    def _score(self, trial: Trial) -> None:
        score_panel(Campaign.open(self._campaign.folder), trial, self._scorer())


def look(
    campaign: Campaign, trial: str | None, on_progress: Callable[[str], None] = lambda _: None
) -> Trial:
    """Scores a trial, and the base first, on the panel unless that is known; returns the trial.

    Args:
        campaign: The campaign.
        trial: A scored trial; None for the finalist, or else the best.
        on_progress: Called with a line for each step.

    Raises:
        UnknownNameError: There is no such trial.
        FtassistError: It has no model, or the model is refused.
    """
    from ftassist.dojo.evaluator.process import EvaluatorProcess

    state = campaign.refresh()
    chosen = campaign.trial(trial or state.finalist or queries.best(campaign) or BASE)
    if chosen.status != "scored":
        raise FtassistError(
            f"{chosen.id} is {chosen.status}; only scored trials have a model to ask",
            where=chosen.id,
            fix="choose a scored trial (see `ftassist tree`)",
        )
    again = [n for n in dict.fromkeys((BASE, chosen.id)) if state.trials[n].general.score is None]
    if again:
        with EvaluatorProcess(log=campaign.folder / "logs" / "general.log") as evaluator:
            for name in again:
                on_progress(f"asking {name} the general questions")
                score_panel(campaign, campaign.trial(name), evaluator)
    return campaign.trial(chosen.id)
