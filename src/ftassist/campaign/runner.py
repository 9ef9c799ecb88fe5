"""The runner: one process a campaign that turns accepted proposals into scored trials.

    python -m ftassist.campaign.runner FOLDER

It reads the journal, does the next thing and writes what happened; it keeps nothing in memory
that the journal does not tell. Killed at any moment, its next start finds where it was. It runs
no cell and computes no score itself: workers and the evaluator do, each in its own process.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from ftassist.agent.backends.names import OUTSIDE
from ftassist.agent.key import take as take_key
from ftassist.campaign import consent, judging, rungs, stopping
from ftassist.campaign.base_scoring import BaseScoring
from ftassist.campaign.broker import broker_of
from ftassist.campaign.budget import call_failed, spent
from ftassist.campaign.campaign import POLL_SECONDS, Campaign
from ftassist.campaign.executors import Executor, executor_of
from ftassist.campaign.finale import finish
from ftassist.campaign.gate import let_through
from ftassist.campaign.general import PanelScoring
from ftassist.campaign.inputs import Inputs
from ftassist.campaign.lock import RunnerLock
from ftassist.campaign.memory_table import halved_batch
from ftassist.campaign.open_wishes import fulfil
from ftassist.campaign.outage import FIRST, again_at, give_up
from ftassist.campaign.places import GoneError
from ftassist.campaign.proposing import (
    analyse,
    distil,
    profile_repository,
    propose,
    read_veto,
    unread,
)
from ftassist.campaign.review import parse_review
from ftassist.campaign.scorer import CampaignScorer
from ftassist.campaign.successor import followed
from ftassist.campaign.trackers.following import Mirrors
from ftassist.campaign.workers import trial_job
from ftassist.errors import EvaluatorError, FtassistError, LockedError
from ftassist.isolation.ending import become_subreaper, end_orphans
from ftassist.isolation.support import isolation, warning
from ftassist.journal.events import Kind
from ftassist.journal.place import network_type
from ftassist.journal.state import BASE, State, Trial
from ftassist.records.executor import NOT_CHOSEN
from ftassist.trial.job import TOLD

IDLE_SECONDS = 600.0
MAX_LOSSES = 3
"""Attempts of one trial that may be ended from outside before it counts as failed.

Those that went with their node do not count: only its attempts in all are bounded then."""
MAX_ATTEMPTS = 20
"""Attempts of one trial in all, so that one that takes its runner down with it ends some day."""
TROUBLE_SECONDS = 30.0
"""How long a cluster may have no node that can run trials before the campaign waits for one."""
NODES = "nodes"
"""What such a campaign waits for."""
AT_RISK = "one machine only may write to it, or it can be damaged"
RETRY_SECONDS = FIRST
"""Before the agent is asked again after such a failure."""
log = logging.getLogger("ftassist.runner")


class Runner:
    """Runs one campaign until there is nothing left to do.

    Args:
        campaign: The campaign; its lock must be held.
        lock: The lock, for the heartbeat.
        idle_seconds: How long to wait for a person before ending.
    """

    def __init__(
        self, campaign: Campaign, lock: RunnerLock, *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._campaign = campaign
        self._lock = lock
        self._idle_seconds = idle_seconds
        self._executor = campaign.state.executor
        self._scorer = CampaignScorer(campaign)
        self._workers: Executor = self._executor_of(campaign.state)
        self._inputs = Inputs(campaign)
        self._troubled_since = 0.0
        self._busy_at = time.monotonic()
        self._ending = ""
        self._broker = broker_of(campaign)
        self._read: set[str] = set()
        self._base = BaseScoring(campaign, self._scorer.ready, self._scorer.lost)
        self._panel = PanelScoring(campaign, self._scorer.ready)
        self._mirrors = Mirrors(campaign)

    def run(self) -> str:
        """Works until told to stop, finished or idle; returns why it ended."""
        self._say(Kind.RUNNER_STARTED, self._facts())
        try:
            while not self._ending:
                self._lock.beat()
                acted = self._round()
                self._mirrors.look(self._campaign.state)
                if acted or self._workers.running or self._base.running or self._panel.running:
                    self._busy_at = time.monotonic()
                elif reason := self._nothing_more():
                    # What was asked before the lock says so is seen by one more look.
                    self._lock.leave()
                    if self._round():
                        self._lock.leave(False)
                        self._busy_at = time.monotonic()
                    else:
                        self._ending = self._ending or reason
                if not acted:
                    time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            self._ending = "interrupted"
        except LockedError as error:
            self._ending = error.what
        finally:
            self._lock.leave()
            self._workers.release()
            if self._broker:
                self._broker.close()
            self._scorer.stop()
            self._mirrors.close()
            end_orphans(())
            if self._lock.held:
                self._say(Kind.RUNNER_STOPPED, {"reason": self._ending or "an error"})
        return self._ending

    def _nothing_more(self) -> str:
        """Why there is nothing more to wait for; "" while there is."""
        state = self._campaign.state
        if state.phase == "finished":
            return "the campaign is finished"
        if call_failed(state) and not self._ask_again(state):
            return ""
        if time.monotonic() - self._busy_at > self._idle_seconds:
            return f"idle for {self._idle_seconds:g} s"
        return ""

    def end(self, reason: str) -> None:
        """Ends after the current round; running trials are picked up by the next runner."""
        self._ending = reason

    def _round(self) -> bool:
        """Does what is to be done now; False when there was nothing."""
        state = self._campaign.refresh()
        if self._campaign.journal.damage:
            raise FtassistError("the journal is damaged", where=str(self._campaign.journal.path))
        if state.phase == "stopped":
            self._stop_trials(state)
            self._ending = state.reason
            return True
        if self._workers.running:
            self._scorer.keep()
        self._workers.mind_spare()
        if self._broker:
            self._broker.poll(self._workers.running)
        reaped = self._reap()
        stopped = self._stop_unwanted(state)
        if reaped or stopped:
            return True
        if self._inputs.mind(state, self._workers) or self._mind_executor(state):
            return True
        if state.phase == "paused":
            self._workers.pause()
            return (self._base.running and self._base.step()) or fulfil(self._campaign)
        if self._retry(state):
            return True
        if self._judge(state) or self._read_vetoes(state) or fulfil(self._campaign):
            return True
        self._prepare(state)
        if state.base.status != "scored" or self._base.running:
            return self._base.step()
        return (
            let_through(self._campaign, state, self._workers.slots)
            or self._start(state)
            or self._promote(state)
            or self._go_on(state)
        )

    def _mind_executor(self, state: State) -> bool:
        """Moves to where trials are to run from now on, once nothing runs where they did.

        Goes on by itself when there are nodes again.
        """
        if state.phase == "paused" and state.waits_for == NODES and not self._workers.trouble:
            self._say(Kind.CAMPAIGN_RESUMED, {})
            return True
        if state.executor == self._executor or self._workers.running:
            return False
        self._workers.release()
        self._executor = state.executor
        try:
            self._workers = self._executor_of(state)
        except FtassistError as error:
            self._executor = NOT_CHOSEN
            self._workers = self._executor_of(State())
            self._say(Kind.CAMPAIGN_STOPPED, {"reason": str(error)})
        return True

    def _facts(self) -> dict[str, Any]:
        """What is said of a runner at its start: where it is, and what a training may have."""
        facts: dict[str, Any] = {"pid": os.getpid(), "host": socket.gethostname()}
        if (devices := self._workers.most_devices) > 1:
            facts |= {"devices": devices, "executor": self._executor.name}
        return facts

    def _executor_of(self, state: State) -> Executor:
        return executor_of(self._campaign.folder, state, lambda: self._scorer.process)

    def _mind_trouble(self) -> bool:
        """Pauses a campaign for which no trial can run anywhere, with what to do."""
        trouble = self._workers.trouble
        if not trouble or self._workers.running:
            self._troubled_since = 0.0
            return False
        now = time.monotonic()
        self._troubled_since = self._troubled_since or now
        if now - self._troubled_since < TROUBLE_SECONDS:
            return False
        self._say(Kind.CAMPAIGN_PAUSED, {"reason": trouble, "waits_for": NODES})
        return True

    def _prepare(self, state: State) -> None:
        """Starts the next trial's worker while this one trains, if there will be a next one."""
        training = any(state.trials[t].stage == "train" for t in self._workers.running)
        first = state.base.status != "scored" and parse_review(state.review).mode != "always"
        if (training or first) and not state.claim and not self._ending:
            self._workers.prepare_spare()

    def _reap(self) -> bool:
        """Takes note of workers that ended; one that said nothing was killed.

        What failed while its base or task was gone is no failure of the trial, and runs again.
        """
        ended = self._workers.reap()
        for name, code in ended.items():
            self._scorer.close(name)
            trial = self._campaign.refresh().trials[name]
            if trial.status in ("running", "accepted") and code not in TOLD:
                self._note_death(trial, code)
            elif trial.status == "failed" and (gone := self._inputs.gone_now(self._workers)):
                message = f"it failed while {gone.what}"
                lost = {"message": message, "stage": trial.failure.stage}
                self._say(Kind.ATTEMPT_LOST, lost, trial=name)
        if any(code < 0 for code in ended.values()):
            end_orphans([*self._workers.pids, *self._scorer.pids])
        return bool(ended)

    def _note_death(self, trial: Trial, code: int) -> None:
        message = f"the trial's worker ended with code {code} before it could report"
        log.warning("%s: %s", trial.id, message)
        self._say(Kind.ATTEMPT_LOST, {"message": message, "stage": trial.stage}, trial=trial.id)

    def _fail(self, trial: str, failure: str, message: str) -> None:
        payload = {"class": failure, "stage": None, "message": message, "traceback": ""}
        self._say(Kind.TRIAL_FAILED, payload, trial=trial)

    def _stop_unwanted(self, state: State) -> bool:
        """Stops trials that were vetoed, and those a person asked to stop."""
        vetoed = [t for t in self._workers.running if state.trials[t].status == "vetoed"]
        for trial in vetoed:
            self._workers.stop(trial)
        asked = [t for t in state.with_status("accepted", "running") if t.stopping]
        for wanted in asked:
            if wanted.id == BASE:  # nothing can run without its score
                reason = wanted.stopping.reason or "the scoring of the base was stopped"
                self._say(Kind.CAMPAIGN_STOPPED, {"reason": reason})
                self._base.stop(reason)
            if wanted.id in self._workers.running:
                self._workers.stop(wanted.id)
            if self._campaign.refresh().trials[wanted.id].status in ("accepted", "running"):
                reason = wanted.stopping.reason or "asked for"
                self._say(Kind.TRIAL_STOPPED, {"reason": reason}, trial=wanted.id)
        return bool(vetoed or asked)

    def _stop_trials(self, state: State) -> None:
        self._base.stop(state.reason)
        for trial in list(self._workers.running):
            self._workers.stop(trial)
            if self._campaign.refresh().trials[trial].status == "running":
                self._say(Kind.TRIAL_STOPPED, {"reason": state.reason}, trial=trial)

    def _judge(self, state: State) -> bool:
        for trial in judging.unjudged(state):
            judging.judge_trial(self._campaign, trial)
        waiting = judging.unanalysed(self._campaign.refresh())
        for trial in waiting:
            analyse(self._campaign, trial.id, self._lock.beat)
        if waiting:
            distil(self._campaign, self._lock.beat)
        return bool(waiting)

    def _read_vetoes(self, state: State) -> bool:
        """Has the agent's model read the reasons of new vetoes, each once, before it proposes."""
        new = [trial for trial in unread(state) if trial not in self._read]
        for trial in new:
            self._read.add(trial)
            read_veto(self._campaign, trial, self._lock.beat)
        return bool(new)

    def _retry(self, state: State) -> bool:
        """Runs a trial that was out of memory once more, with half the batch."""
        again = [retry for t in state.with_status("failed") if (retry := halved_batch(t))]
        for trial, payload in again:
            self._say(Kind.TRIAL_RETRIED, payload, trial=trial)
        return bool(again)

    def _start(self, state: State) -> bool:
        """Starts the next accepted trial, or one that a dead worker left behind."""
        waiting = [
            t
            for t in state.with_status("accepted", "running")
            if t.id not in self._workers.running
        ]
        if not waiting or state.executor != self._executor:
            return False
        if len(self._workers.running) >= self._workers.slots:
            return self._mind_trouble()
        trial = waiting[0]
        if consent.needed(state, trial):
            waits = {"reason": consent.question(trial.id), "waits_for": consent.CONSENT}
            self._say(Kind.CAMPAIGN_PAUSED, waits)
            return True
        if reason := _given_up(trial):
            self._fail(trial.id, "KILLED", reason)
            return True
        try:
            job = trial_job(self._campaign, trial, self._scorer.ready())
        except EvaluatorError as error:
            if self._scorer.lost(error):
                return True
            raise
        except GoneError:
            return False  # told in the next round
        if self._broker:
            self._broker.open(trial.id)
        self._workers.start(job)
        return True

    def _promote(self, state: State) -> bool:
        """Has trials that rest run on, where the policy wants it and devices are free."""
        free = self._workers.slots - len(self._workers.running)
        if free < 1 or state.finalist or state.with_status("accepted"):
            return False
        return rungs.promote(self._campaign, free, self._workers.running)

    def _go_on(self, state: State) -> bool:
        """Sees what the best trial forgot, or else proposes, or finishes."""
        if self._panel.due(state):
            return self._panel.step(state)
        return self._propose(state) or self._finish(state)

    def _propose(self, state: State) -> bool:
        """Asks the agent for a proposal when there is room for a trial and a wish for one."""
        review = parse_review(state.review)
        # One that is on its way to a device has its place: it keeps nobody from the others.
        waiting = [t for t in state.with_status("accepted") if t.id not in self._workers.running]
        busy = bool(state.pending) or bool(waiting)
        room = len(self._workers.running) < self._workers.slots
        # An agent that had no idea is asked again once another trial has been judged.
        heard = not state.asked.failed or self._ask_again(state)
        own = state.settings.backend != OUTSIDE
        free = own and review.mode != "always" and room and not busy and heard
        wanted = state.asked.seq or free
        if not wanted or state.base.status != "scored" or state.finalist:
            return False
        if reason := spent(state):
            if state.asked.seq:
                payload = {"message": f"the budget is spent: {reason}"}
                self._say(Kind.PROPOSAL_FAILED, payload)
            return bool(state.asked.seq)
        if not state.asked.seq and stopping.hold(self._campaign):
            return False
        if not state.profiles and (unusable := profile_repository(self._campaign)):
            if review.mode != "always":
                reason = f"the training data cannot be used: {unusable}"
                self._say(Kind.CAMPAIGN_PAUSED, {"reason": reason})
            return True
        devices = self._workers.slots - len(self._workers.running)
        proposed = propose(self._campaign, self._lock.beat, devices)
        give_up(self._campaign)
        return proposed

    def _ask_again(self, state: State) -> bool:
        """Whether a proposal that failed for a failed call is to be asked for once more."""
        return call_failed(state) and time.time() >= again_at(state, RETRY_SECONDS)

    def _finish(self, state: State) -> bool:
        """Goes on to the claim when nothing runs any more."""
        return not self._workers.running and finish(self._campaign, state)

    def _say(
        self, kind: Kind, payload: dict[str, Any] | None = None, *, trial: str | None = None
    ) -> None:
        self._campaign.say(kind, payload, trial=trial, actor="runner")


def _given_up(trial: Trial) -> str:
    """Why a trial is not run once more; "" for one that is."""
    own = [loss for loss in trial.losses if not loss.node_lost]
    if len(own) >= MAX_LOSSES:
        return f"{own[-1].message}; that was attempt {len(own)} to be lost"
    if trial.attempt >= MAX_ATTEMPTS:
        return f"its runner was killed {trial.attempt} times while it ran"
    return ""


def main(arguments: list[str] | None = None) -> int:
    """Runs the campaign in the folder named on the command line."""
    take_key()
    folder = Path((arguments or sys.argv[1:])[0])
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    campaign = followed(folder)
    if isinstance(campaign, int):
        return campaign
    become_subreaper()
    try:
        with RunnerLock(campaign.folder) as lock:
            if caution := warning():
                log.warning("%s", caution)
            isolation()
            if kind := network_type(campaign.journal.path):
                log.warning("the journal lies on a network file system (%s): %s", kind, AT_RISK)
            runner = Runner(campaign, lock)

            def end(number: int, frame: FrameType | None) -> None:
                runner.end(f"signal {signal.Signals(number).name}")

            signal.signal(signal.SIGTERM, end)
            signal.signal(signal.SIGINT, end)
            log.info("ended: %s", runner.run())
    except FtassistError as error:
        log.error("%s", error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
