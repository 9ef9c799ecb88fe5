"""Checkpoints of a training: after a kill or a pause it goes on from the last, to the same end.

Saved by TRL's trainer (weights, optimizer, schedule, random states) into `checkpoints/` beside the
output, at intervals that cost little and where it rests at a rung, and removed when the training
has come to its end. A checkpoint
counts only once `complete.json` lies in it, written last, with the hash of every file: one that a
kill cut off, or that belongs to other arguments or rows, is never used. Loads no pickle but the
one that torch reads as plain tensors.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from ftassist.errors import DataError, TrainingPausedError
from ftassist.files import hash_file, read_json, write_json
from ftassist.recipes import audit
from ftassist.recipes._ranks import as_the_first_says, rank, wait_for_all
from ftassist.recipes.metrics import read_metrics

FOLDER = "checkpoints"
PAUSE = ".pause"
"""A file of this name beside the output asks the training to stop at its next step."""
SECONDS = 60.0
"""Seconds between checkpoints, unless FTASSIST_CHECKPOINT_SECONDS says otherwise."""
_SHARE = 0.05
"""Most of the training's time that saving may take."""
_COMPLETE = "complete.json"


@dataclass(frozen=True)
class Keep:
    """Where the checkpoints of a training lie, and whose they are.

    Attributes:
        folder: The trial's folder; checkpoints lie in `checkpoints/` below it.
        fingerprint: What the training is: arguments, rows and base.
    """

    folder: Path
    fingerprint: str


@dataclass(frozen=True)
class Resume:
    """Where a training goes on from.

    Attributes:
        folder: The checkpoint; None for the beginning.
        step: Optimizer steps done.
        training: Their losses.
        validation: The validation losses so far.
        rows: The metrics rows so far.
        checks: The audits of the first steps, made before.
        seconds: Seconds of training so far.
    """

    folder: Path | None = None
    step: int = 0
    training: Sequence[float] = ()
    validation: Sequence[float] = ()
    rows: Sequence[dict[str, Any]] = ()
    checks: Sequence[audit.Check] = ()
    seconds: float = 0.0


@dataclass
class MonitorProgress:
    """What the monitor of a training has seen, to be kept with a checkpoint."""

    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    checks: list[audit.Check] = field(default_factory=list)
    seconds_before: float = 0.0
    begun: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Seconds of training so far, those before a resume included."""
        return self.seconds_before + time.perf_counter() - self.begun


class Checkpointer(TrainerCallback):  # type: ignore[misc]
    """Asks the trainer for a checkpoint when one is due, and marks it complete.

    Args:
        keep: Where they go.
        progress: What the monitor has seen.
        rest: The step after which the training rests, with a checkpoint; its last step for one
            that does not.
    """

    def __init__(self, keep: Keep, progress: MonitorProgress, rest: int) -> None:
        self._folder = keep.folder
        self._fingerprint = keep.fingerprint
        self._progress = progress
        self._rest = rest
        self._interval = float(os.environ.get("FTASSIST_CHECKPOINT_SECONDS", SECONDS))
        self._last = time.perf_counter()
        self._cost = 0.0
        self._begun = 0.0

    @property
    def _pausing(self) -> bool:
        return (self._folder / PAUSE).exists()

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Asks for a checkpoint when it is time; never after the last step."""
        if state.global_step >= state.max_steps:
            return
        wait = max(self._interval, self._cost / _SHARE)
        rests = state.global_step >= self._rest
        control.should_training_stop = control.should_training_stop or rests
        due = rests or self._pausing or time.perf_counter() - self._last >= wait
        if as_the_first_says(due):
            control.should_save = True
            self._begun = time.perf_counter()

    def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Marks the checkpoint as complete.

        Raises:
            TrainingPausedError: A pause was asked for.
        """
        place = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        wait_for_all()
        if rank() == 0:
            self._complete(place, state.global_step)
        self._last = time.perf_counter()
        self._cost = self._last - self._begun
        if as_the_first_says(self._pausing):
            raise TrainingPausedError(
                f"training is paused after step {state.global_step} of {state.max_steps}",
                where=str(place),
                fix="resume the campaign; it goes on from there",
            )

    def _complete(self, place: Path, step: int) -> None:
        """Writes what makes a checkpoint one."""
        progress = self._progress
        document = {
            "fingerprint": self._fingerprint,
            "step": step,
            "training": progress.training,
            "validation": progress.validation,
            "checks": [check.to_dict() for check in progress.checks],
            "seconds": round(progress.seconds, 3),
            "rows": list(read_metrics(self._folder / "metrics.jsonl").rows),
            "files": {p.name: hash_file(p) for p in sorted(place.iterdir()) if p.is_file()},
        }
        write_json(place / _COMPLETE, document)


def find(keep: Keep, before: int = sys.maxsize) -> Resume:
    """The newest whole checkpoint of the same training; the beginning when there is none.

    Args:
        keep: The training.
        before: The step at which it rests or ends: it goes on from one before that, since what
            came as far is told by the stage that was finished there.
    """
    places = sorted((keep.folder / FOLDER).glob("checkpoint-*"), key=_step, reverse=True)
    for place in places:
        try:
            found = read_json(place / _COMPLETE)
        except (OSError, DataError):
            continue
        if found["step"] >= before:
            continue
        if found["fingerprint"] != keep.fingerprint or not _whole(place, found["files"]):
            continue
        return Resume(
            folder=place,
            step=found["step"],
            training=found["training"],
            validation=found["validation"],
            rows=found["rows"],
            checks=[audit.Check(**check) for check in found["checks"]],
            seconds=found["seconds"],
        )
    return Resume()


@contextmanager
def adapters_alone(model: Any) -> Iterator[None]:
    """Has checkpoints of adapters hold no embeddings, which no recipe trains.

    Left to choose, peft compares the vocabulary with the base's, and asks the Hub for a base
    that goes by a name of its own here, at each checkpoint.
    """
    if not hasattr(model, "peft_config"):
        yield
        return
    model.save_pretrained = partial(model.save_pretrained, save_embedding_layers=False)
    try:
        yield
    finally:
        del model.save_pretrained


def remove(folder: Path) -> None:
    """Removes the checkpoints of a training that needs them no more."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def _whole(place: Path, files: dict[str, str]) -> bool:
    return all(
        (place / name).is_file() and hash_file(place / name) == digest
        for name, digest in files.items()
    )


def _step(place: Path) -> int:
    number = place.name.rsplit("-", 1)[1]
    return int(number) if number.isdecimal() else 0
