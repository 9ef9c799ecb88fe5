"""Trains a trial once more, on the rows it had, and names the first step whose loss is another.

The train cell runs as it ran: in a kernel of its own behind the same walls, with the same seed,
in a folder that is thrown away. Nothing is curated or scored, and nothing is written to the
campaign. It stops at the first loss that differs; what can have caused it, the fingerprints of
both trainings tell (see `recipes.numerics`).
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.campaign import trial_files
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.workers import trial_spec
from ftassist.errors import FtassistError
from ftassist.files import hash_file
from ftassist.journal.state import Trial
from ftassist.recipes.metrics import read_metrics
from ftassist.recipes.numerics import Comparison, compare, name_of, read_fingerprints
from ftassist.recipes.parting import losses_of, parting, responsible
from ftassist.trial import gpu
from ftassist.trial.execution import scratch_kernel
from ftassist.trial.failures import RunStoppedError, StopSwitch
from ftassist.trial.job import TIMEOUTS
from ftassist.trial.kernel import private_folder
from ftassist.trial.notebook import NOTEBOOK, RunRecord, build
from ftassist.trial.run import Reuse, Run

_PARTED = "the losses part"
_LOOK_SECONDS = 1.0
_NOT_AGAIN = Reuse("not run again: only the training is repeated")


@dataclass(frozen=True)
class Rerun:
    """How a training went when it was run again.

    Attributes:
        compared: Steps whose losses were compared.
        step: The first step whose losses part; None where all agree.
        recorded: The recorded loss of that step; None where it has none.
        now: Its loss now.
        weights: Whether the saved weights are the same; None where they were not compared.
        recorded_numerics: Whether the recorded training has a fingerprint.
        comparison: The fingerprints against each other.
        other: What to call the recorded training.
    """

    trial: str
    compared: int
    step: int | None
    recorded: float | None
    now: float | None
    weights: bool | None
    recorded_numerics: bool
    comparison: Comparison
    other: str

    @property
    def same(self) -> bool:
        """Whether losses and weights are those that are recorded."""
        return self.step is None and self.weights is not False

    def cause(self) -> str:
        """The likely cause of a difference, or that none is recorded."""
        if not self.recorded_numerics:
            return "the recorded training has no fingerprint of its numerics to compare with"
        found = self.comparison.cause()
        if not found:
            return "none is recorded: both began with the same numerics, to the last digit"
        return found

    def sentences(self) -> list[str]:
        """The finding, and under it the cause."""
        if self.step is not None:
            first = (
                f"{self.trial}: the losses part at step {self.step}: "
                f"{_loss(self.recorded)} recorded, {_loss(self.now)} now"
            )
        elif self.weights is False:
            first = f"{self.trial}: {self.compared} losses are the same, the weights are not"
        else:
            also = " and the weights" if self.weights else ""
            first = (
                f"{self.trial}: all {self.compared} losses{also} are the same, to the last digit"
            )
        if not self.same:
            return [first, f"likely cause: {self.cause()}"]
        told = self.comparison.sentence(self.other) if self.recorded_numerics else self.cause()
        return [first, told]

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON."""
        return {
            "trial": self.trial,
            "compared": self.compared,
            "step": self.step,
            "recorded": self.recorded,
            "now": self.now,
            "same_weights": self.weights,
            "cause": "" if self.same else self.cause(),
            "differs": {
                "results": list(self.comparison.results),
                "causes": list(self.comparison.causes),
                "around": list(self.comparison.around),
            },
        }


def rerun(
    campaign: Campaign, name: str, on_progress: Callable[[str], None] = lambda _: None
) -> Rerun:
    """Trains a trial once more and compares.

    Args:
        on_progress: Called with a line now and then.

    Raises:
        FtassistError: The trial has no finished training, its rows are gone, or it fails now.
    """
    trial = campaign.trial(name)
    recorded = _recorded(campaign, trial)
    with _scratch(campaign, trial) as folder:
        on_progress(f"training {trial.id} once more, on its own rows")
        stop = StopSwitch()
        asyncio.run(_train(campaign, trial, folder, recorded, stop, on_progress))
        losses = losses_of(read_metrics(folder / "metrics.jsonl").rows)
        step = parting(recorded, losses, finished=not stop.pulled)
        return _finding(campaign, trial, folder, recorded, losses, step)


def _recorded(campaign: Campaign, trial: Trial) -> dict[int, float | None]:
    """The recorded losses by step."""
    losses = losses_of(trial_files.metrics(campaign.folder, trial.id).rows)
    if trial.status in ("scored", "failed", "invalid", "stopped") and losses:
        return losses
    raise FtassistError(
        f"{trial.id} has no finished training to compare with",
        where=f"trials/{trial.id}/metrics.jsonl",
        fix="name a trial that was trained (see `ftassist tree`)",
    )


@contextmanager
def _scratch(campaign: Campaign, trial: Trial) -> Iterator[Path]:
    """A folder like the trial's at the moment its training began; removed at the end."""
    data = campaign.folder / "trials" / trial.id / "data"
    if not (data / "train.jsonl").is_file():
        raise FtassistError(
            f"the training rows of {trial.id} are gone",
            where=str(data / "train.jsonl"),
            fix="nothing can be trained again without them",
        )
    place = Path(tempfile.mkdtemp(prefix="ftassist-rerun-"))
    try:
        folder = place / trial.id
        shutil.copytree(data, folder / "data", symlinks=True)
        yield folder
    finally:
        shutil.rmtree(place, ignore_errors=True)


async def _train(
    campaign: Campaign,
    trial: Trial,
    folder: Path,
    recorded: Mapping[int, float | None],
    stop: StopSwitch,
    on_progress: Callable[[str], None],
) -> None:
    spec = trial_spec(campaign, trial)
    record = RunRecord(build(spec), folder / NOTEBOOK)
    private = private_folder()
    seconds = campaign.state.budget.seconds
    limits = {stage: min(limit, seconds) for stage, limit in TIMEOUTS.items()}
    with gpu.lease() as lease:
        kernel = await scratch_kernel(campaign.folder, spec, folder, private, lease)
        run = Run(record, kernel, folder, hooks=_TrainOnly(), timeouts=limits, stop=stop)
        watching = asyncio.create_task(_watch(folder, recorded, stop, on_progress))
        try:
            await run.execute()
        except RunStoppedError:
            pass  # at the first loss that differs: there is no need for more
        finally:
            watching.cancel()
            await kernel.end()


class _TrainOnly:
    """Runs the train cell, and no other stage."""

    def before_stage(self, stage: str) -> Reuse | None:
        """Skips what is no training."""
        return None if stage == "train" else _NOT_AGAIN

    def after_stage(self, stage: str, seconds: float, reused: Reuse | None) -> None:
        """Accepts what the stage made."""


async def _watch(
    folder: Path,
    recorded: Mapping[int, float | None],
    stop: StopSwitch,
    on_progress: Callable[[str], None],
) -> None:
    """Follows the curve, and stops the training at the first loss that differs."""
    told = 0
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        losses = losses_of(read_metrics(folder / "metrics.jsonl").rows)
        if losses and max(losses) >= told + max(1, len(recorded) // 10):
            told = max(losses)
            on_progress(f"step {told} of {max(recorded)}")
        if parting(recorded, losses, finished=False) is not None:
            stop.stop(_PARTED)
            return


def _finding(
    campaign: Campaign,
    trial: Trial,
    folder: Path,
    recorded: Mapping[int, float | None],
    losses: Mapping[int, float | None],
    step: int | None,
) -> Rerun:
    before = responsible(read_fingerprints(campaign.folder / "trials" / trial.id), step)
    now = responsible(read_fingerprints(folder), None)
    return Rerun(
        trial=trial.id,
        compared=len({*recorded} & {*losses}),
        step=step,
        recorded=recorded.get(step) if step is not None else None,
        now=losses.get(step) if step is not None else None,
        weights=_same_weights(trial, folder) if step is None else None,
        recorded_numerics=bool(before and now),
        comparison=compare(before, now) if before and now else Comparison(),
        other=f"the recorded training ({name_of(before)})" if before else "",
    )


def _same_weights(trial: Trial, folder: Path) -> bool | None:
    """Whether the saved weights have the recorded hashes; None where none are recorded."""
    files: Mapping[str, str] = trial.outcome.files or trial.failure.files
    weights = {name: digest for name, digest in files.items() if name.endswith(".safetensors")}
    if not weights:
        return None
    return all(
        (folder / name).is_file() and hash_file(folder / name) == digest
        for name, digest in weights.items()
    )


def _loss(value: float | None) -> str:
    return "none" if value is None else repr(value)
