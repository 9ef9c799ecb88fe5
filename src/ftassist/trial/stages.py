"""The hooks of a campaign's trial: the stage cache, the preflight checks, and who is told.

Decides, before each stage, whether its files are there already, and keeps them as soon as the
stage is finished, so that neither a child trial nor a second attempt runs it again. The evaluate
stage is never cached: scores come from the evaluator only. Knows no kernels.

Before each stage there is enough space on the disk, so that it need not fail in its middle.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.errors import FtassistError, StaleDecisionError
from ftassist.files import hash_folder, read_json
from ftassist.journal.events import Kind
from ftassist.journal.folding import fold
from ftassist.journal.state import State
from ftassist.journal.store import Journal
from ftassist.models import find
from ftassist.recipes.numerics import record_of
from ftassist.records.numerics import NO_NUMERICS
from ftassist.records.stage import StageRun
from ftassist.trial.failures import Failure, FailureClass, RunStoppedError, StageFailedError
from ftassist.trial.job import TrialSpec
from ftassist.trial.preflight import DATA, CheckResult, Preflight
from ftassist.trial.run import Reuse
from ftassist.trial.stage_cache import (
    CachedStage,
    FolderState,
    Lookup,
    StageCache,
    outputs_digest,
    stage_key,
)
from ftassist.trial.static_check import StaticReport

ACTOR = "worker"
CACHED = ("curate", "train")


class Events:
    """Writes the events of one trial; tells of stages and checks as they happen."""

    def __init__(self, journal: Journal, trial: str) -> None:
        self._journal = journal
        self._trial = trial

    def append(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Appends one event."""
        self._journal.append(actor=ACTOR, kind=kind, trial=self._trial, payload=dict(payload))

    def over(self) -> bool:
        """Whether the journal says that the trial has ended."""
        trial = fold(State(), self._journal.read()).trials.get(self._trial)
        return trial is not None and trial.status not in ("proposed", "accepted", "running")

    def start(self, payload: Mapping[str, Any]) -> None:
        """Writes that an attempt starts, unless the trial is over: a late worker starts nothing.

        Raises:
            StaleDecisionError: It is over.
        """

        def check(_: int) -> None:
            if self.over():
                raise StaleDecisionError(f"{self._trial} is over already")

        self._journal.append_when(
            check, actor=ACTOR, kind=Kind.TRIAL_STARTED, trial=self._trial, payload=dict(payload)
        )

    def stage_started(self, stage: str) -> None:
        """A stage is about to run or to be taken from the cache."""
        self.append(Kind.STAGE_STARTED, {"stage": stage})

    def check(self, result: CheckResult) -> None:
        """A preflight check was made."""
        kind = Kind.PREFLIGHT_PASSED if result.passed else Kind.PREFLIGHT_FAILED
        self.append(kind, result.to_payload())


@dataclass
class _Current:
    """The stage that is going on."""

    key: str = ""
    lookup: Lookup = field(default_factory=Lookup)
    before: FolderState | None = None
    begun: float = 0.0


class TrialStages:
    """Answers the engine before and after each stage of one trial.

    Args:
        folder: The trial's folder.
        report: What the static check found: names, and stages that may not be cached.
        cache: The campaign's stage cache; None runs every stage.
        preflight: The checks.
        events: Where stages are told of.
        device: What the trial computes on, for the key.
        pausing: Why the trial is to pause; "" while it is not.
        rung: How far the training goes, as a share of it.

    Attributes:
        stage: The stage that began last; "start" before the first.
        seconds: How long each finished stage took.
        training: What `train.sft` reported.
    """

    def __init__(
        self,
        folder: Path,
        spec: TrialSpec,
        report: StaticReport,
        *,
        cache: StageCache | None,
        preflight: Preflight,
        events: Events,
        device: str = "cpu",
        pausing: Callable[[], str] = lambda: "",
        rung: float = 1.0,
    ) -> None:
        self._pausing = pausing
        self._rung = rung
        self._folder = folder
        self._spec = spec
        self._report = report
        self._cache = cache
        self._preflight = preflight
        self._events = events
        self._device = device
        self._current = _Current()
        self.stage = "start"
        self.seconds: dict[str, float] = {}
        self.training: dict[str, Any] = {}

    def before_stage(self, stage: str) -> Reuse | None:
        """Takes a stage from the cache if the same was run before.

        Raises:
            RunStoppedError: The trial is to pause: what is finished is kept.
            StageFailedError: There is too little space on the disk.
        """
        if reason := self._pausing():
            raise RunStoppedError(reason, stage, paused=True)
        self.stage = stage
        self._check_space(stage)
        self._events.stage_started(stage)
        self._current = _Current(begun=time.monotonic())
        if self._cache is None or stage not in CACHED or stage in self._report.shared:
            return None
        key = self._key(stage)
        self._current.key = key
        self._current.lookup = lookup = self._cache.find(key)
        if lookup.entry is not None:
            self._cache.restore(lookup.entry, self._folder)
            return self._reuse(lookup.entry)
        self._current.before = FolderState.of(self._folder)
        return None

    def _check_space(self, stage: str) -> None:
        try:
            check_space(self._folder, stage, model_bytes(self._spec.model))
        except FtassistError as error:
            raise StageFailedError(Failure(FailureClass.ENV, stage, str(error))) from error

    def after_stage(self, stage: str, seconds: float, reused: Reuse | None) -> None:
        """Keeps what the stage wrote, then checks it.

        Raises:
            StageFailedError: A check refused it.
        """
        current = self._current
        entry = current.lookup.entry if reused else None
        summary = dict(entry.summary) if entry else self._summary(stage)
        if stage == "train":
            self.training = summary
        if self._cache and current.before is not None:
            self._store(stage, current, seconds, summary)
        self.seconds[stage] = round(seconds, 3)
        trained = stage == "train" and not entry
        done = StageRun(
            stage=stage,
            seconds=self.seconds[stage],
            cached_from=entry.trial if entry else None,
            key=current.key,
            summary=summary,
            numerics=record_of(self._folder) if trained else NO_NUMERICS,
            seconds_saved=entry.seconds if entry else None,
            damaged=current.lookup.damaged,
        )
        self._events.append(Kind.STAGE_FINISHED, done.to_dict())
        if stage == "curate":
            self._preflight.after_curate()
        elif stage == "train":
            self._preflight.after_train()

    def _store(
        self, stage: str, current: _Current, seconds: float, summary: Mapping[str, Any]
    ) -> None:
        assert self._cache is not None
        assert current.before is not None
        try:
            self._cache.store(
                current.key,
                stage,
                self._spec.trial,
                self._folder,
                current.before,
                seconds,
                summary,
            )
        except FtassistError as error:
            raise StageFailedError(Failure(FailureClass.ENV, stage, str(error))) from error

    def _key(self, stage: str) -> str:
        return stage_key(
            stage,
            self._spec.cells[stage],
            self._report.names[stage],
            self._spec.parameters(),
            self._inputs(stage),
            self._device,
            self._rung,
        )

    def _inputs(self, stage: str) -> dict[str, str]:
        """Digests of what a stage reads."""
        used = self._report.names[stage]
        inputs: dict[str, str] = {}
        if stage == "curate" or "repository" in used:
            inputs["repository"] = repository_digest(self._spec.repository)
        if stage == "train":
            inputs["data"] = outputs_digest(self._folder, DATA)
        if stage == "train" or "model" in used:
            inputs["model"] = model_digest(self._spec.model)
        return inputs

    def _reuse(self, entry: CachedStage) -> Reuse:
        of = f"trial {entry.trial}"
        if entry.trial == self._spec.trial:
            of = "an earlier attempt of this trial"
        message = f"{entry.stage} was not run: the same files are there from {of}"
        return Reuse(message, {"cached_from": entry.trial, "key": entry.key})

    def _summary(self, stage: str) -> dict[str, Any]:
        if stage == "curate":
            return read_document(self._folder / DATA / "card.json")
        if stage == "train":
            return read_document(self._folder / "model" / "training.json")
        return {}


def read_document(path: Path) -> dict[str, Any]:
    """A JSON object a recipe wrote; empty when the cell did without that recipe."""
    if not path.is_file():
        return {}
    document = read_json(path)
    return document if isinstance(document, dict) else {}


def repository_folder(name: str) -> Path:
    """The folder of a data repository: a folder as it is, or that of a task."""
    from ftassist.dojo.task_loader import load_task

    return Path(name) if Path(name).is_dir() else load_task(name).repository_folder


def repository_digest(name: str) -> str:
    """A digest of a whole data repository."""
    return hash_folder(repository_folder(name))


def model_bytes(name: str) -> int:
    """The size of a base model's files in bytes; 0 for one that lies on the hub."""
    found = find(name)
    return found.size if found else 0


def model_digest(name: str) -> str:
    """A digest of a base model's files; of its id for one that lies on the hub."""
    found = find(name)
    return found.digest() if found else f"hub:{name}"


LEAST_BYTES = 64 * 1024 * 1024
"""Space every stage wants: rows, notebook, logs, journal."""
_MODELS = {"train": 4.0}
"""Base models' worth of space by stage: two checkpoints, the saved model and its cached copy."""


def check_space(folder: Path, stage: str, model_bytes: int) -> None:
    """Refuses to start a stage that would fill the disk.

    Args:
        folder: Where it writes.
        model_bytes: Size of the base model.

    Raises:
        FtassistError: There is less free space than it may need; says how much of each.
    """
    free = shutil.disk_usage(folder).free
    needed = LEAST_BYTES + _MODELS.get(stage, 0.0) * model_bytes
    if free < needed:
        raise FtassistError(
            f"{_mebibytes(free)} are free on the disk, {stage} may need {_mebibytes(needed)}",
            where=str(folder),
            fix="free some space; `ftassist gc` removes models of losing trials",
        )


def _mebibytes(count: float) -> str:
    return f"{count / 2**20:,.0f} MiB"
