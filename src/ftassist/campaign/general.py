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
from ftassist.dojo.task import PANEL, Task, read_card
from ftassist.errors import FtassistError
from ftassist.files import read_json
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE, State, Trial
from ftassist.records.metric import Metric
from ftassist.records.panel import PanelDifference, PanelPart, PanelScore
from ftassist.statistics.noninferiority import compare_with_margin

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.process import EvaluatorProcess

MARGIN = 0.05
"""The loss of right answers that does not matter, as a share."""
SHARE = 0.1
"""Of a trial's own time, what asking it may take at most; the base is asked once, as long."""


def questions() -> int:
    """How many questions the panel has."""
    return Task(read_card(PANEL / "card.yaml"), PANEL).size("validation")


def wanted(state: State) -> bool:
    """Whether the base and a finalist of this campaign are scored on the panel."""
    return bool(state.settings.panel)


def allowed(trial: Trial) -> float | None:
    """Seconds that questions about a trial may take; None where nobody knows what it took."""
    return SHARE * trial.seconds if trial.seconds else None


def due_now(state: State, metric: Metric) -> str | None:
    """The trial that is to be asked while the search goes on; None for none.

    The best so far, so that what is grown from it can be judged by what it forgot; and what was
    grown from one that forgot, to see whether that came back.
    """
    if not wanted(state) or state.finalist:
        return None
    scored = [t for t in state.trials.values() if t.verdict and t.status == "scored"]
    grown = [t for t in scored if _forgot(state.trials.get(t.parent or ""))]
    sign = 1.0 if metric.higher_is_better else -1.0
    best = max(scored, key=lambda t: sign * (t.score or 0.0), default=None)
    leading = [best] if best is not None and best.verdict.kind == "better" else []
    return next((t.id for t in (*leading, *grown) if not t.general), None)


def _forgot(trial: Trial | None) -> bool:
    """Whether a trial was asked and is not shown to keep what the base could do."""
    return bool(trial and trial.general.against and trial.general.against.kind != "kept")


def missing(state: State, trial: str) -> list[str]:
    """Who is still to be scored so that a trial can be told from the base, the base first."""
    return [name for name in dict.fromkeys((BASE, trial)) if not state.trials[name].general]


def score_panel(
    campaign: Campaign, trial: Trial, evaluator: EvaluatorProcess, seconds: float | None = None
) -> PanelScore:
    """Scores a trial's model, or the base, on the panel, and writes what was found.

    With a limit of seconds as many questions are asked as fit in, of each kind as many.

    Raises:
        FtassistError: Its model is gone, or refused.
    """
    if trial.id != BASE:
        campaign.model_folder(trial.id)
    register(campaign, trial.id, evaluator)
    model = None if trial.id == BASE else "model"
    found = evaluator.panel(trial.id, model=model, seconds=seconds)
    base = campaign.refresh().base.general
    views = found.view_scores
    compared = trial.id != BASE and base.score is not None
    score = PanelScore(
        score=found.score,
        low=found.low,
        high=found.high,
        n=found.n,
        size=max(found.n, questions()),
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
    return PanelDifference(*found, moved, len(shared), parts)


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
    """Scores trials on the panel beside the runner's loop: the best so far, and the finalist.

    Args:
        scorer: Gives its evaluator, started.
    """

    def __init__(self, campaign: Campaign, scorer: Callable[[], EvaluatorProcess]) -> None:
        self._campaign = campaign
        self._scorer = scorer
        self._waiting: tuple[str, Future[None]] | None = None
        self._for_sake: set[str] = set()

    @property
    def running(self) -> bool:
        """Whether the evaluator is at it."""
        return self._waiting is not None and not self._waiting[1].done()

    def due(self, state: State) -> bool:
        """Whether something is to be scored, or its end noted, before the search goes on.

        So the next proposal is made, and the finalist claimed, with what was found. The score is
        in the journal a moment before its thread has ended.
        """
        return self._waiting is not None or self._next(state) is not None

    def _next(self, state: State) -> tuple[Trial, Trial] | None:
        """Who is asked next, and the trial for whose sake."""
        if not wanted(state):
            return None
        name = state.finalist or due_now(state, self._campaign.card.metric)
        asked = missing(state, name) if name else []
        if name is None or not asked:
            return None
        # A trial that was too short for the base's questions is no reason for the next one.
        again = state.base.general.score is None and name not in self._for_sake
        return state.trials[BASE if again else asked[0]], state.trials[name]

    def step(self, state: State) -> bool:
        """Begins with who is next, or takes note of its end; False while there is only to wait."""
        if self._waiting is None:
            asked = self._next(state)
            assert asked is not None
            trial, sake = asked
            if trial.id == BASE:
                self._for_sake.add(sake.id)
            seconds = allowed(sake)
            self._waiting = (trial.id, begin(lambda: self._score(trial, seconds), "panel"))
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

    def _score(self, trial: Trial, seconds: float | None) -> None:
        score_panel(Campaign.open(self._campaign.folder), trial, self._scorer(), seconds)


def look(
    campaign: Campaign, trial: str | None, on_progress: Callable[[str], None] = lambda _: None
) -> Trial:
    """Scores a trial, and the base first, on the whole panel unless that is known.

    A person's wish has no limit of time: who was asked a part of the questions is asked all.
    Returns the trial.

    Args:
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
    names = dict.fromkeys((BASE, chosen.id))
    again = [name for name in names if not _whole(state.trials[name].general)]
    if BASE in again:  # what the trial was compared with is no more
        again = list(names)
    if again:
        with EvaluatorProcess(log=campaign.folder / "logs" / "general.log") as evaluator:
            for name in again:
                on_progress(f"asking {name} the general questions")
                score_panel(campaign, campaign.trial(name), evaluator)
    return campaign.trial(chosen.id)


def _whole(found: PanelScore) -> bool:
    """Whether all questions were answered."""
    return found.score is not None and found.size in (None, found.n)
