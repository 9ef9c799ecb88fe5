"""The backend `anthropic`: Researcher and Executor behind the three methods of every backend.

The order of things: what failed is mended first, then a change of several parts that moved the
score is taken apart, then something new is thought up. A proposal costs at most three calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from ftassist.agent.ablation import next_ablation
from ftassist.agent.backends.anthropic import react
from ftassist.agent.backends.anthropic.calls import CALLS_A_PROPOSAL, Allowance, Caller
from ftassist.agent.backends.anthropic.client import Messages
from ftassist.agent.backends.anthropic.desk import Desk
from ftassist.agent.backends.anthropic.executor import CellExecutor, to_mend
from ftassist.agent.backends.anthropic.mends import settled
from ftassist.agent.backends.anthropic.researcher import Researcher
from ftassist.agent.backends.anthropic.settings import AgentSettings
from ftassist.agent.backends.anthropic.stream import CallCancelledError, CallError
from ftassist.agent.backends.base import Analysis
from ftassist.agent.backends.link import Link
from ftassist.agent.backends.playbook.analysis import analyse_trial
from ftassist.agent.context import Context, Veto
from ftassist.agent.insight_changes import InsightChange
from ftassist.agent.lookup import searches
from ftassist.agent.survey import Search, look_up
from ftassist.errors import BudgetError, DataError, FtassistError
from ftassist.journal.events import Kind
from ftassist.records.proposal import Proposal
from ftassist.records.survey import Survey
from ftassist.records.understanding import Understanding


class AnthropicBackend:
    """A language model over the Messages API.

    Args:
        client: Makes the calls; by default one for the settings of the campaign.
        look: What a requirement card is looked up with; by default the Hub and arXiv.
    """

    name: ClassVar[str] = "anthropic"

    def __init__(
        self,
        link: Link | None = None,
        client: Messages | None = None,
        look: Mapping[str, Search] | None = None,
    ) -> None:
        self._link = link or Link()
        self._look = look
        settings = AgentSettings.of(self._link.settings)
        if not self._link.settings:
            settings = AgentSettings.resolve()
        self._settings = settings
        self._plain = settings.design == "react"
        desk = Desk(Caller(self._link, settings, client), self._link)
        self._desk = desk
        self._researcher = Researcher(desk)
        self._executor = CellExecutor(desk, self.name, settings.repairs)

    def propose(self, context: Context, parent: str, k: int = 1) -> list[Proposal]:
        """One to `k` different proposals from a parent, the best first.

        Raises:
            OutOfIdeasError: The Researcher says that nothing is worth its cost any more.
            DataError: What the model answered breaks the rules, twice.
            BudgetError: The campaign's cap does not allow the call.
            CallError: No answer came.
            UnknownNameError: The context holds no such trial.
        """
        context.trial(parent)
        if self._plain:
            return [
                settled(self._desk, context, react.propose(self._desk, context, parent, self.name))
            ]
        if mend := to_mend(context, parent, self._settings.repairs):
            repaired = self._executor.repair(context, *mend)
            return [settled(self._desk, context, repaired)]
        ablation = next_ablation(context, parent, self.name) if self._settings.ablations else None
        if ablation:
            return [ablation]
        if not context.survey:
            self._survey(context)
        allowance = Allowance(CALLS_A_PROPOSAL)
        ideas = self._researcher.propose(context, parent, min(k, 5), allowance)
        proposals: list[Proposal] = []
        failed: FtassistError | None = None
        for number, idea in enumerate(ideas):
            own = allowance if number == 0 else Allowance(CALLS_A_PROPOSAL - 1)
            try:
                made = self._executor.implement(context, idea, own)
                proposals.append(settled(self._desk, context, made))
            except (CallCancelledError, BudgetError):
                if not proposals:
                    raise
                break
            except FtassistError as error:
                failed = error
                text = f"the alternative “{idea.hypothesis.statement[:120]}” was not written: "
                self._link.say(Kind.NOTE, {"text": text + error.what[:300], "kind": "proposal"})
        if not proposals:
            raise failed or DataError("no proposal was written")
        return proposals

    def analyse(self, context: Context, trial: str) -> Analysis:
        """What a finished trial tells; numbers that are not in the record are marked.

        A plain agent reads for itself: of its trials it is told by rules.
        """
        if self._plain:
            return analyse_trial(context, trial)
        return self._researcher.analyse(context, trial)

    def distil(self, context: Context) -> list[InsightChange]:
        """Insights to add or to take back, given all trials so far."""
        if not context.outcomes or not self._settings.insights or self._plain:
            return []
        return self._researcher.distil(context)

    def understand(self, context: Context, veto: Veto) -> Understanding | None:
        """How the model reads the reason of a veto; of a plain agent rules alone do."""
        if self._plain:
            return None
        return self._researcher.understand(context, veto)

    def _survey(self, context: Context) -> None:
        """Writes the requirement card, once; a campaign goes on without one."""
        named = f"{context.task.domain} {context.task.title}"
        query = " ".join(re.findall(r"[\w-]+", named.lower()))  # brackets mean something to arXiv
        try:
            findings = look_up(query, searches() if self._look is None else self._look)
            card = self._researcher.survey(context, findings)
        except (CallError, BudgetError):
            raise  # so would the proposal end; the card is written when the service is back
        except FtassistError as error:
            card = Survey(failed=error.what[:500])
        self._link.say(Kind.SURVEY_MADE, card.to_dict())
