"""Pages of a campaign in a notebook: its state, its tree, its trials, what it learned."""

from __future__ import annotations

import argparse
from pathlib import Path

from ftassist.campaign import commands
from ftassist.documents.snapshot import take
from ftassist.errors import FtassistError
from ftassist.ui.magics.session import Session


class Pages(Session):
    """Commands that show, and change nothing but insights."""

    def _status(self, _: argparse.Namespace) -> None:
        from ftassist.documents import believed_lines, what_if_document
        from ftassist.ui import terminal
        from ftassist.ui.proposal_view import text_bundle

        campaign = self._opened()
        believed = believed_lines(what_if_document(campaign, slots=0))
        self._display(text_bundle(terminal.status(take(campaign), believed)))

    def _tree(self, _: argparse.Namespace) -> None:
        from ftassist.ui import figures, terminal
        from ftassist.ui.proposal_view import Bundle

        snapshot = take(self._opened())
        text = terminal.to_text(terminal.tree(snapshot))
        self._display(Bundle(figures.mime_bundle(figures.tree(snapshot), text)))

    def _show(self, wanted: argparse.Namespace) -> None:
        from ftassist.ui import figures, terminal, trial_text
        from ftassist.ui.proposal_view import Bundle, proposal_bundle, text_bundle

        campaign = self._opened()
        snapshot = take(campaign, curves=True)
        trial = snapshot.trial(wanted.trial)
        self.seen[trial.id] = snapshot.state.seq
        if trial.status == "proposed":
            self._display(proposal_bundle(snapshot, trial))
            return
        self._display(text_bundle(trial_text.trial_page(snapshot, trial)))
        if trial.id in snapshot.curves:
            text = terminal.to_text(f"learning curve of {trial.id}")
            self._display(Bundle(figures.mime_bundle(figures.curves(snapshot, trial), text)))

    def _whatif(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents import what_if_document
        from ftassist.ui import terminal
        from ftassist.ui.proposal_view import text_bundle

        document = what_if_document(self._opened(), wanted.slots, wanted.policy)
        self._display(text_bundle(terminal.what_if(document)))

    def _knobs(self, _: argparse.Namespace) -> None:
        from ftassist.ui import figures, knob_figures
        from ftassist.ui.proposal_view import Bundle

        snapshot = take(self._opened(), worths=False)
        figure, text = knob_figures.parallel(snapshot), knob_figures.lines(snapshot)
        self._display(Bundle(figures.mime_bundle(figure, text)))
        worth, told = knob_figures.importance(snapshot)
        self._display(Bundle(figures.mime_bundle(worth, told)))

    def _diff(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents import diffs
        from ftassist.ui import terminal
        from ftassist.ui.proposal_view import text_bundle

        snapshot = take(self._opened())
        first = snapshot.trial(wanted.before)
        old = snapshot.parent(first) if wanted.after is None else first
        new = first if wanted.after is None else snapshot.trial(wanted.after)
        cells = diffs.parent_cells(old)
        page = terminal.diff(
            diffs.cell_diffs(cells, new.cells), diffs.parameter_changes(cells, new.cells)
        )
        self._say(f"{old.id if old else 'nothing'} → {new.id}")
        self._display(text_bundle(page))

    def _survey(self, _: argparse.Namespace) -> None:
        from ftassist.documents.survey import survey_text

        card = self._opened().refresh().survey
        missing = "no requirement card yet: the backend `anthropic` writes one, the playbook none"
        self._say(survey_text(card) if card else missing)

    def _insights(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents import words

        campaign = self._opened()
        if wanted.action and not wanted.name:
            raise FtassistError("which insight?", fix=f"`%ftagent insights {wanted.action} i0001`")
        text = " ".join(wanted.text)
        if wanted.action == "pin":
            commands.pin_insight(campaign, wanted.name)
        elif wanted.action == "correct":
            commands.correct_insight(campaign, wanted.name, text)
        elif wanted.action == "delete":
            commands.delete_insight(campaign, wanted.name, text)
        known = campaign.refresh().insights.values()
        lines = [
            f"{insight.id}{' (pinned)' if insight.pinned else ''}: "
            f"{words.one_line(insight.text, 300)} [{', '.join(insight.trials)}]"
            for insight in known
        ]
        self._say("\n".join(lines) or "no insights yet")

    def _report(self, wanted: argparse.Namespace) -> None:
        from ftassist.ui.links import file_bundle
        from ftassist.ui.report import write

        campaign = self._opened()
        path = Path(wanted.output) if wanted.output else campaign.folder / "report.html"
        write(campaign, path)
        self._display(file_bundle("report", path))
