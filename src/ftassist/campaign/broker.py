"""The broker: answers requests of trials' cells for rows, outside of their kernels.

A cell puts a request into `broker/requests` of its trial's folder and finds the answer in
`broker/answers` (see `recipes.curate.synthesis`). The broker alone holds the key; it caps rows and
money, limits how many calls run at once, and writes every call to the journal. A trial that has
ended pays for nothing more. A request is untrusted: it is opened without following links, bounded,
and checked against a schema, and its texts go to the model behind a fence.
"""

from __future__ import annotations

import json
import logging
import os
import re
import stat
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.agent.backends.anthropic import forms
from ftassist.agent.backends.anthropic.calls import Allowance, Caller, Tool, check_schema
from ftassist.agent.backends.anthropic.client import Messages
from ftassist.agent.backends.anthropic.desk import Desk
from ftassist.agent.backends.anthropic.settings import AgentSettings, Role
from ftassist.agent.backends.anthropic.stream import CallCancelledError
from ftassist.agent.backends.link import Link
from ftassist.agent.key import scrub
from ftassist.campaign.agent_link import held
from ftassist.campaign.campaign import Campaign
from ftassist.errors import BudgetError, DataError, FtassistError
from ftassist.files import write_json
from ftassist.records.calls import MadeCall
from ftassist.records.record import Record

CONCURRENT = 4
"""Calls at once at most."""
ROWS_A_CALL = 10
MOST_ROWS = 2000
"""Rows times samples of one request at most."""
SHARE = 0.5
"""Share of the campaign's money that rows may cost; the rest is for thinking."""
LARGEST = 8_000_000
_NAME = re.compile(r"[0-9a-f]{16}\.json")
_ROW = {
    "type": "object",
    "required": ["id", "prompt", "response"],
    "properties": {name: {"type": "string"} for name in ("id", "prompt", "response")},
}
_REQUEST: Mapping[str, Any] = {
    "type": "object",
    "required": ["instruction", "samples", "pool", "rows"],
    "properties": {
        "instruction": {"type": "string", "minLength": 1, "maxLength": 4000},
        "samples": {"type": "integer", "minimum": 1, "maximum": 16},
        "pool": {"enum": ["weak", "strong"]},
        "kind": {"enum": ["write", "grade"]},
        "rows": {"type": "array", "items": _ROW, "minItems": 1},
    },
}
Made = dict[str, str | float]
"""What a model made of a row, by its `id`: the row anew, or its grade."""
log = logging.getLogger("ftassist.broker")
_POOLS: Mapping[str, Role] = {"weak": "cheap", "strong": "executor"}


@dataclass(frozen=True, slots=True)
class _Row(Record):
    """A row that is asked about."""

    id: str
    prompt: str
    response: str


@dataclass(frozen=True, slots=True)
class _Request(Record):
    """What a cell asks for, checked."""

    instruction: str
    samples: int
    pool: str
    rows: tuple[_Row, ...]
    kind: str = "write"


@dataclass(frozen=True)
class _Box:
    """The folders of one trial's exchange, held open: links put there later lead nowhere."""

    trial: str
    requests: int
    answers: int
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, name: str) -> _Request | None:
        """A request, checked; None where it is answered already.

        Raises:
            DataError: It is no request.
        """
        with self.lock:
            self.refuse_ended()
            if name in os.listdir(self.answers):  # noqa: PTH208 - an open folder
                return None
            return _read(self.requests, name)

    def write(self, name: str, answer: Mapping[str, Any]) -> None:
        """Writes an answer, if anybody is there to read it."""
        with self.lock, suppress(OSError):
            if not self.over.is_set():
                _write(self.answers, name, answer)

    def refuse_ended(self) -> None:
        """Raises CallCancelledError when the trial has ended."""
        if self.over.is_set():
            raise CallCancelledError("the trial that asked for rows has ended")

    def close(self) -> None:
        """Lets the folders go; calls that are being made for it end."""
        with self.lock:
            self.over.set()
            os.close(self.requests)
            os.close(self.answers)


class Broker:
    """Answers the requests of a campaign's trials.

    Args:
        folder: The campaign's folder.
        client: Makes the calls; by default one for the campaign's settings.
    """

    def __init__(self, folder: Path, client: Messages | None = None) -> None:
        self._campaign = Campaign.open(folder)
        self._lock = threading.RLock()
        self._boxes: dict[str, _Box] = {}
        self._taken: set[tuple[str, str]] = set()
        self._pool = ThreadPoolExecutor(CONCURRENT, thread_name_prefix="broker")
        self._requests = ThreadPoolExecutor(1, thread_name_prefix="broker-request")
        self._settings = AgentSettings.of(self._campaign.state.settings.agent)
        self._client = client
        self._rows_cost = 0.0
        self._read_to = 0

    def open(self, trial: str) -> None:
        """Lets a trial ask; called before its kernel starts."""
        root = self._campaign.trial_folder(trial) / "broker"
        if root.is_symlink():
            root.unlink()
        for name in ("requests", "answers"):
            (root / name).mkdir(parents=True, exist_ok=True)
        write_json(root / "ready.json", {"pools": list(_POOLS), "most_rows": MOST_ROWS})
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        if old := self._boxes.pop(trial, None):
            old.close()
        self._boxes[trial] = _Box(
            trial, os.open(root / "requests", flags), os.open(root / "answers", flags)
        )

    def poll(self, running: Iterable[str]) -> None:
        """Takes up new requests of running trials; returns at once."""
        alive = set(running)
        for trial, box in list(self._boxes.items()):
            if trial not in alive:
                self._boxes.pop(trial).close()
                continue
            for name in os.listdir(box.requests):  # noqa: PTH208 - an open folder
                if _NAME.fullmatch(name) and (trial, name) not in self._taken:
                    self._taken.add((trial, name))
                    self._requests.submit(self._answer, box, name)

    def close(self) -> None:
        """Takes no more requests; what is asked for is asked again by the next broker."""
        self._requests.shutdown(wait=False, cancel_futures=True)
        self._pool.shutdown(wait=False, cancel_futures=True)
        for box in self._boxes.values():
            box.close()
        self._boxes.clear()

    def _answer(self, box: _Box, name: str) -> None:
        try:
            request = box.read(name)
            if request is None:
                return
            answer = self._written(box, request)
        except FtassistError as error:
            answer = {"error": scrub(error.what)[:500], "fix": error.fix}
        except Exception as error:
            log.exception("a request for rows of %s could not be answered", box.trial)
            answer = {"error": f"the broker failed: {type(error).__name__}", "fix": "ask again"}
        box.write(name, answer)

    def _written(self, box: _Box, request: _Request) -> dict[str, Any]:
        """The rows of a request.

        Raises:
            FtassistError: It asks for too much, or no call brought rows.
        """
        rows, samples = request.rows, request.samples
        if len(rows) * samples > MOST_ROWS:
            raise BudgetError(
                f"{len(rows)} rows with {samples} samples are more than {MOST_ROWS}",
                fix="ask for fewer",
            )
        work = _WORKS[request.kind]
        desk = self._desk(box)
        role = _POOLS[request.pool]
        parts = [rows[start : start + ROWS_A_CALL] for start in range(0, len(rows), ROWS_A_CALL)]
        jobs = [
            self._pool.submit(_part, box, desk, work, request.instruction, part, role)
            for part in parts
            for _ in range(samples)
        ]
        found: list[Made] = []
        failed: list[FtassistError] = []
        for job in jobs:
            try:
                found += job.result()
            except FtassistError as error:
                failed.append(error)
        if failed and not found:
            raise failed[0]
        provenance = {"model": self._settings.model(role), "pool": request.pool}
        return {"rows": found, "provenance": provenance, "failed_calls": len(failed)}

    def _desk(self, box: _Box) -> Desk:
        """Where rows for a trial are asked from, under the budget as it is now."""
        link = Link(
            settings=self._settings.to_dict(),
            say=self._say,
            spent=self._spent,
            cap=SHARE * self._usd(),
            held=held(self._campaign),
            cancelled=box.over.is_set,
        )
        return Desk(Caller(link, self._settings, self._client), link)

    def _say(self, kind: str, payload: Mapping[str, Any]) -> None:
        with self._lock:
            self._campaign.say(kind, payload, actor="broker")

    def _usd(self) -> float:
        with self._lock:
            return self._campaign.refresh().budget.usd

    def _spent(self) -> float:
        """What counts against the rows' share: what they cost, and what thinking took beyond its.

        So rows can use up neither more than their share nor more than is left of all.
        """
        with self._lock:
            for event in self._campaign.journal.read(self._read_to):
                self._read_to = event.seq
                if event.actor == "broker":
                    self._rows_cost += MadeCall.of(event.payload).cost
            of_all = self._campaign.refresh().calls.cost
            return max(self._rows_cost, of_all - (1.0 - SHARE) * self._usd())


def _part(
    box: _Box,
    desk: Desk,
    work: _Work,
    instruction: str,
    rows: Sequence[_Row],
    role: Role,
) -> list[Made]:
    """What a model makes of some rows, in one call; what it says of others is left out."""
    box.refuse_ended()
    known = {row.id for row in rows}

    def read(document: Mapping[str, Any]) -> list[Made]:
        return [one for one in work.read(document) if one["id"] in known]

    return desk.ask(
        work.purpose,
        role,
        work.form,
        read,
        system=desk.prompt(
            work.purpose, instruction=desk.fence.quote(instruction), rows="see the next message"
        ),
        stable="",
        turn=desk.dump(_quoted(rows)),
        allowance=Allowance(2),
    )


def _rows_written(document: Mapping[str, Any]) -> list[Made]:
    """The first answer to each row: several of one call would agree with themselves."""
    fields = ("id", "prompt", "response")
    found: list[Made] = [{k: str(one[k]) for k in fields} for one in document["rows"]]
    return list({one["id"]: one for one in reversed(found)}.values())


def _grades(document: Mapping[str, Any]) -> list[Made]:
    """The last grade of each row."""
    grades = {str(one["id"]): float(one["grade"]) for one in document["rows"]}
    return [{"id": name, "grade": grade} for name, grade in grades.items()]


@dataclass(frozen=True)
class _Work:
    """What a model is asked to do with rows.

    Attributes:
        purpose: What the call is for; names its prompt, too.
        form: The form of the answer.
        read: What an answer says of each row, by its `id`.
    """

    purpose: str
    form: Tool
    read: Callable[[Mapping[str, Any]], list[Made]]


_WORKS: Mapping[str, _Work] = {
    "write": _Work("synthesise", forms.SYNTHESISE, _rows_written),
    "grade": _Work("grade", forms.GRADE, _grades),
}


def _quoted(rows: Sequence[_Row]) -> list[dict[str, str | dict[str, str]]]:
    """Rows as they are sent: their texts behind the fence."""
    return [
        {"id": row.id, "prompt": {"quoted": row.prompt}, "response": {"quoted": row.response}}
        for row in rows
    ]


def broker_of(campaign: Campaign) -> Broker | None:
    """The broker of a campaign whose agent is a model; None for any other."""
    if campaign.state.settings.backend != "anthropic":
        return None
    return Broker(campaign.folder)


def _read(folder: int, name: str) -> _Request:
    """A request, checked.

    Raises:
        DataError: It is no plain file, too large, no JSON, or does not fit the schema.
    """
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        with os.fdopen(handle, "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST:
                raise DataError("the request is no plain file, or too large")
            document = json.loads(file.read(LARGEST + 1))
    except (OSError, ValueError) as error:
        raise DataError(f"the request cannot be read: {type(error).__name__}") from error
    check_schema(document, _REQUEST)
    return _Request.of(document)


def _write(folder: int, name: str, answer: Mapping[str, Any]) -> None:
    """An answer, whole or not at all."""
    temporary = f".{name}.{os.getpid()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(temporary, flags, 0o644, dir_fd=folder), "wb") as file:
        file.write(json.dumps(answer, ensure_ascii=False).encode())
    os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
