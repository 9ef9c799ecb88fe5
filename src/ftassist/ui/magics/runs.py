"""A campaign that runs: started, watched, paused, ended, and what comes out of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ftassist.campaign import commands
from ftassist.documents.snapshot import take
from ftassist.ui import waiting
from ftassist.ui.magics.session import Session, shown
from ftassist.ui.notebook_status import status_line

if TYPE_CHECKING:
    from ftassist.campaign import Campaign


class Runs(Session):
    """Commands on the campaign as a whole, and exports of its models."""

    def _run(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents.spending import runs_alone
        from ftassist.ui import executor_choice, following, terminal
        from ftassist.ui.proposal_view import text_bundle

        campaign = self._opened()
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

    def _cancel(self, _: argparse.Namespace) -> None:
        commands.cancel_proposal(self._opened())
        self._say("cancelled; ask again with `%ftagent propose`")

    def _pause(self, wanted: argparse.Namespace) -> None:
        commands.pause(self._opened(), " ".join(wanted.reason))
        self._say("paused: no new trial starts; go on with `%ftagent resume`")

    def _resume(self, _: argparse.Namespace) -> None:
        campaign = self._opened()
        commands.resume(campaign)
        campaign.start_runner()
        self._say("it goes on")

    def _stop(self, wanted: argparse.Namespace) -> None:
        commands.stop(self._opened(), " ".join(wanted.reason))
        self._say("stopped; go on with `%ftagent resume`")

    def _final(self, wanted: argparse.Namespace) -> None:
        from ftassist.campaign.final import open_test
        from ftassist.ui import final_text
        from ftassist.ui.proposal_view import text_bundle

        campaign = self._opened()
        with status_line(self._shell) as tell:
            named = take(campaign).trial(wanted.trial).id if wanted.trial else None
            found = open_test(campaign, named, again=wanted.again, on_progress=tell)
        openings = campaign.refresh().openings
        name = str(openings[-1]["trial"])
        self._display(text_bundle(final_text.page(name, found, openings=len(openings))))

    def _export(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = take(campaign).trial(wanted.trial).id
        if wanted.form:
            self._export_as(campaign, name, wanted)
            return
        with status_line(self._shell) as tell:
            made = waiting.export(campaign, name, tell=tell, timeout=wanted.timeout)
        self._say(f"{name} exported to {shown(campaign.folder / str(made['folder']))}")

    def _export_as(self, campaign: Campaign, name: str, wanted: argparse.Namespace) -> None:
        """Exports in a form that is scored again."""
        from ftassist.campaign.export.exporting import export
        from ftassist.campaign.export.recipe_out import export_recipe, recipe_form
        from ftassist.campaign.export.wish import Wish

        if recipe := recipe_form(wanted.form):
            self._say(f"the training of {name} is in {export_recipe(campaign, name, recipe)}")
            return
        wish = Wish(wanted.form, wanted.numbers, wanted.quantisation, wanted.bound, wanted.force)
        with status_line(self._shell) as tell:
            kept = export(campaign, name, wish, tell)
        self._say("\n".join([*kept.sentences(), f"{name} exported to {shown(kept.folder)}"]))
