"""Ray itself: connected to, asked for its nodes, and called on one of them.

The only module that imports Ray to use it; the hosts of trials are reached by `ray_host`. Without
it, or without a cluster, it says what to do.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from typing import Any

import psutil

from ftassist.cluster import leftovers, node_check
from ftassist.cluster.input_store import store_folder
from ftassist.cluster.line import LostError
from ftassist.errors import FtassistError

NAMESPACE = "ftassist"
LOCAL = "local"
_KNOCK_SECONDS = 5.0
_CHECK_SECONDS = 120.0
_END_SECONDS = 60.0
_RECONNECT, _RECONNECT_SECONDS = "RAY_gcs_rpc_server_reconnect_timeout_s", 900
"""Ray ends a process whose head is gone for a minute. Ours goes on without it, and says so."""
log = logging.getLogger("ftassist.runner")
_started: set[int] = set()
"""Processes of a cluster of this machine alone: children of this one, and no orphans."""


def engine() -> Any:
    """Ray itself.

    Raises:
        FtassistError: It is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError as error:
        raise FtassistError(
            "the executor `ray` needs Ray, which is not installed",
            where="this Python",
            fix='pip install "ftassist[ray]"; or run here with --executor local',
        ) from error
    return ray


def connect(address: str) -> bool:
    """Connects this process to a cluster; does nothing where it is connected.

    Args:
        address: "auto" for the one this machine belongs to, "local" for one of this machine alone,
            or the address of a head, host:port.

    Returns:
        Whether it was this call that connected.

    Raises:
        FtassistError: There is no Ray, or no cluster.
    """
    if address != LOCAL:
        os.environ.setdefault(_RECONNECT, str(_RECONNECT_SECONDS))
    ray = engine()
    if ray.is_initialized():
        return False
    options = {"include_dashboard": False} if address == LOCAL else {}
    before = _children()
    try:
        _knock(address)
        ray.init(
            address=address,
            namespace=NAMESPACE,
            log_to_driver=False,
            configure_logging=False,
            **options,
        )
    except Exception as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise FtassistError(
            f"no Ray cluster can be reached at {address!r}: {first}",
            where=address,
            fix="start one with `ray start --head`, `ftassist cluster slurm` or `sky`; or use"
            " --address local, or --executor local",
        ) from error
    _started.update(_children() - before)
    return True


def started() -> list[int]:
    """The processes that connecting has started here: those of a cluster of this machine alone."""
    return sorted(_started)


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def _knock(address: str) -> None:
    """Whether anybody answers at host:port: Ray itself would try for minutes.

    Raises:
        OSError: Nobody does.
        ValueError: The port is no number.
    """
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_SECONDS):
            pass


def disconnect() -> None:
    """Leaves the cluster; one of this machine alone ends."""
    engine().shutdown()
    _started.clear()


def reached() -> list[dict[str, Any]] | None:
    """The nodes that are there; None where the cluster cannot be reached.

    It can where its head answers, and knows Ray's node on this machine. The head is asked without
    Ray, which would wait. Without a node here nothing can be started anywhere, and what this
    process has started ends.
    """
    ray = engine()
    if not ray.is_initialized():
        return None
    here = ray.get_runtime_context()
    try:
        _knock(str(here.gcs_address))
    except (OSError, ValueError):
        return None
    found = nodes()
    return found if any(node["id"] == here.get_node_id() for node in found) else None


def nodes() -> list[dict[str, Any]]:
    """The nodes that are there: id, host, address and resources of each."""
    return [
        {
            "id": str(node["NodeID"]),
            "host": str(node["NodeManagerHostname"]),
            "address": str(node["NodeManagerAddress"]),
            "resources": dict(node["Resources"]),
        }
        for node in engine().nodes()
        if node["Alive"]
    ]


def look_at(node: str) -> dict[str, Any]:
    """The report of a node (see `node_check.report`).

    Raises:
        LostError: It does not answer.
    """
    return dict(_on(node, _report, seconds=_CHECK_SECONDS))


def end_left(node: str, campaign: str, trial: str) -> bool:
    """Ends what is left of a trial on a node; whether it is certain that nothing is."""
    try:
        _on(node, _end_left, campaign, trial, seconds=_END_SECONDS)
    except FtassistError as error:
        log.warning("what is left of %s on node %s: %s", trial, node[:8], error.what)
        return False
    return True


def leaving() -> dict[str, float]:
    """Nodes that are going to be taken away, each with when (0 for no given time).

    A cloud or a batch system says so beforehand, through Ray's `drain-node`.
    """
    try:
        from ray._private.state import state

        found = state.get_draining_nodes()
    except (ImportError, AttributeError, TypeError, RuntimeError) as error:  # not public
        log.debug("Ray does not tell which nodes are leaving: %s", error)
        return {}
    return {str(node): float(moment) / 1000 for node, moment in found.items()}


def _on(node: str, function: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
    """What a function says that is called on a node.

    Raises:
        LostError: The node does not answer.
        FtassistError: What the function refuses.
    """
    ray = engine()
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    task = ray.remote(function).options(
        num_cpus=0,
        max_retries=0,
        scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
    )
    try:
        return ray.get(task.remote(*arguments), timeout=seconds)
    except ray.exceptions.RayTaskError as error:
        raise told(error) from error
    except ray.exceptions.RayError as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        raise LostError(f"it cannot be looked at: {first[:300]}") from error


def _end_left(campaign: str, trial: str) -> int:
    return leftovers.end(store_folder(), campaign, trial)


def _report() -> dict[str, Any]:
    return node_check.report().to_dict()


def told(error: Any) -> FtassistError:
    """What the host itself raised, as an error that speaks to people."""
    cause = error.cause if isinstance(error.cause, BaseException) else error
    if isinstance(cause, FtassistError):
        return cause
    return FtassistError(f"the host of the trial failed: {type(cause).__name__}: {cause}")
