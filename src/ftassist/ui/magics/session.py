"""What all commands of `%ftagent` share: the notebook's campaign, what was seen, what is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.documents.snapshot import Snapshot, take
from ftassist.errors import FtassistError, JournalError
from ftassist.ui import magic_lines

if TYPE_CHECKING:
    from ftassist.campaign import Campaign

CAMPAIGNS = Path("campaigns")


class Session:
    """One IPython shell and its campaign.

    Attributes:
        campaign: The notebook's campaign; None before `%ftagent task` or the first command that
            finds one below ./campaigns.
        seen: The sequence number at which each trial was last shown here.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self.campaign: Campaign | None = None
        self.seen: dict[str, int] = {}

    def _opened(self) -> Campaign:
        """The notebook's campaign, or the newest below ./campaigns."""
        if self.campaign is None:
            from ftassist.ui.notebook_campaign import newest

            self.campaign = newest(CAMPAIGNS)
        if self.campaign is None:
            raise JournalError(magic_lines.START, fix="`%ftagent task mini_math`")
        return self.campaign

    def _only_pending(self) -> str:
        pending = self._opened().refresh().pending
        if len(pending) != 1:
            names = ", ".join(trial.id for trial in pending) or "none"
            raise FtassistError(
                f"which proposal? waiting: {names}", fix="name one: `%ftagent accept t0003`"
            )
        return pending[0].id

    def _look(self, trial: str) -> Snapshot:
        """A snapshot, noting that the trial was seen as it is now."""
        snapshot = take(self._opened())
        self.seen[trial] = snapshot.state.seq
        return snapshot

    def _say(self, text: str) -> None:
        from ftassist.ui.proposal_view import Bundle

        self._display(Bundle({"text/plain": text}))

    def _display(self, bundle: Any) -> None:
        from IPython.display import publish_display_data

        publish_display_data(dict(bundle.data))


def shown(path: Path) -> str:
    """A path relative to the notebook where it lies below it."""
    full, here = path.resolve(), Path.cwd()
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else str(full)
