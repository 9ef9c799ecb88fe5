"""Where a campaign's trials run: the seam under the runner.

An executor starts trials, says which have ended and how, and stops, pauses and releases them. The
runner knows no more of it: `local` is processes of its own machine (`workers`), `ray` the nodes of
a cluster (`cluster.workers`). Journal, evaluator and every decision stay with the runner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ftassist.campaign.workers import Workers
from ftassist.errors import DataError, UnknownNameError
from ftassist.journal.state import State
from ftassist.records.executor import LOCAL, RAY
from ftassist.trial.job import TrialJob

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.process import EvaluatorProcess

EXECUTORS = (LOCAL, RAY)


class Executor(Protocol):
    """Runs the trials of one campaign."""

    @property
    def running(self) -> Mapping[str, Any]:
        """The trials that run, by id."""
        ...

    @property
    def slots(self) -> int:
        """How many trials may run at once."""
        ...

    @property
    def most_devices(self) -> int:
        """How many devices one training may have at once."""
        ...

    @property
    def trouble(self) -> str:
        """Why no trial can run at all, with what to do; "" where one can."""
        ...

    @property
    def pids(self) -> list[int]:
        """The processes of this machine that are its own."""
        ...

    def start(self, job: TrialJob) -> None:
        """Runs a trial; returns at once."""
        ...

    def reap(self) -> dict[str, int]:
        """Exit codes (see `trial.job`) of trials that ended since the last call, by trial."""
        ...

    def stop(self, trial: str) -> None:
        """Stops a trial and waits until it is gone."""
        ...

    def pause(self) -> None:
        """Asks all running trials to pause; they end by themselves."""
        ...

    def release(self) -> None:
        """Ends everything; running trials are left for a later runner."""
        ...

    def serve(self, model: str, repository: str) -> None:
        """Takes note of where base model and repository lie now."""
        ...

    def prepare_spare(self) -> None:
        """Readies itself for the next trial, if it can."""
        ...

    def mind_spare(self) -> None:
        """Gives that up where it takes too much."""
        ...


def check_executor(executor: str, address: str | None, *, where: str) -> None:
    """Refuses what trials cannot be run by.

    Args:
        executor: Where they are to run.
        address: Where a cluster is; None or "" where none is named.
        where: What names the address, for the error.

    Raises:
        UnknownNameError: There is no such executor.
        DataError: An address is given for trials that run on this machine.
    """
    if executor not in EXECUTORS:
        raise UnknownNameError.of("executor", executor, EXECUTORS)
    if address and executor != RAY:
        raise DataError(
            "an address is for trials on a cluster, and these run on this machine",
            where=where,
            fix="choose the executor ray, too, or leave the address out",
        )


def executor_of(
    folder: Path, state: State, evaluator: Callable[[], EvaluatorProcess | None] = lambda: None
) -> Executor:
    """The executor that a campaign's journal names.

    Args:
        folder: The campaign's folder.
        evaluator: Its evaluator; None while there is none.

    Raises:
        FtassistError: It names a cluster that cannot be reached.
    """
    if state.executor.name == RAY:
        from ftassist.cluster.request import ClusterRequest
        from ftassist.cluster.workers import RayWorkers

        request = ClusterRequest.from_dict(state.executor.request)
        return RayWorkers(folder, request, state, evaluator=evaluator)
    return Workers(folder, "", "", state.settings.teacher)
