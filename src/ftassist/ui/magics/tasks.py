"""How a campaign is begun: from a task, a draft of one, or rows of one's own."""

from __future__ import annotations

import argparse
import shlex
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ftassist.ui.links import shown
from ftassist.ui.magics.session import CAMPAIGNS, Session
from ftassist.ui.notebook_status import status_line
from ftassist.ui.verbs import pages

if TYPE_CHECKING:
    from ftassist.models.fetching import Report


class Tasks(Session):
    """Commands that make or open a campaign."""

    def _new(self, wanted: argparse.Namespace) -> None:
        """How a campaign is begun, on rows of one's own or a task of the catalog."""
        rows = shlex.quote(wanted.file)
        self._say(
            "in JupyterLab: New campaign… in the launcher, or Alt Shift N; on a file of rows its "
            "context menu\n"
            "here: %ftagent task mini_math, or another task of `ftassist tasks`\n"
            "on rows of your own, in a terminal:\n"
            f"  ftassist task new --train {rows} --eval data/eval.csv --metric accuracy "
            "--folder tasks/mine\n"
            "then here: %ftagent task tasks/mine"
        )

    def _task(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents.spending import runs_alone
        from ftassist.documents.words import thinks
        from ftassist.isolation import support
        from ftassist.ui.notebook_campaign import open_or_create

        self._offer_model(wanted)
        self.campaign, made = open_or_create(CAMPAIGNS, wanted)
        self.seen.clear()
        verb = "made" if made else "opened"
        self._say(f"{verb} campaign {self.campaign.name} in {shown(self.campaign.folder)}")
        if made and not wanted.backend and (agent := thinks(self.campaign.state)):
            self._say(agent)
        if alone := runs_alone(self.campaign.state):
            self._say(alone)
        if caution := support.warning():
            self._say(caution)
        self.tell(pages.status.run(self))

    def _draft(self, wanted: argparse.Namespace) -> None:
        """Has a language model draft a task from a sentence and a file."""
        from ftassist.dojo import own_draft
        from ftassist.ui import draft_text, drafting
        from ftassist.ui.proposal_view import text_bundle

        options = {
            "model": wanted.agent_model,
            "base_url": wanted.base_url,
            "dialect": wanted.dialect,
        }
        made = drafting.draft(
            Path(wanted.file),
            wanted.wish,
            Path(wanted.folder) if wanted.folder else None,
            licence=wanted.licence,
            usd=wanted.usd,
            seed=wanted.seed,
            options=options,
        )
        self._say(made.sentence)
        self._display(text_bundle(draft_text.page(made.draft, own_draft.look(made.draft))))
        place = shown(made.draft.folder)
        self._say(f"next: `!ftassist task correct {place} ...`, or `%ftagent seal {place}`")

    def _seal(self, wanted: argparse.Namespace) -> None:
        """Makes the task of a draft."""
        from ftassist.dojo import own_draft

        made = own_draft.seal(own_draft.load(Path(wanted.draft)))
        self._say(f"task {made.name} in {shown(made)}; next: `%ftagent task {shown(made)}`")

    def _offer_model(self, wanted: argparse.Namespace) -> None:
        """Fetches a registry model that is not here: with --fetch, or where a person agrees.

        A notebook that runs without one (papermill, nbconvert) cannot be asked; the error of
        making the campaign then says what to type.
        """
        from ftassist.models import offering

        def agreed(question: str) -> bool:
            if wanted.fetch:
                return True
            try:
                return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")
            except (EOFError, RuntimeError, NotImplementedError):
                return False

        with ExitStack() as stack:

            def reporting() -> AbstractContextManager[Report]:
                tell = stack.enter_context(status_line(self._shell))
                return nullcontext(lambda what, done, total: tell(_fetched(what, done, total)))

            if offering.offer(wanted.model or "", agreed, reporting):
                self._say(f"{wanted.model} is here now")


def _fetched(what: str, done: int, total: int) -> str:
    """How far a fetch is, in a line."""
    return f"{what}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB" if total else what
