"""The backend `replay`: what another campaign's agent said, played again without any call.

For notebooks that teach: the n-th proposal is the n-th one of the record. It thinks nothing, and
what it says was said about other runs, so it says nothing about the quality of any model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from ftassist.agent.backends.base import Analysis, OutOfIdeasError
from ftassist.agent.backends.link import Link
from ftassist.agent.context import Context, Veto
from ftassist.agent.insight_changes import InsightChange
from ftassist.agent.proposal import read_proposal
from ftassist.agent.trial_view import digest
from ftassist.errors import FtassistError
from ftassist.journal.events import Event, Kind
from ftassist.journal.store import Journal
from ftassist.records.insight import Insight
from ftassist.records.proposal import Proposal
from ftassist.records.understanding import Understanding

SETTING = "recording"
"""The setting that names the campaign to play: its folder."""


class Replay:
    """Plays a recorded campaign.

    Args:
        link: Its settings name the recording.
    """

    name: ClassVar[str] = "replay"

    def __init__(self, link: Link) -> None:
        folder = str(link.settings.get(SETTING, ""))
        if not folder:
            raise FtassistError(
                "which campaign shall be replayed?",
                where="agent.recording",
                fix="name its folder: --recording campaigns/mini_math-1",
            )
        events = Journal(Path(folder) / "journal.db").read()
        self._events = [e for e in events if e.actor.startswith("agent:")]
        self._recording = folder

    def propose(self, context: Context, parent: str, k: int = 1) -> list[Proposal]:
        """The next proposals of the record.

        Raises:
            OutOfIdeasError: The record has no more, or grows them from a trial that is not here.
        """
        context.trial(parent)
        recorded = [_recorded(e.payload) for e in self._of(Kind.PROPOSAL_MADE)]
        following = recorded[len(context.digests) :][: max(1, k)]
        known = [proposal for proposal in following if proposal.parent in context.trials]
        if not known:
            raise OutOfIdeasError(
                f"the recording has {len(recorded)} proposals, and they are all played",
                where=self._recording,
                fix="end the campaign, or record a longer one",
            )
        return known

    def analyse(self, context: Context, trial: str) -> Analysis:
        """What the record says of the trial of that id, if its cells are the same."""
        view = context.trial(trial)
        made = [e for e in self._of(Kind.PROPOSAL_MADE) if e.trial == trial]
        told = [e for e in self._of(Kind.TRIAL_ANALYSED) if e.trial == trial]
        if not made or not told or digest(made[0].payload["cells"]) != digest(view.cells):
            return Analysis("the recording says nothing about this trial")
        raw = told[-1].payload
        fields: dict[str, Any] = {k: tuple(raw[k]) for k in ("causes", "try_next", "avoid")}
        return Analysis(f"[recorded of another run] {raw['text']}", **fields)

    def distil(self, context: Context) -> list[InsightChange]:
        """The recorded insights whose trials are all here and that are not here yet."""
        known = {insight.id for insight in context.insights}
        trials = {*context.trials, *(brief.id for brief in context.others)}
        judged = {outcome.trial for outcome in context.outcomes}
        active: dict[str, Insight] = {}
        for event in self._of(Kind.INSIGHT_ADDED, Kind.INSIGHT_RETRACTED):
            if event.kind == Kind.INSIGHT_RETRACTED:
                active.pop(str(event.payload["id"]), None)
            else:
                insight = Insight.of(event.payload["insight"])
                active[insight.id] = insight
        return [
            InsightChange(insight)
            for insight in active.values()
            if insight.id not in known and set(insight.trials) <= trials & judged
        ]

    def understand(self, context: Context, veto: Veto) -> Understanding | None:
        """Nothing: what was said of another run's vetoes is not about this one's."""
        return None

    def _of(self, *kinds: str) -> Iterable[Event]:
        return [event for event in self._events if event.kind in kinds]


def _recorded(document: Mapping[str, Any]) -> Proposal:
    """A proposal of the record, without what ties it to others over there."""
    ties = ("beside", "round")
    return read_proposal({key: value for key, value in document.items() if key not in ties})
