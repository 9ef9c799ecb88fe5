"""A proposal as a widget: read it, edit its cells, decide; afterwards see what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from ftassist import documents
from ftassist.campaign import Campaign, commands, trial_files
from ftassist.documents.card_html import card_html, card_text
from ftassist.documents.snapshot import Snapshot, take
from ftassist.errors import FtassistError
from ftassist.journal.state import STAGES
from ftassist.ui.steering_text import understood_lines
from ftassist.ui.widgets.follower import Follower
from ftassist.ui.widgets.opening import open_campaign
from ftassist.ui.widgets.pieces import message_html
from ftassist.ui.widgets.twin import Twin

REASONS = (
    "too expensive",
    "tests two things at once",
    "was tried before",
    "no synthetic rows",
    "the evidence does not support it",
)
"""Reasons a person can pick for a veto; any other can be typed."""


class ProposalCard(widgets.VBox):  # type: ignore[misc]
    """The card of one trial.

    Args:
        trial: The trial; by default the first proposal that waits.
        campaign: The campaign or its folder; by default the notebook's.
        follow: Whether it keeps itself up to date until it is closed.

    Raises:
        FtassistError: There is no such campaign or trial, or no proposal waits.
    """

    _follower: Follower | None = None

    def __init__(
        self,
        trial: str | None = None,
        campaign: Campaign | Path | str | None = None,
        *,
        follow: bool = True,
    ) -> None:
        self._campaign = open_campaign(campaign)
        snapshot = take(self._campaign)
        self._trial = snapshot.trial(trial or _first_pending(snapshot)).id
        self.document: dict[str, Any] = {}
        self._twin = Twin()
        self._body = widgets.HTML()
        self._message = widgets.HTML()
        self._cells = {stage: _editor(stage) for stage in STAGES}
        self._reason = widgets.Combobox(
            placeholder="why not", options=REASONS, ensure_option=False, description="reason"
        )
        self._buttons = self._make_buttons()
        editors = widgets.Accordion(
            [*self._cells.values()], titles=[f"edit {stage}" for stage in STAGES]
        )
        self._deciding = widgets.VBox([editors, self._reason])
        super().__init__(
            [self._body, self._deciding, widgets.HBox([*self._buttons.values()]), self._message]
        )
        self.show(snapshot)
        self._follower = Follower(self._campaign.folder, self.show)
        if follow:
            self._follower.start()

    def close(self) -> None:
        """Closes the card and ends its thread."""
        if self._follower is None:
            return  # it was never built: there was no such campaign or trial
        self._follower.stop()
        super().close()

    def show(self, snapshot: Snapshot) -> None:
        """Shows the trial as it stands in a snapshot; what is being typed stays."""
        trial = snapshot.trial(self._trial)
        curve = trial_files.last_metrics(snapshot.folder, trial.id)
        before = self.document.get("cells", {})
        self.document = documents.card_document(snapshot, trial, "", curve)
        self._body.value = card_html(self.document)
        for stage, editor in self._cells.items():
            if editor.value == before.get(stage, ""):
                editor.value = self.document["cells"].get(stage, "")
        self._show_buttons()
        if self._twin.is_behind(self._stand()):
            self._twin.renew(self._repr_mimebundle_(), self._stand())

    def _stand(self) -> tuple[object, ...]:
        """What of the trial a saved notebook should tell: decisions and ends, no steps."""
        status = self.document["status"]
        runs = status in ("accepted", "running")
        return (status, None if runs else self.document["updated"])

    def _ipython_display_(self, **_: Any) -> None:
        self._twin.display(self._repr_mimebundle_(), self._stand())

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The widget, with the card as it was for viewers without a kernel."""
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        kept = {**self.document, "live": {**self.document["live"], "wrong": []}}
        return {**bundle, "text/html": card_html(kept), "text/plain": card_text(kept)}

    def _make_buttons(self) -> dict[str, Any]:
        actions: dict[str, tuple[str, Callable[[], str]]] = {
            "accept": ("Accept", self._accept),
            "edit": ("Save edits", self._edit),
            "veto": ("Veto", self._veto),
            "alternatives": ("Alternatives", self._alternatives),
            "stop": ("Stop", self._stop),
            "undo": ("Undo veto", self._undo),
            "propose": ("Propose next", self._propose),
        }
        made = {}
        for name, (label, action) in actions.items():
            button = widgets.Button(description=label, tooltip=f"{label} {self._trial}")
            button.on_click(lambda _, action=action: self._try(action))
            made[name] = button
        return made

    def _show_buttons(self) -> None:
        status = self.document["status"]
        shown = {
            "proposed": ("accept", "edit", "veto", "alternatives"),
            "accepted": ("stop",),
            "running": ("stop",),
            "vetoed": ("undo", "propose"),
            "set_aside": ("undo", "propose"),
        }.get(status, ("propose",))
        for name, button in self._buttons.items():
            button.layout.display = None if name in shown else "none"
        self._deciding.layout.display = None if status == "proposed" else "none"

    def _try(self, action: Callable[[], str]) -> None:
        """Does what a button asks, and says how it went; what was typed is kept on an error."""
        try:
            told, alert = action(), False
        except FtassistError as error:
            told, alert = str(error), True
        self.show(take(self._campaign))
        self._message.value = message_html(told, alert=alert)

    def _edited(self) -> dict[str, str]:
        cells = self.document["cells"]
        return {
            stage: editor.value
            for stage, editor in self._cells.items()
            if editor.value != cells.get(stage, "")
        }

    def _accept(self) -> str:
        seen = self.document["seen"]
        if cells := self._edited():
            # What stands in the boxes is what is accepted.
            seen = commands.edit(self._campaign, self._trial, cells, seen=seen).seq
        commands.accept(self._campaign, self._trial, seen=seen)
        self._campaign.start_runner()
        return f"{self._trial} accepted; it runs"

    def _edit(self) -> str:
        cells = self._edited()
        if not cells:
            return "no cell was changed"
        commands.edit(self._campaign, self._trial, cells, seen=self.document["seen"])
        return f"{', '.join(cells)} of {self._trial} saved: what you wrote is what will run"

    def _veto(self) -> str:
        reason = self._reason.value
        commands.veto(self._campaign, self._trial, reason, seen=self.document["seen"])
        trial = take(self._campaign).trial(self._trial)
        return f"{self._trial} vetoed\n{understood_lines(trial, '%ftagent')}"

    def _undo(self) -> str:
        commands.undo_veto(self._campaign, self._trial, seen=self.document["seen"])
        return f"{self._trial} is a proposal again"

    def _alternatives(self) -> str:
        commands.ask_alternatives(self._campaign, self._trial)
        self._campaign.start_runner()
        return "asked for up to three more; they show in the trial explorer"

    def _stop(self) -> str:
        commands.ask_stop(self._campaign, self._trial)
        self._campaign.start_runner()
        return f"{self._trial} is being stopped"

    def _propose(self) -> str:
        commands.ask_proposal(self._campaign)
        self._campaign.start_runner()
        return "asked for a proposal; it shows in the trial explorer"


def _editor(stage: str) -> Any:
    layout = widgets.Layout(width="100%", height="12em")
    return widgets.Textarea(layout=layout, tooltip=f"source of {stage}")


def _first_pending(snapshot: Snapshot) -> str:
    pending = snapshot.state.pending
    if not pending:
        raise FtassistError(
            "no proposal waits for a decision",
            where=snapshot.name,
            fix="ask for one with `%ftagent propose`, or name a trial",
        )
    return pending[0].id
