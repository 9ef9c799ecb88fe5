"""The evaluator of a runner: started at its first use, and again if it died.

It keeps its socket and its trials' tokens, so a trial that runs can ask it again.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ftassist.campaign.campaign import Campaign
from ftassist.errors import EvaluatorError, FtassistError

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.process import EvaluatorProcess

MAX_DEATHS = 3
"""Deaths of its own after which an error of the evaluator is the campaign's."""
log = logging.getLogger("ftassist.runner")


class CampaignScorer:
    """The evaluator of one campaign.

    Attributes:
        process: The evaluator; None before its first use.
    """

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._deaths = 0
        self.process: EvaluatorProcess | None = None

    def ready(self) -> EvaluatorProcess:
        """The evaluator, started."""
        from ftassist.dojo.evaluator.process import EvaluatorProcess

        if self.process is None:
            self.process = EvaluatorProcess(
                log=self._campaign.folder / "logs" / "evaluator.log",
                journal=self._campaign.journal.path,
            )
        if not self.process.alive:
            self.process.start()
        return self.process

    def keep(self) -> None:
        """Starts it again if it died while trials run: they may be about to ask it."""
        if self.process and not self.process.alive:
            log.warning("the evaluator is gone; it is started again")
            try:
                self.ready()
            except EvaluatorError as error:
                self.lost(error)

    def lost(self, error: FtassistError) -> bool:
        """Whether an error is the evaluator's own death, to be tried again a few times."""
        if getattr(error, "kind", "") != "KILLED":
            return False
        self._deaths += 1
        log.warning("%s", error.what)
        return self._deaths <= MAX_DEATHS

    def close(self, trial: str) -> None:
        """Lets a trial that ended ask no more."""
        if self.process:
            self.process.close(trial)

    @property
    def pids(self) -> list[int]:
        """Its process, while it runs."""
        pid = self.process.pid if self.process else None
        return [pid] if pid else []

    def stop(self) -> None:
        """Ends it."""
        if self.process:
            self.process.stop()
