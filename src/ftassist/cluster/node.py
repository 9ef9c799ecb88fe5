"""The host of one trial on a node: brings its inputs, runs its worker, tells what happens.

Called by its `Courier` on the head and by nobody else, through an actor of Ray (`host`). The
worker is the one that runs trials on a single machine, with a campaign's folder that holds only
this trial and with a journal of its own, whose events the courier carries to the real one. What
the worker asks of the evaluator waits here until the head has answered. A host that its head has
not called for `lease_seconds` ends its trial by itself, so that a node that was cut off runs
nothing for long.
Decides nothing, and holds no evaluation data and no key.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ftassist.cluster import leftovers, node_check, transfer
from ftassist.cluster.input_store import InputStore, store_folder
from ftassist.cluster.node_evaluator import NodeEvaluator
from ftassist.cluster.parcel import Parcel
from ftassist.dojo.evaluator.protocol import (
    BASE_VARIABLE,
    MAX_BYTES,
    SOCKET_VARIABLE,
    RefusedError,
    error_answer,
)
from ftassist.files import open_inside
from ftassist.isolation.ending import end_group
from ftassist.journal.store import Journal
from ftassist.trial.job import CHECKPOINTS, COMPLETE, NOTEBOOK, SOURCE_VARIABLE, TrialJob
from ftassist.trial.stage_cache import METRICS

WORKER = "ftassist.trial.worker"
_LOOK_SECONDS = 0.1
_END_SECONDS = 10.0
_MOST_TEXT = 1 << 20
_CHECKPOINT = re.compile(r"checkpoint-(\d{1,12})")


@dataclass(frozen=True)
class Order:
    """What a host is made for.

    Attributes:
        trial: The trial's id.
        campaign: What tells its campaign from others on the same nodes.
        environment: Variables that trials depend on and that a node need not have by itself.
        lease_seconds: How long it goes on without a word of the head.
        module: What runs the trial; another one only for stand-ins of tests and benchmarks.
        key: What tells this attempt from others on the same host.
    """

    trial: str
    campaign: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    lease_seconds: float = 30.0
    module: str = WORKER
    key: str = field(default_factory=lambda: secrets.token_hex(8))


class NodeTrial:
    """Hosts one attempt at a trial.

    Args:
        order: What for.
        store: Where inputs are kept; by default this machine's store.
    """

    def __init__(self, order: Order, store: Path | None = None) -> None:
        self._order = order
        self._store_folder = store or store_folder()
        self._store = InputStore(self._store_folder)
        self._folder = leftovers.workspace(self._store_folder, order.campaign, order.trial)
        self._door = Path(tempfile.mkdtemp(prefix="fta-door-"))
        self._evaluator = NodeEvaluator(self._folder, order.environment)
        self._journal = Journal(self._folder / "journal.db", create=True, passing=True)
        self._worker: subprocess.Popen[bytes] | None = None
        self._server: asyncio.AbstractServer | None = None
        self._asked: dict[int, tuple[str, asyncio.Future[str]]] = {}
        self._told: set[int] = set()
        self._numbers = itertools.count(1)
        self._turns = contextlib.AsyncExitStack()
        self._awaited: dict[str, Parcel] = {}
        self._heard = time.monotonic()
        self._guard: asyncio.Task[None] | None = None
        self._notebook = 0

    async def hello(self) -> dict[str, Any]:
        """Where this is, and whether trials can be run here."""
        self._guard = self._guard or asyncio.create_task(self._keep_lease())
        self._heard = time.monotonic()
        report = await asyncio.to_thread(node_check.report)
        devices = [d for d in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if d]
        return {"report": report.to_dict(), "node": {"id": ray_node(), "devices": devices}}

    async def need(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Where a parcel lies here; or that its files are to be sent, after a wait for others."""
        parcel = Parcel.from_dict(raw)
        if place := await self._held(asyncio.to_thread(self._store.place, parcel)):
            return {"place": str(place)}
        await self._held(self._turns.enter_async_context(self._store.turn(parcel)))
        if place := await asyncio.to_thread(self._store.place, parcel):
            return {"place": str(place)}
        node_check.check_room(self._store_folder, parcel.bytes)
        self._store.drop(parcel)
        self._awaited[parcel.digest] = parcel
        return {"send": sorted(parcel.files)}

    async def take_input(self, digest: str, name: str, part: bytes, last: bool) -> None:
        """Takes in a part of a file of a parcel."""
        self._heard = time.monotonic()
        await asyncio.to_thread(self._store.add, self._awaited[digest], name, part, last)

    async def finish_input(self, digest: str) -> str:
        """A parcel has arrived; where it lies."""
        self._heard = time.monotonic()
        return str(self._store.finish(self._awaited.pop(digest)))

    async def begin(self, line: str) -> str:
        """Starts the worker on its job; returns the trial's folder here.

        Args:
            line: The job as the head knows it, with this node's places of its inputs.
        """
        await self._turns.aclose()
        job = TrialJob.from_line(line)
        door = self._door / "door"
        self._server = await asyncio.start_unix_server(self._serve, str(door), limit=MAX_BYTES)
        door.chmod(0o600)
        own = {SOURCE_VARIABLE: str(door), leftovers.ATTEMPT_VARIABLE: str(self._folder)}
        environment = os.environ | self._order.environment | own
        with (self._folder / "worker.log").open("ab") as log:
            self._worker = subprocess.Popen(
                [sys.executable, "-m", self._order.module],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        assert self._worker.stdin is not None
        self._worker.stdin.write(here(job, self._folder, door).to_line().encode())
        self._worker.stdin.flush()
        return str(self._trial)

    async def listen(self, after: int, metrics: int, log: int, seconds: float) -> dict[str, Any]:
        """What is new; waits for it up to `seconds`.

        Args:
            after: The last event of the journal here that the head has.
            metrics: How many bytes of `metrics.jsonl` it has.
            log: How many bytes of the worker's log it has.
            seconds: How long to wait.
        """
        until = time.monotonic() + seconds
        while True:
            self._heard = time.monotonic()
            ended = self._worker.poll() if self._worker else None  # before the events are read
            if self._journal.last_seq() > after or self._asked.keys() - self._told:
                break
            if ended is not None or time.monotonic() >= until:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        asks = {n: line for n, (line, _) in self._asked.items() if n not in self._told}
        self._told |= asks.keys()
        return {
            "events": [event.to_dict() for event in self._journal.read(after)],
            "asks": asks,
            "metrics": self._new(f"trials/{self._order.trial}/{METRICS}", metrics),
            "log": self._new("worker.log", log),
            "notebook": self._new_notebook(),
            "checkpoint": await asyncio.to_thread(self._last_checkpoint),
            "code": ended,
            "free": node_check.free(self._folder),
        }

    async def answer(self, number: int, line: str) -> None:
        """The head's answer to something that was asked."""
        self._heard = time.monotonic()
        _, future = self._asked.pop(number)
        self._told.discard(number)
        if not future.done():
            future.set_result(line)

    async def answering(self) -> dict[str, Any]:
        """Starts what has the trial's model answer here; the `public` half of its key."""
        self._heard = time.monotonic()
        try:
            return {"public": await self._evaluator.public()}
        except RefusedError as error:
            return error_answer(error)

    async def answer_questions(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the trial's model answers to sealed questions, sealed (see `dojo.evaluator`)."""
        places = {"folder": str(self._trial), "place": str(self._folder / "answering")}
        try:
            return await self._evaluator.ask(request | places)
        except RefusedError as error:
            return error_answer(error)

    async def listing(self, below: str, leave_out: tuple[str, ...] = ()) -> transfer.Listing:
        """What lies below a folder of this attempt, small files with their bytes."""
        self._heard = time.monotonic()
        return await asyncio.to_thread(self._listed, below, frozenset(leave_out))

    async def read(self, name: str, offset: int) -> tuple[bytes, bool]:
        """A part of a file of this attempt."""
        self._heard = time.monotonic()
        return await asyncio.to_thread(transfer.read_part, self._folder, name, offset)

    async def take(self, name: str, part: bytes, first: bool) -> None:
        """A part of a file of the head's: a checkpoint, or an entry of the stage cache."""
        self._heard = time.monotonic()
        path = self._folder.joinpath(*transfer.parts_of(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb" if first else "ab") as file:
            file.write(part)

    async def stop(self) -> None:
        """Asks the worker to stop its trial and end."""
        if self._worker and self._worker.poll() is None:
            self._worker.send_signal(signal.SIGTERM)

    async def pause(self) -> None:
        """Asks the worker to end its trial where it can go on from later."""
        if self._worker and self._worker.stdin and self._worker.poll() is None:
            with suppress(OSError):
                self._worker.stdin.write(b"pause\n")
                self._worker.stdin.flush()

    async def close(self) -> None:
        """Ends what still runs and removes what lies here."""
        if self._guard:
            self._guard.cancel()
        if self._server:
            self._server.close()
        for _, future in self._asked.values():
            if not future.done():
                future.set_result("")
        await self._turns.aclose()
        await asyncio.to_thread(self._end)

    @property
    def _inside(self) -> tuple[str, str]:
        return "trials", self._order.trial

    @property
    def _trial(self) -> Path:
        return self._folder.joinpath(*self._inside)

    async def _held(self, waiting: Any) -> Any:
        """Waits for something that the head waits for, too."""
        task = asyncio.ensure_future(waiting)
        while not (await asyncio.wait({task}, timeout=1.0))[0]:
            self._heard = time.monotonic()
        return task.result()

    def _listed(self, below: str, leave_out: frozenset[str]) -> transfer.Listing:
        listed = transfer.listing(self._folder, below, leave_out=leave_out)
        return transfer.with_small(self._folder, listed)

    def _new(self, name: str, offset: int) -> tuple[int, bytes]:
        """What was added to a file; from its beginning where it is shorter than it was."""
        try:
            with open_inside(self._folder, *name.split("/")) as file:
                start = offset if os.fstat(file.fileno()).st_size >= offset else 0
                file.seek(start)
                return start, file.read(_MOST_TEXT)
        except OSError:
            return offset, b""

    def _new_notebook(self) -> bytes:
        """The trial's notebook where it has changed, so that it can be read while it runs."""
        try:
            with open_inside(self._folder, "trials", self._order.trial, NOTEBOOK) as file:
                status = os.fstat(file.fileno())
                if status.st_mtime_ns == self._notebook or status.st_size > 8 * _MOST_TEXT:
                    return b""
                self._notebook = status.st_mtime_ns
                return file.read()
        except OSError:
            return b""

    def _last_checkpoint(self) -> str:
        """The name of the newest whole checkpoint; "" where there is none."""
        try:
            below = [*self._inside, CHECKPOINTS]
            found = transfer.names(self._folder, "/".join(below))
            steps = [m for name in found if (m := _CHECKPOINT.fullmatch(name))]
            for name in sorted(steps, key=lambda m: int(m[1]), reverse=True):
                with suppress(OSError), open_inside(self._folder, *below, name[0], COMPLETE):
                    return name[0]
        except OSError:
            pass
        return ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question: a line that goes to the head, and its answer."""
        with suppress(OSError, ValueError):
            line = (await reader.readline()).decode(errors="replace")
            if line:
                number = next(self._numbers)
                future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
                self._asked[number] = (line, future)
                writer.write((await future).encode())
                await writer.drain()
        writer.close()

    async def _keep_lease(self) -> None:
        """Ends the trial, and this process, once the head is silent."""
        while time.monotonic() - self._heard < self._order.lease_seconds:
            await asyncio.sleep(min(1.0, self._order.lease_seconds / 4))
        await asyncio.to_thread(self._end)
        os._exit(0)

    def _end(self) -> None:
        self._evaluator.end()
        worker = self._worker
        if worker is not None:
            if worker.stdin and not worker.stdin.closed:
                with suppress(OSError):
                    worker.stdin.close()
            try:
                worker.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                end_group(worker.pid)
                worker.wait()
        self._journal.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.rmtree(self._door, ignore_errors=True)


def ray_node() -> str:
    """Ray's id of the node this process is on; "" outside a cluster."""
    if "ray" not in sys.modules:
        return ""
    import ray

    return str(ray.get_runtime_context().get_node_id()) if ray.is_initialized() else ""


def here(job: TrialJob, folder: Path, door: Path) -> TrialJob:
    """A job in a folder of this node, whose questions to the evaluator go through a door here."""
    led = {SOCKET_VARIABLE: str(door), BASE_VARIABLE: job.spec.model}
    evaluator = {**job.evaluator, **led} if job.evaluator else {}
    return replace(job, campaign=str(folder), evaluator=evaluator)
