"""The head's side of one trial on a node: a thread that carries things there and back.

It sends the job and its inputs, appends the events of the node's journal to the campaign's as they
come, follows curve, log and notebook, puts what the trial asks to the campaign's evaluator, and
takes in what the trial leaves, checked by its hashes. Each event is appended only if the journal,
inside the same transaction, still knows this attempt as the trial's current one: an attempt that
was given up can say nothing more. Decides nothing about which trial is run.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ftassist.cluster import node_check, transfer
from ftassist.cluster.far_scoring import FarScoring, HeadEvaluator
from ftassist.cluster.home import Home
from ftassist.cluster.ledger import Ledger
from ftassist.cluster.line import CALL_SECONDS, Line, LostError
from ftassist.cluster.node_check import NodeReport, troubles
from ftassist.cluster.parcel import Parcel
from ftassist.cluster.questions import Evaluator
from ftassist.cluster.request import HEAD, scores_on_node
from ftassist.errors import FtassistError, LockedError, StaleDecisionError
from ftassist.journal.events import Kind
from ftassist.trial.failures import FailureClass
from ftassist.trial.job import EXIT_CODES, STAGE_VERB, TAKEN, TrialJob, trial_lock

LISTEN_SECONDS = 2.0
"""How long a node waits for something to tell before it says that there is nothing."""
_LAST = frozenset(str(kind) for kind in EXIT_CODES)
log = logging.getLogger("ftassist.runner")


@dataclass(frozen=True)
class Head:
    """What all couriers of a campaign share.

    Attributes:
        report: What a node is compared with.
        ledger: The campaign's journal.
        lease_seconds: How long a host goes on that hears nothing.
        silence_seconds: How long a host may take to answer before it counts as lost.
        on_unfit: Told the id of a node that could not take a trial, and why.
        evaluate: Where models answer the evaluator's questions (see `request`).
        evaluator: The campaign's evaluator; None while there is none.
    """

    report: NodeReport
    ledger: Ledger
    lease_seconds: float
    silence_seconds: float = CALL_SECONDS
    on_unfit: Callable[[str, str], None] = lambda node, why: None
    evaluate: str = HEAD
    evaluator: Callable[[], HeadEvaluator | None] = lambda: None


class FullError(FtassistError):
    """A trial ended for want of room on its node's disk."""


class Courier:
    """Carries one attempt at a trial; `start` begins, `code` tells how it ended.

    Args:
        job: The attempt, as it is on the head.
        parcels: What it needs on its node.
        line: Asks for a place on a node and reaches the host there.
        head: What it shares with the campaign's other couriers.
        settle: Called first: makes sure that nothing of an earlier attempt still runs.

    Attributes:
        code: The exit code as of a local worker, `TAKEN` when it was given up; None while it runs.
    """

    def __init__(
        self,
        job: TrialJob,
        parcels: list[Parcel],
        line: Callable[[], Line],
        head: Head,
        settle: Callable[[], None] = lambda: None,
    ) -> None:
        self._job = job
        self._parcels = parcels
        self._dial = line
        self._line: Line | None = None
        self._head = head
        self._settle = settle
        self._begun = False
        self._campaign = Path(job.campaign)
        self._home: Home | None = None
        self._far: FarScoring | None = None
        self._free = node_check.LEAST_FREE
        self._started = False
        self._over = threading.Event()
        self._paused = False
        self._node: dict[str, Any] = {}
        self._places: dict[str, str] = {}
        self._stage = "start"
        self._told = False
        self.code: int | None = None
        name = f"courier-{job.spec.trial}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Waits for the end."""
        self._thread.join(seconds)

    @property
    def given_up(self) -> bool:
        """Whether nobody wants it any more."""
        return self._over.is_set()

    @property
    def node(self) -> str:
        """The id of the node it is on; "" while it has no place."""
        return str(self._node.get("id", ""))

    def stop(self) -> None:
        """Asks for an end for good, which the trial's events tell."""
        self._ask("stop")

    def pause(self) -> None:
        """Asks, once, for an end where it can go on from later."""
        if not self._paused:
            self._paused = True
            self._ask("pause")

    def release(self) -> None:
        """Gives the attempt up without a word in the journal."""
        self._over.set()
        if line := self._line:
            line.end()

    def _ask(self, what: str) -> None:
        line = self._line
        if line is None or not self._begun:
            self._over.set()  # nothing of it runs yet
            return
        with suppress(FtassistError):
            line.call(what)

    def _run(self) -> None:
        try:
            with trial_lock(self._job.folder):  # a worker of this machine may still hold it
                self._settle()
                self.code = self._carry()
        except LockedError:
            self.code = TAKEN
        except StaleDecisionError as error:
            log.warning("%s: %s", self._job.spec.trial, error.what)
            self.code = TAKEN
        except LostError as error:
            self._lose(error.what, line_lost=True)
        except FtassistError as error:
            why = str(error) if error.fix else error.what
            if self._node and (not self._begun or isinstance(error, FullError)):
                self._head.on_unfit(str(self._node["id"]), why)
            self._lose(why)
        except Exception as error:
            log.exception("the courier of %s failed", self._job.spec.trial)
            self._lose(f"the trial could not be carried: {type(error).__name__}: {error}")
        finally:
            if self._line:
                self._line.end()

    def _lose(self, message: str, *, line_lost: bool = False) -> None:
        """Tells that the attempt was lost, once nothing of it can run any more."""
        if self._over.is_set():
            self.code = TAKEN
            return
        node_lost = not self._begun  # the node's fault, and not the trial's
        if line := self._line:
            if not line_lost:
                with suppress(FtassistError):
                    line.call("close")
            else:
                node_lost = node_lost or not line.gone_for_good()
                self._wait_for_its_end(line)
        try:
            if not self._told:
                payload: dict[str, Any] = {
                    "message": message,
                    "stage": self._stage,
                    "node": self._node,
                }
                if node_lost:
                    payload["node_lost"] = True
                self._append(Kind.ATTEMPT_LOST, payload)
            self.code = EXIT_CODES[Kind.ATTEMPT_LOST]
        except FtassistError as error:
            log.warning("%s: %s", self._job.spec.trial, error.what)
            self.code = TAKEN

    def _wait_for_its_end(self, line: Line) -> None:
        """Waits until nothing of a lost attempt can run: it was ended, or has ended itself."""
        line.end()
        if line.clear():
            return
        until = line.heard + self._head.lease_seconds
        while time.monotonic() < until and not self._over.wait(0.1):
            pass

    def _carry(self) -> int:
        self._line = line = self._dial()
        facts = line.call("hello", seconds=CALL_SECONDS)
        report = NodeReport.from_dict(facts["report"])
        self._node = {"host": report.host, **facts["node"]}
        if found := troubles(report, self._head.report):
            raise FtassistError(f"{report.host} cannot run trials: {'; '.join(found)}")
        for parcel in self._parcels:
            self._places[parcel.role] = self._send(line, parcel)
        here = {self._places[r]: str(getattr(self._job.spec, r)) for r in self._places}
        self._home = Home(self._campaign, self._job.spec.trial, line, here)
        self._home.clear()
        self._home.send_checkpoints()
        places: dict[str, Any] = dict(self._places)
        spec = replace(self._job.spec, **places)
        if self._over.is_set():
            raise StaleDecisionError(f"{self._job.spec.trial} was given up before it began")
        if self._evaluates_there(report):
            self._far = FarScoring(
                self._job.spec.trial, spec.model, self._head.evaluator, line.call, self._node
            )
        self._begun = True
        line.call("begin", replace(self._job, spec=spec).to_line())
        return self._follow(line)

    def _evaluates_there(self, report: NodeReport) -> bool:
        """Whether the trial's model answers on its node, where a trial cannot look at that."""
        weights = next((parcel.bytes for parcel in self._parcels if parcel.role == "model"), 0)
        wanted = scores_on_node(self._head.evaluate, weights)
        if wanted and (report.isolation == "none" or not report.seals):
            what = "isolation" if report.isolation == "none" else "the package cryptography"
            name = self._job.spec.trial
            log.warning("%s is scored on the head: %s has no %s", name, report.host, what)
            return False
        return wanted

    def _send(self, line: Line, parcel: Parcel) -> str:
        """Makes sure a parcel is on the node; its place there."""
        answer = line.call("need", parcel.to_dict(), seconds=self._patience(parcel))
        if "place" in answer:
            return str(answer["place"])
        for name in answer["send"]:
            with (Path(parcel.place) / name).open("rb") as file:
                part = file.read(transfer.PART)
                while True:
                    following = file.read(transfer.PART)
                    line.call("take_input", parcel.digest, name, part, not following)
                    if not following:
                        break
                    part = following
        return str(line.call("finish_input", parcel.digest, seconds=self._patience(parcel)))

    def _patience(self, parcel: Parcel) -> float:
        """Seconds that reading or fetching a parcel may take: ten MiB a second, and an hour."""
        return 3600 + parcel.bytes / 1e7

    def _follow(self, line: Line) -> int:
        """Carries what the worker tells until it has ended; returns its exit code."""
        home = self._at_home
        after = metrics = logged = 0
        while True:
            patience = LISTEN_SECONDS + self._head.silence_seconds
            news = line.call("listen", after, metrics, logged, LISTEN_SECONDS, seconds=patience)
            self._free = news["free"]
            metrics = home.follow_metrics(*news["metrics"])
            logged = home.follow_log(*news["log"])
            if news["notebook"]:
                home.keep_notebook(news["notebook"])
            for event in news["events"]:
                after = event["seq"]
                self._carry_event(event["kind"], event["payload"])
            for number, asked in news["asks"].items():
                arguments = (line, number, asked)
                threading.Thread(target=self._reply, args=arguments, daemon=True).start()
            home.follow_checkpoint(news["checkpoint"])
            if news["code"] is not None:
                return self._ended(line, int(news["code"]))

    def _ended(self, line: Line, code: int) -> int:
        if self._told or self._over.is_set():
            with suppress(FtassistError):
                line.leave()
            return code
        what = f"the trial's worker on {self._node['host']} ended with code {code}"
        self._refuse_full(what)
        raise FtassistError(f"{what} before it could report")

    def _refuse_full(self, what: str) -> None:
        """Tells an end for want of room from one that is the trial's own.

        Raises:
            FullError: The node's disk is full.
        """
        if self._free < node_check.FULL:
            left = f"{self._free / 2**20:.0f} MiB"
            raise FullError(f"the disk of {self._node['host']} is full ({left} left): {what}")

    def _carry_event(self, kind: str, payload: dict[str, Any]) -> None:
        """Appends an event of the node's journal, with what it is about brought first."""
        if kind == Kind.TRIAL_STARTED:
            self._append(kind, {**payload, "node": self._node})
            self._started = True
            return
        if kind == Kind.STAGE_STARTED:
            self._stage = str(payload["stage"])
        if kind == Kind.STAGE_FINISHED and not payload.get("cached_from"):
            self._at_home.take_stage(str(payload.get("key", "")))
        if kind == Kind.TRIAL_FAILED and payload.get("class") == FailureClass.ENV:
            self._refuse_full(str(payload.get("message", "")))
        if kind in _LAST:
            payload = self._at_home.take_all(kind, payload)
        self._append(kind, payload)
        self._told = self._told or kind in _LAST

    def _append(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Appends an event unless the trial has gone on without this attempt.

        Raises:
            StaleDecisionError: It has.
        """
        current = self._job.attempt if self._started else self._job.attempt - 1
        self._head.ledger.append(self._job.spec.trial, current, kind, payload, self._over.is_set)

    def _reply(self, line: Line, number: int, asked: str) -> None:
        """Answers one question of the trial; without an answer it asks again."""
        try:
            answer = self._answer(json.loads(asked))
        except (FtassistError, OSError, ValueError) as error:
            log.warning("%s asked in vain: %s", self._job.spec.trial, error)
            answer = ""
        with suppress(FtassistError):
            line.call("answer", number, answer)

    def _answer(self, request: dict[str, Any]) -> str:
        home = self._at_home
        if request.get("verb") == STAGE_VERB:
            found = home.send_stage(str(request.get("key", "")))
            return json.dumps({"ok": True, "found": found}) + "\n"
        if request.get("verb") == "evaluate":
            model = str(request.get("model", ""))
            home.take_model(model)
            if self._far and (answer := self._far.answer(model)):
                return answer
        return Evaluator(self._job.evaluator).answer(request)

    @property
    def _at_home(self) -> Home:
        assert self._home is not None
        return self._home
