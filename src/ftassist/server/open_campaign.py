"""One campaign kept open by the server: its state folded once, its nodes built once.

Every method may be called from any thread; work on one campaign is done one at a time. What is
kept is derived from the journal and dropped when the journal is another file.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from ftassist import documents
from ftassist.campaign import Campaign, trial_files
from ftassist.campaign.agent_link import read_progress
from ftassist.campaign.queries import answers
from ftassist.campaign.row_tokens import tokenised
from ftassist.campaign.shown_gain import shown_gain
from ftassist.campaign.template_variables import environment_of
from ftassist.campaign.training_rows import TrainingRows
from ftassist.campaign.usage import usage
from ftassist.documents.progress import moments
from ftassist.documents.snapshot import Snapshot, take
from ftassist.documents.wrong import Answered
from ftassist.journal.state import Trial
from ftassist.records.kinds import Json
from ftassist.records.rows import RowsPage, RowsTokens
from ftassist.records.usage import Usage
from ftassist.records.what_if import Knobs, WhatIf
from ftassist.server.answers import to_json, with_list
from ftassist.server.kept_view import KeptView, keep_view, kept_view

T = TypeVar("T")
KEPT_ANSWERS = 8
LOG_BYTES = 64 * 1024
METRICS_BYTES = 512 * 1024


class OpenCampaign:
    """A campaign below the server's root.

    Args:
        name: Its id.
        path: Its folder relative to the root.
        kept: Whether the state that was kept of a long journal may be begun with.

    Raises:
        JournalError: There is no campaign, or its journal cannot be read at all.
    """

    def __init__(self, name: str, path: str, folder: Path, *, kept: bool = True) -> None:
        self.name = name
        self.path = path
        self.folder = folder
        self._lock = threading.RLock()
        self._campaign = Campaign.open(folder, kept=kept)
        self._rows = TrainingRows(folder)
        self._nodes: dict[str, tuple[int, bytes]] = {}
        self._answers: dict[tuple[int, int, bool], bytes] = {}
        self._knobs: tuple[object, Knobs] | None = None
        self._reporting = threading.Lock()
        self._report: Json | None = None

    def close(self) -> None:
        """Closes the journal."""
        with self._lock:
            self._campaign.journal.close()

    def do(self, work: Callable[[Campaign], T]) -> T:
        """Does something with the campaign, alone."""
        with self._lock:
            return work(self._campaign)

    def entry(self) -> Json:
        """The campaign as a line of the list."""
        with self._lock:
            return documents.campaign_entry(
                take(self._campaign, worths=False), self.name, self.path
            )

    @property
    def head(self) -> tuple[int, str]:
        """The last event that was read, by number, and its digest."""
        with self._lock:
            return self._campaign.journal.head

    @property
    def sound(self) -> bool:
        """Whether no damage was found in what was read of the journal."""
        with self._lock:
            return self._campaign.journal.damage is None

    def keep_view(self) -> None:
        """Keeps the whole view for the next server, where that is due and no runner works."""
        with self._lock:
            if self._campaign.runner_alive() or kept_view(self.folder, self.name):
                return
            seq, journal = self._campaign.refresh().seq, self._campaign.journal
            view = KeptView(journal.head, self.view(0), self.view(seq))
            if journal.head[0] == seq == self._campaign.state.seq:
                keep_view(self.folder, self.name, view)

    def view(self, since: int) -> bytes:
        """The campaign's view as JSON: whole, or what changed after event `since`."""
        with self._lock:
            seq = self._campaign.journal.last_seq()
            if since > seq:
                since = 0  # the client knew another journal
            key = (seq, since, self._campaign.runner_alive())
            if key in self._answers:
                return self._answers[key]
            answer = self._view(take(self._campaign, worths=False), since)
            if len(self._answers) >= KEPT_ANSWERS:
                self._answers.clear()
            self._answers[key] = answer
            return answer

    def _view(self, snapshot: Snapshot, since: int) -> bytes:
        nodes = []
        for trial in snapshot.state.trials.values():
            if since and trial.updated <= since:
                continue
            known = self._nodes.get(trial.id)
            if known is None or known[0] != trial.updated:
                known = (trial.updated, to_json(documents.node(trial)))
                self._nodes[trial.id] = known
            nodes.append(known[1])
        head = documents.view_head(snapshot, self.name, full=not since)
        return with_list(head, "nodes", nodes)

    def thinking(self) -> Json:
        """How far the agent's call has come, and running trials."""
        with self._lock:
            state = self._campaign.refresh()
            alive = self._campaign.runner_alive()
            progress = read_progress(self._campaign)
            running = moments(self._campaign, state) if alive else []
        now = time.time()
        return documents.thinking_document(state, progress, running, alive=alive, now=now)

    def what_if(self, slots: int, policy: str = "") -> WhatIf:
        """What the campaign's policy, or another one, would do next; nothing is done."""
        with self._lock:
            return documents.what_if_document(self._campaign, slots, policy)

    def knobs(self) -> Knobs:
        """The numbers of the scored trials, and what each seems worth."""
        with self._lock:
            trials = self._campaign.refresh().trials.values()
            scored = tuple((t.id, t.score) for t in trials if t.score is not None)
            if self._knobs and self._knobs[0] == scored:
                return self._knobs[1]
            snapshot = take(self._campaign, worths=False)
        # Trials are resampled, which takes a while: the campaign is not kept from others.
        found = documents.knobs_document(snapshot)
        self._knobs = (scored, found)
        return found

    def plan(self) -> Json:
        """What the campaign is expected to cost from here to its end; nothing is done."""
        from ftassist.campaign import pricing

        with self._lock:
            return documents.plan_document(pricing.plan(self._campaign), self._campaign.state)

    def report(self) -> Json:
        """The report as it would be written now, kept until the next event."""
        from ftassist.ui.report import build

        with self._reporting:
            # Asked before: an event that comes while the page is made makes the next one anew.
            seq = self.do(lambda campaign: campaign.journal.last_seq())
            known = self._report
            if known is None or known["seq"] != seq:
                # Read anew: writing it takes a while, and the campaign is not kept from others.
                campaign = Campaign.open(self.folder)
                try:
                    page = build(campaign)
                finally:
                    campaign.journal.close()
                known = {
                    "schema": "ftassist/report-page/1",
                    "id": self.name,
                    "seq": seq,
                    "html": page,
                }
                self._report = known
            return known

    def card(self, trial: str) -> Json:
        """A trial's card as it stands now."""
        with self._lock:
            snapshot = take(self._campaign)
            known = snapshot.trial(trial)
            curve = trial_files.last_metrics(self.folder, known.id)
            return documents.card_document(snapshot, known, self.name, curve)

    def output(self, trial: str) -> Json:
        """What a notebook keeps of a trial as it stands now."""
        with self._lock:
            snapshot = take(self._campaign)
            known = snapshot.trial(trial)
            data = documents.card_output(snapshot, known, self.name)
        return {"schema": "ftassist/output/1", "seq": snapshot.state.seq, "data": data}

    def page(self, trial: str) -> Json:
        """A trial's page."""
        with self._lock:
            snapshot = take(self._campaign)
            known = snapshot.trial(trial)
            gain = shown_gain(self._campaign, known)
        curve = trial_files.last_metrics(self.folder, known.id)
        sizes = trial_files.sizes(self.folder, known.id)
        page = documents.trial_page(
            snapshot,
            known,
            curve=curve,
            sizes=sizes,
            answered=self._answered(known),
            shown_gain=f"{gain.sentence()}." if gain else "",
        )
        return {**page, "campaign_id": self.name}

    def _answered(self, trial: Trial) -> Answered:
        """What a trial and its parent answered where the evaluator told a wrong answer."""
        shown = {item.id for item in trial.feedback.wrong}
        parent = answers(self.folder, trial.parent, shown) if trial.parent else {}
        return Answered(answers(self.folder, trial.id, shown), parent)

    def metrics(self, trial: str, after: int) -> Json:
        """Rows of a trial's training curve after a byte."""
        known = self.do(lambda campaign: campaign.trial(trial).id)
        part = trial_files.metrics(self.folder, known, after, METRICS_BYTES)
        return {"rows": list(part.rows), "next": part.next, "truncated": part.more}

    def usage(self, trial: str) -> Usage:
        """What a trial's processes used while it ran."""
        return usage(self.folder, self.do(lambda campaign: campaign.trial(trial)))

    def rows(self, trial: str, start: int, count: int, text: str, source: str) -> RowsPage:
        """Some of the rows that a trial trained on."""
        known = self.do(lambda campaign: campaign.trial(trial))
        return self._rows.page(known, start, count, text, source)

    def tokens(self, trial: str, numbers: Sequence[int]) -> RowsTokens:
        """Training rows as tokens, with what of them is inside the loss."""
        known, base, told = self.do(
            lambda campaign: (
                campaign.trial(trial), campaign.base_reference, environment_of(campaign),
            )
        )  # fmt: skip
        rows = tokenised(base, told, self._rows.some(known, numbers))
        return {"schema": "ftassist/rows-tokens/1", "trial": known.id, "rows": rows}

    def log(self, trial: str, after: int) -> Json:
        """What a trial's cells printed after a byte."""
        known = self.do(lambda campaign: campaign.trial(trial).id)
        part = trial_files.log(self.folder, known, after, LOG_BYTES)
        return {"text": part.text, "next": part.next, "size": part.size}

    def compare(self, trials: Sequence[str]) -> Json:
        """Trials side by side."""
        with self._lock:
            document = documents.compare_document(self._campaign, trials)
        return {**document, "id": self.name}
