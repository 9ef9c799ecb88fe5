"""A trial to run, as plain data that crosses a process boundary as one line of JSON.

Says what to run, never how. Holds no secrets but the evaluator's one-trial token.

One worker runs a trial: `trial_lock` is a lock beside its folder, which the system drops when its
holder ends, because a worker may outlive a killed runner for a moment. Inherited by no child.
`EXIT_CODES` are what a worker's end says to its runner. Light, because the runner reads it.

A worker on a node asks the head of its cluster for a stage that its own cache does not have
(`stage_source`); on a single machine there is nobody to ask. The trial's host stands between (see
`cluster.node`); what it brings lies in the cache afterwards, and is checked there like any entry.
"""

from __future__ import annotations

import ast
import fcntl
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.protocol import encode, read_message
from ftassist.errors import DataError, FtassistError, LockedError
from ftassist.journal.events import Kind
from ftassist.recipes.arguments import MOST_DEVICES
from ftassist.syntax import parsed

TIMEOUTS: Mapping[str, float] = {"curate": 1800.0, "train": 43200.0, "evaluate": 3600.0}
"""Default limits in seconds; a campaign's budget may set shorter ones."""


NOTEBOOK = "trial.ipynb"
"""A trial's notebook in its folder."""
CHECKPOINTS = "checkpoints"
"""Where the checkpoints of a training lie in a trial's folder."""
COMPLETE = "complete.json"
"""What is written last into a checkpoint: one without it is not whole."""
PARAMETERS = ("trial", "task", "model", "repository", "seed", "row_cap")
"""The names that every trial's parameters cell defines."""


@dataclass(frozen=True)
class TrialSpec:
    """What a trial's notebook is built from.

    Attributes:
        trial: Its id, such as "t0003".
        task: The task's key.
        model: The base model: a name that ships, a folder, or a Hugging Face id.
        cells: The source of each stage.
        repository: The data repository: a task's key or a folder.
        seed: The random seed of sampling and training.
        row_cap: The most training rows a trial may use.
        hypothesis: One line.
        parent: The trial it starts from; "" for none.
        change: What is changed, in a line or two.
        teacher: The folder of a stronger model that cells may learn from; "" for none.
        day: The day that the base's chat template is told, as 2026-11-28; "" for today.
        system_turn: Whether the template's own system turn is written: "own" or "none".
        shown_seed: Of the draw of validation items that may be shown and do not select; None where
            all do both.
    """

    trial: str
    task: str
    model: str
    cells: Mapping[str, str]
    repository: str
    seed: int = 0
    row_cap: int = 2000
    hypothesis: str = ""
    parent: str = ""
    change: str = ""
    teacher: str = ""
    day: str = ""
    system_turn: str = "own"
    shown_seed: int | None = None

    def parameters(self) -> dict[str, str | int]:
        """The literals of the parameters cell, by name."""
        return {name: getattr(self, name) for name in PARAMETERS}

    @property
    def devices(self) -> int:
        """The devices that the train cell names, as in `train.sft(..., devices=4)`; 1 for none.

        A number that stands in the call counts; one that the cell computes is not known before
        it runs, and is then refused by the recipe where there are fewer.
        """
        try:
            tree = parsed(self.cells.get("train", ""))
        except (SyntaxError, ValueError):
            return 1
        named = [
            keyword.value.value
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            for keyword in call.keywords
            if keyword.arg == "devices"
            and isinstance(keyword.value, ast.Constant)
            and type(keyword.value.value) is int
        ]
        return max((n for n in named if 0 < n <= MOST_DEVICES), default=1)


@dataclass(frozen=True)
class TrialJob:
    """One attempt at running a trial.

    Attributes:
        campaign: The campaign's folder; its journal, cache and trials are below it.
        attempt: 1 for the first time this trial is run.
        evaluator: Environment variables that lead a cell to the evaluator (socket and token).
        timeouts: Seconds a stage may take, by stage.
        memory_limit_mb: Most resident memory of the kernel in MiB; 0 for no limit.
        use_cache: Whether stages may be taken from the campaign's stage cache.
        check_leakage: Whether the evaluator is asked about leaking rows; only tests go without.
        rung: How far the training goes, as a share of it; below 1 the trial rests there.
    """

    campaign: str
    spec: TrialSpec
    attempt: int = 1
    evaluator: Mapping[str, str] = field(default_factory=dict)
    timeouts: Mapping[str, float] = field(default_factory=lambda: dict(TIMEOUTS))
    memory_limit_mb: float = 0.0
    use_cache: bool = True
    check_leakage: bool = True
    rung: float = 1.0

    @property
    def folder(self) -> Path:
        """The trial's folder."""
        return Path(self.campaign) / "trials" / self.spec.trial

    def to_line(self) -> str:
        """The job as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @classmethod
    def from_line(cls, line: str) -> TrialJob:
        """Reads what `to_line` wrote.

        Raises:
            DataError: It is not a job.
        """
        try:
            raw: dict[str, Any] = json.loads(line)
            return cls(**{**raw, "spec": TrialSpec(**raw["spec"])})
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(
                f"not a trial job: {error}",
                where="the worker's standard input",
                fix="send one line made by TrialJob.to_line()",
            ) from error


TAKEN = 5
"""Exit code of a worker whose trial another worker still runs."""


@contextmanager
def trial_lock(folder: Path) -> Iterator[None]:
    """Holds a trial for this process.

    Args:
        folder: The trial's folder; the lock lies beside it, out of the kernel's reach.

    Raises:
        LockedError: Another worker runs the trial.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                f"another worker still runs {folder.name}",
                where=str(folder),
                fix="wait until it has ended",
            ) from None
        yield


NO_JOB = 3
LEFT = 4
"""The trial is left for a later worker, or had ended already."""
EXIT_CODES = {
    Kind.TRIAL_COMPLETED: 0,
    Kind.TRIAL_FAILED: 1,
    Kind.TRIAL_STOPPED: 2,
    Kind.ATTEMPT_LOST: 6,
    Kind.TRIAL_PAUSED: 7,
    Kind.TRIAL_RESTED: 8,
}
_GO_ON = (Kind.ATTEMPT_LOST, Kind.TRIAL_PAUSED, Kind.TRIAL_RESTED)
TOLD = frozenset({TAKEN, *(EXIT_CODES[kind] for kind in _GO_ON)})
"""Codes after which an unfinished trial needs no word from the runner."""

SOURCE_VARIABLE = "FTASSIST_STAGES"
"""Names the socket on which stages are asked for."""
STAGE_VERB = "stage"
Ask = Callable[[str], bool]


def stage_source() -> Ask | None:
    """Asks for the stage with a key, and tells whether it was brought; None where nobody can."""
    path = os.environ.get(SOURCE_VARIABLE)
    return (lambda key: _brought(path, key)) if path else None


def _brought(path: str, key: str) -> bool:
    """Whether the entry is there now; one that cannot be had is made again."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(path)
            connection.sendall(encode({"verb": STAGE_VERB, "key": key}))
            with connection.makefile("rb") as stream:
                answer = read_message(stream)
    except (OSError, FtassistError):
        return False
    return bool(answer and answer.get("found"))
