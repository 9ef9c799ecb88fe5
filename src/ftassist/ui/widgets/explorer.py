"""The trial explorer as a widget: the campaign's state, its tree, and the card of one trial."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from ftassist import documents
from ftassist.campaign import Campaign, commands
from ftassist.documents import summary, words
from ftassist.documents.snapshot import Snapshot, take
from ftassist.documents.spending import spending
from ftassist.documents.tree import TreeRow, rows
from ftassist.errors import FtassistError
from ftassist.ui.widgets.card import ProposalCard
from ftassist.ui.widgets.follower import Follower
from ftassist.ui.widgets.opening import open_campaign
from ftassist.ui.widgets.pieces import message_html, table_html
from ftassist.ui.widgets.twin import Twin

REVIEWS = ("always", "never", "timeout 60", "cost 120s")
LINES = 16

_ROOM = 60
"""Characters of a label that fit a line of the list."""


class TrialExplorer(widgets.VBox):  # type: ignore[misc]
    """A campaign: budget, search tree, and the card of the trial that is selected.

    Args:
        campaign: The campaign or its folder; by default the notebook's.
        follow: Whether it keeps itself up to date until it is closed.

    Raises:
        FtassistError: There is no such campaign.
    """

    _follower: Follower | None = None

    def __init__(
        self, campaign: Campaign | Path | str | None = None, *, follow: bool = True
    ) -> None:
        self._campaign = open_campaign(campaign)
        self._snapshot = take(self._campaign)
        self._head = widgets.HTML()
        self._message = widgets.HTML()
        self._review = widgets.Dropdown(description="review")
        self._tree = widgets.Select(
            rows=LINES, layout=widgets.Layout(width="100%"), tooltip="search tree"
        )
        self._place = widgets.VBox()
        self.card: ProposalCard | None = None
        self._showing = False
        self._twin = Twin()
        self._buttons = {
            "propose": self._button("Propose", lambda: self._ask()),
            "pause": self._button("Pause", lambda: commands.pause(self._campaign, "asked for")),
            "resume": self._button("Resume", lambda: self._resume()),
            "stop": self._button("Stop", lambda: commands.stop(self._campaign)),
        }
        self._sure = self._button("Run without asking", self._set_never)
        self._sure.layout.display = "none"
        bar = widgets.HBox([*self._buttons.values(), self._review, self._sure])
        super().__init__([self._head, bar, self._tree, self._place, self._message])
        self._tree.observe(self._on_selected, "value")
        self._review.observe(self._on_review, "value")
        self.show(self._snapshot)
        self._follower = Follower(self._campaign.folder, self.show)
        if follow:
            self._follower.start()

    def close(self) -> None:
        """Closes the explorer with its card, and ends its thread."""
        if self._follower is None:
            return  # it was never built: there was no such campaign or trial
        self._follower.stop()
        if self.card is not None:
            self.card.close()
        super().close()

    def show(self, snapshot: Snapshot) -> None:
        """Shows a snapshot; the selection stays."""
        self._snapshot = snapshot
        self._head.value = _head_html(snapshot)
        selected = self._tree.value
        options = [(_line(row), row.trial.id) for row in rows(snapshot)]
        self._showing = True
        try:
            if tuple(options) != tuple(self._tree.options):
                self._tree.options = options
                known = {trial for _, trial in options}
                self._tree.value = selected if selected in known else None
            review = snapshot.state.review
            if self._review.value != review and self._sure.layout.display == "none":
                self._review.options = [*dict.fromkeys((review, *REVIEWS))]
                self._review.value = review
        finally:
            self._showing = False
        if self.card is not None:
            self.card.show(snapshot)
        if self._twin.is_behind(self._stand()):
            self._twin.renew(self._repr_mimebundle_(), self._stand())

    def _stand(self) -> tuple[object, ...]:
        """What of the campaign a saved notebook should tell: what was decided and what ended."""
        trials = self._snapshot.state.trials.values()
        return tuple((trial.id, trial.status, trial.score) for trial in trials)

    def _ipython_display_(self, **_: Any) -> None:
        self._twin.display(self._repr_mimebundle_(), self._stand())

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The widget, with a table of the trials for viewers without a kernel."""
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        trials = self._snapshot.state.trials.values()
        nodes = [documents.node(trial) for trial in trials]
        head = documents.campaign_document(self._snapshot)
        text = "\n".join(_line(row) for row in rows(self._snapshot))
        return {**bundle, "text/html": table_html(nodes, head), "text/plain": text}

    def _button(self, label: str, action: Callable[[], object]) -> Any:
        button = widgets.Button(description=label, tooltip=f"{label} the campaign")
        button.on_click(lambda _: self._try(action))
        return button

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
            self._message.value = ""
        except FtassistError as error:
            self._message.value = message_html(str(error), alert=True)
        self.show(take(self._campaign))

    def _ask(self) -> None:
        selected = self._tree.value
        scored = selected and self._snapshot.trial(selected).status == "scored"
        commands.ask_proposal(self._campaign, selected if scored else None)
        self._campaign.start_runner()

    def _resume(self) -> None:
        commands.resume(self._campaign)
        self._campaign.start_runner()

    def _on_review(self, change: Any) -> None:
        if self._showing or not change["new"]:
            return
        asks = change["new"] == "never" and self._snapshot.state.review != "never"
        self._sure.layout.display = None if asks else "none"
        if asks:
            left = spending(self._snapshot.state)
            told = f"It then accepts its own proposals and runs them: up to {left}. Sure?"
            self._message.value = message_html(told, alert=True)
        else:
            self._try(lambda: commands.set_review(self._campaign, change["new"]))

    def _set_never(self) -> None:
        self._sure.layout.display = "none"
        commands.set_review(self._campaign, "never")

    def _on_selected(self, change: Any) -> None:
        if self._showing or not change["new"]:
            return
        if self.card is not None:
            self.card.close()
        # The explorer's own thread keeps the card up to date.
        self.card = ProposalCard(change["new"], self._campaign, follow=False)
        self._place.children = (self.card,)


def _head_html(snapshot: Snapshot) -> str:
    meters = " · ".join(meter.text for meter in summary.meters(snapshot))
    lines = (
        f"{snapshot.name} · {summary.settings_line(snapshot)}",
        f"{summary.phase_line(snapshot)} · {meters}",
        summary.waiting(snapshot),
        summary.damaged(snapshot),
    )
    return "".join(message_html(words.clean(line)) for line in lines)


def _line(row: TreeRow) -> str:
    """A line of the tree in plain text."""
    score = f"  {words.score(row.trial)}" if row.trial.score is not None else ""
    star = f" {words.BEST}" if row.best else ""
    remarks = "".join(f" · {remark}" for remark in row.remarks)
    title = words.one_line(row.title, _ROOM)
    text = f"{row.branch}{row.mark} {row.trial.id} {title}{score}  {row.word}{star}{remarks}"
    return words.clean(text)
