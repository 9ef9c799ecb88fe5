"""Scoring the base and the classical baselines, and measuring speed, beside the runner's loop.

Without its score nothing can be compared, so nothing else runs meanwhile; but a person may stop
or pause a campaign whose base takes long to score, and the runner must go on hearing them. The
evaluator does the work in its own process; a thread here only waits for its answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftassist.campaign.background import begin
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.inputs import why_gone
from ftassist.campaign.speed import SpeedRun
from ftassist.campaign.workers import register
from ftassist.errors import FtassistError
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE
from ftassist.records.baseline import ScoredBaseline
from ftassist.records.speed import UNMEASURED, MeasuredSpeed

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.process import EvaluatorProcess


Answer = tuple[list[ScoredBaseline], MeasuredSpeed | str, float]
"""The classical baselines, what was measured of the speed, and the seconds before that."""


class BaseScoring:
    """The scoring of one campaign's base model.

    Args:
        scorer: Gives its evaluator, started.
        lost: Whether an error is the evaluator's own death, after which to try again.
    """

    def __init__(
        self,
        campaign: Campaign,
        scorer: Callable[[], EvaluatorProcess],
        lost: Callable[[FtassistError], bool],
    ) -> None:
        self._campaign = campaign
        self._scorer = scorer
        self._lost = lost
        self._evaluator: EvaluatorProcess | None = None
        self._speed: SpeedRun | None = None
        self._answer: Future[Answer] | None = None

    @property
    def running(self) -> bool:
        """Whether the evaluator is at it."""
        return self._answer is not None

    def step(self) -> bool:
        """Begins it, or takes note of its end; False while there is only to wait.

        A base that cannot be scored stops the campaign; the next runner tries again.
        """
        if self._answer is None:
            self._begin()
        elif not self._answer.done():
            return False
        else:
            self._finish(self._answer)
        return True

    def stop(self, reason: str) -> None:
        """Gives it up, by ending the evaluator, which is started again when it is needed."""
        if self._answer is None:
            return
        self._answer = None
        if self._evaluator:
            self._evaluator.stop()
        if self._speed:
            self._speed.stop()
        self._say(Kind.TRIAL_STOPPED, {"reason": reason})

    def _begin(self) -> None:
        self._say(Kind.TRIAL_STARTED, {"isolation": "none"})
        self._say(Kind.STAGE_STARTED, {"stage": "evaluate"})
        self._speed = SpeedRun(self._campaign)
        try:
            self._evaluator = evaluator = self._scorer()
            register(self._campaign, BASE, evaluator)
        except FtassistError as error:
            self._answer = Future()
            self._answer.set_exception(error)
            return
        rows = self._campaign.state.budget.rows
        seed = self._campaign.state.settings.seed
        speed = self._speed if self._speed.wanted else None
        self._answer = begin(lambda: _ask(evaluator, rows, seed, speed), "base")

    def _finish(self, answer: Future[Answer]) -> None:
        self._answer = None
        try:
            baselines, speed, seconds = answer.result()
        except FtassistError as error:
            if self._lost(error):
                return
            if why := why_gone(self._campaign):  # the runner pauses, and it is scored later
                self._say(Kind.TRIAL_STOPPED, {"reason": why})
                return
            failure = {"class": "CONFIG", "stage": None, "message": str(error), "traceback": ""}
            self._say(Kind.TRIAL_FAILED, failure)
            reason = f"the base cannot be scored: {error}"
            self._campaign.say(Kind.CAMPAIGN_STOPPED, {"reason": reason}, actor="runner")
            return
        summary = {"stage": "evaluate", "seconds": seconds, "summary": ""}
        self._say(Kind.STAGE_FINISHED, summary)
        if isinstance(speed, str):
            text = f"the speed of a training could not be measured: {speed}"
            self._campaign.say(Kind.NOTE, {"text": text, "kind": "speed"}, actor="runner")
        elif speed:
            scoring = self._campaign.refresh().base.feedback.seconds
            measured = replace(speed, scoring_seconds=scoring)
            self._campaign.say(Kind.SPEED_MEASURED, measured.to_dict(), actor="runner")
        if baselines:
            told = {"baselines": [baseline.to_dict() for baseline in baselines]}
            self._campaign.say(Kind.BASELINES_SCORED, told, actor="evaluator")
        self._say(Kind.TRIAL_COMPLETED, {"seconds": {"evaluate": seconds}})

    def _say(self, kind: Kind, payload: dict[str, Any]) -> None:
        self._campaign.say(kind, payload, trial=BASE, actor="runner")


def _ask(evaluator: EvaluatorProcess, rows: int, seed: int, speed: SpeedRun | None) -> Answer:
    """Waits for the score, the classical baselines and the speed, or for the evaluator's end.

    One after the other: what is measured beside other work is not what a trial will find.
    """
    started = time.monotonic()
    evaluator.evaluate(BASE, "validation")
    baselines = evaluator.baselines(BASE, rows, seed)
    seconds = time.monotonic() - started
    return baselines, speed.measure() if speed else UNMEASURED, seconds
