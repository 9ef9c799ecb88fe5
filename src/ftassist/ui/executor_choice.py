"""Where a campaign's trials are to run, as a person says it on the command line or in a notebook.

Writes the choice only where it is another one than the journal holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftassist.campaign import commands
from ftassist.cluster.request import AUTO, HEAD, NODE, SMALL_MODEL, ClusterRequest
from ftassist.errors import DataError
from ftassist.records.executor import RAY

if TYPE_CHECKING:
    from ftassist.campaign import Campaign


def choose(
    campaign: Campaign,
    executor: str | None,
    *,
    address: str | None = None,
    gpus: float | None = None,
    cpus: float | None = None,
    evaluate: str | None = None,
) -> None:
    """Has trials run where a person wants them; nothing named changes nothing.

    Args:
        executor: "local" or "ray"; None for where they ran so far.
        address: Where the Ray cluster is.
        gpus: GPUs of one trial.
        cpus: CPUs of one trial.
        evaluate: Where models answer the evaluator's questions: auto, head or node.

    Raises:
        UnknownNameError: There is no such executor.
        DataError: Something is said of a cluster, and trials run on this machine.
    """
    now = campaign.refresh().executor
    wanted = executor or now.name
    said = {"address": address, "gpus": gpus, "cpus": cpus, "evaluate": evaluate}
    named = {name: value for name, value in said.items() if value is not None}
    if named and wanted != RAY:
        raise DataError(
            f"--{next(iter(named))} is for trials on a cluster, and these run on this machine",
            where=campaign.name,
            fix="say --executor ray, too",
        )
    if wanted == now.name and not named:
        return
    before = now.request if wanted == now.name else {}
    commands.choose_executor(campaign, wanted, {**before, **named})


def sentence(campaign: Campaign) -> str:
    """Where trials run, in a sentence; "" for the runner's own machine."""
    now = campaign.refresh().executor
    if now.name != RAY:
        return ""
    request = ClusterRequest.from_dict(now.request)
    return (
        f"trials run on the Ray cluster at {request.address} ({request.words()} each);"
        f" {_SCORED[request.evaluate]}"
    )


_SCORED = {
    HEAD: "models are scored on this machine",
    NODE: "models answer on their nodes and are scored on this machine",
    AUTO: "models are scored on this machine; those of a base of"
    f" {SMALL_MODEL / 2**30:.0f} GiB or more answer on their nodes",
}
"""Where models answer, for people."""
