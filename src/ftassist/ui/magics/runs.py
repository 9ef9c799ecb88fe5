"""A campaign that runs: started and watched."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ftassist.documents.snapshot import take
from ftassist.ui import waiting
from ftassist.ui.magics.session import Session

if TYPE_CHECKING:
    from ftassist.campaign import Campaign


class Runs(Session):
    """The command that runs the campaign."""

    def _run(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents.spending import runs_alone
        from ftassist.ui import executor_choice, following, terminal
        from ftassist.ui.proposal_view import text_bundle

        campaign = self.opened()
        if wanted.plan:
            self._tell_plan(campaign)
            return
        wishes = {"address": wanted.address, "gpus": wanted.gpus, "cpus": wanted.cpus}
        executor_choice.choose(campaign, wanted.executor, **wishes)
        allowed = wanted.allow_unisolated
        waiting.prepare(campaign, wanted.review, wanted.trials, allow_unisolated=allowed)
        if wanted.review is not None and (alone := runs_alone(campaign.refresh())):
            self._say(alone)
        if campaign.refresh().review != "always":
            self._tell_plan(campaign)
        pid = campaign.start_runner()
        if where := executor_choice.sentence(campaign):
            self._say(where)
        if wanted.detach:
            self._say(f"{campaign.name} runs in process {pid}; stop it with `%ftagent stop`")
            return
        with following.in_notebook(campaign, self._shell) as show:
            waiting.await_person(campaign, show=show, timeout=wanted.timeout)
        snapshot = take(campaign)
        self._display(text_bundle(terminal.trials_table(snapshot)))
        self._say(waiting.next_step(snapshot.state, "%ftagent"))

    def _tell_plan(self, campaign: Campaign) -> None:
        """What the campaign is expected to cost from here to its end."""
        from ftassist.campaign import pricing
        from ftassist.documents import plan_document
        from ftassist.ui import terminal
        from ftassist.ui.proposal_view import text_bundle

        document = plan_document(pricing.plan(campaign), campaign.state)
        self._display(text_bundle(terminal.plan(document)))
