"""What a person says to proposals and trials, on what was last shown here."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ftassist.campaign import commands
from ftassist.documents.snapshot import take
from ftassist.errors import FtassistError
from ftassist.ui import waiting
from ftassist.ui.magics.session import Session
from ftassist.ui.notebook_status import status_line

if TYPE_CHECKING:
    from ftassist.campaign import Campaign


class Decisions(Session):
    """Commands that ask for proposals, decide on them and remark on trials."""

    def _propose(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents.summary import first_word
        from ftassist.ui.proposal_view import proposal_bundle, text_bundle
        from ftassist.ui.trial_text import proposed_round

        campaign = self._opened()
        with status_line(self._shell) as tell:
            trial = waiting.ask(
                campaign,
                tell=tell,
                parent=wanted.parent,
                words=wanted.wish,
                timeout=wanted.timeout,
            )
        names = waiting.whole_round(campaign, trial)
        snapshot = self._look(trial)
        if len(names) > 1:
            self._display(text_bundle(proposed_round(snapshot, names)))
        for name in names:
            snapshot = self._look(name)
            self._display(proposal_bundle(snapshot, snapshot.trial(name)))
        if effect := first_word(snapshot):
            self._say(effect)

    def _accept(self, wanted: argparse.Namespace) -> None:
        from ftassist.ui.proposal_view import result_bundle

        campaign = self._opened()
        name = campaign.trial(wanted.trial or self._only_pending()).id
        commands.accept(campaign, name, wanted.reason, seen=self.seen.get(name))
        campaign.start_runner()
        if wanted.no_wait:
            self._say(f"{name} accepted; it runs. Look with `%ftagent status`.")
            return
        with status_line(self._shell) as tell:
            waiting.await_trial(campaign, name, tell=tell, timeout=wanted.timeout)
        snapshot = self._look(name)
        self._display(result_bundle(snapshot, snapshot.trial(name)))

    def _edit(self, wanted: argparse.Namespace, cell: str | None) -> None:
        from ftassist.ui.predictions import read_prediction
        from ftassist.ui.proposal_view import proposal_bundle
        from ftassist.ui.steering_text import edit_lines

        campaign = self._opened()
        name = campaign.trial(wanted.trial).id
        source = cell if cell is not None else _read(wanted)
        event = commands.edit(
            campaign,
            name,
            {wanted.stage: source.strip("\n") + "\n"},
            prediction=read_prediction(wanted.predict) if wanted.predict else None,
            reason=wanted.reason,
            seen=self.seen.get(name),
        )
        new = f"{event.trial} is new, from the cells of {name}\n" if event.trial != name else ""
        name = event.trial or name
        snapshot = self._look(name)
        yours = f"{new}{wanted.stage} of {name} is yours now: what you wrote is what will run"
        self._say(f"{yours}\n{edit_lines(snapshot.trial(name))}")
        self._display(proposal_bundle(snapshot, snapshot.trial(name)))

    def _veto(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = campaign.trial(wanted.trial).id
        commands.veto(campaign, name, " ".join(wanted.reason), seen=self.seen.get(name))
        self._tell_reading(name, "vetoed")

    def _correct(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = campaign.trial(wanted.trial).id
        wishes = (wanted.avoid, wanted.attempt)
        commands.correct(campaign, name, *wishes, seen=self.seen.get(name))
        self._tell_reading(name, "read anew")

    def _tell_reading(self, name: str, what: str) -> None:
        """Says how the reason of a veto is understood."""
        from ftassist.ui.steering_text import understood_lines

        trial = self._look(name).trial(name)
        self._say(f"{name} {what}\n{understood_lines(trial, '%ftagent')}")

    def _undo(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = campaign.trial(wanted.trial).id
        commands.undo_veto(campaign, name, wanted.reason, seen=self.seen.get(name))
        self._look(name)
        self._say(f"{name} is a proposal again")

    def _alternatives(self, wanted: argparse.Namespace) -> None:
        from ftassist.ui.proposal_view import proposal_bundle

        campaign = self._opened()
        name = campaign.trial(wanted.trial or self._only_pending()).id
        with status_line(self._shell) as tell:
            made = waiting.alternatives(
                campaign,
                name,
                wanted.count,
                tell=tell,
                words=wanted.wish,
                timeout=wanted.timeout,
            )
        for other in made:
            snapshot = self._look(other)
            self._display(proposal_bundle(snapshot, snapshot.trial(other)))

    def _repeat(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = take(campaign).trial(wanted.trial).id
        commands.ask_replicates(campaign, name, wanted.seeds)
        campaign.start_runner()
        self._say(f"{name} will be repeated on fresh seeds ({wanted.seeds}); look with `status`")

    def _promote(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = take(campaign).trial(wanted.trial).id
        event = commands.promote(campaign, name, whole=wanted.whole)
        campaign.start_runner()
        self._say(f"{name} goes on to {event.payload['rung']:.0%}; look with `status`")

    def _note(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        if wanted.remove is not None:
            commands.remove_note(campaign, wanted.trial, wanted.remove)
        if text := " ".join(wanted.text):
            commands.note(campaign, wanted.trial, text)
        self._tell_remarks(campaign, wanted.trial)

    def _tag(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        for name in wanted.names:
            (commands.untag if wanted.remove else commands.tag)(campaign, wanted.trial, name)
        self._tell_remarks(campaign, wanted.trial)

    def _tell_remarks(self, campaign: Campaign, name: str) -> None:
        from ftassist.ui.trial_text import remarks_line

        self._say(remarks_line(campaign.trial(name)))


def _read(wanted: argparse.Namespace) -> str:
    if not wanted.file:
        raise FtassistError(
            "where is the new source?",
            where=f"{wanted.trial} {wanted.stage}",
            fix=f"use a cell that starts with `%%ftagent edit {wanted.trial} {wanted.stage}`",
        )
    try:
        return Path(wanted.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FtassistError(
            f"cannot read {wanted.file}: {error}", where=wanted.file, fix="name a text file"
        ) from error
