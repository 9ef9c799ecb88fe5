"""What all commands of `%ftagent` share: the notebook's campaign, what was seen, what is shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.errors import FtassistError, JournalError
from ftassist.ui.notebook_campaign import START, newest
from ftassist.ui.notebook_status import status_line
from ftassist.ui.telling import Tell
from ftassist.ui.verbs import Face, Picture, VerbAnswer
from ftassist.ui.verbs.face import read_source

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.journal.state import State

CAMPAIGNS = Path("campaigns")


class Session(Face):
    """One IPython shell and its campaign.

    Attributes:
        campaign: The notebook's campaign; None before `%ftagent task` or the first command that
            finds one below ./campaigns.
        cell: What stands below a line that starts with `%%ftagent`; None for a line alone.
    """

    said = "%ftagent"
    waits = True

    def __init__(self, shell: Any) -> None:
        super().__init__()
        self._shell = shell
        self.campaign: Campaign | None = None
        self.cell: str | None = None

    def opened(self) -> Campaign:
        """The notebook's campaign, or the newest below ./campaigns."""
        if self.campaign is None:
            self.campaign = newest(CAMPAIGNS)
        if self.campaign is None:
            raise JournalError(START, fix="`%ftagent task mini_math`")
        return self.campaign

    def telling(self, *, lines: bool = False) -> AbstractContextManager[Tell]:
        """A line that is updated in place, and taken away in the end."""
        return status_line(self._shell)

    def source(self, trial: str, stage: str, before: str, file: Path | None) -> str:
        """The rest of the cell, or a file."""
        if self.cell is not None:
            return self.cell
        if file is None:
            raise FtassistError(
                "where is the new source?",
                where=f"{trial} {stage}",
                fix=f"use a cell that starts with `%%ftagent edit {trial} {stage}`",
            )
        return read_source(file)

    def warn(self, text: str) -> None:
        """Says it."""
        self.say(text)

    def following(self, pid: int) -> AbstractContextManager[Callable[[State], None]]:
        """A picture that is updated in place."""
        from ftassist.ui import following

        return following.in_notebook(self.opened(), self._shell)

    def tell(self, answer: VerbAnswer | str) -> None:
        """Displays what a verb says."""
        for part in [answer] if isinstance(answer, str) else answer.parts():
            self._render(part)

    def _render(self, part: Any) -> None:
        from ftassist.ui.proposal_view import text_bundle

        if isinstance(part, Picture):
            if (bundle := part.bundle()) is not None:
                self._display(bundle)
        elif isinstance(part, str | FtassistError):
            self.say(str(part))
        else:
            self._display(text_bundle(part))

    def say(self, text: str) -> None:
        """Displays a text."""
        from ftassist.ui.proposal_view import Bundle

        self._display(Bundle({"text/plain": text}))

    def _display(self, bundle: Any) -> None:
        from IPython.display import publish_display_data

        publish_display_data(dict(bundle.data))
