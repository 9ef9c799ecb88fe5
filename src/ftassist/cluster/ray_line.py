"""Ray, and nothing else of it: connected to, asked for a place, and called.

The only module that imports Ray. Without it, or without a cluster, it says what to do.
"""

from __future__ import annotations

import functools
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import psutil

from ftassist.cluster import leftovers, node_check
from ftassist.cluster.input_store import store_folder
from ftassist.cluster.line import CALL_SECONDS, LostError
from ftassist.cluster.node import NodeTrial, Order
from ftassist.errors import FtassistError

NAMESPACE = "ftassist"
LOCAL = "local"
_ASK_SECONDS = 1.0
_KNOCK_SECONDS = 5.0
_CHECK_SECONDS = 120.0
_END_SECONDS = 60.0
_RECONNECT, _RECONNECT_SECONDS = "RAY_gcs_rpc_server_reconnect_timeout_s", 900
"""Ray ends a process whose head is gone for a minute. Ours goes on without it, and says so."""
log = logging.getLogger("ftassist.runner")
_started: set[int] = set()
"""Processes of a cluster of this machine alone: children of this one, and no orphans."""
_AGAIN = frozenset({"listen", "listing", "read", "stop", "pause"})
"""Calls that may be made once more when nobody knows whether they arrived."""


def _ray() -> Any:
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
    ray = _ray()
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
    _ray().shutdown()
    _started.clear()


def answers() -> bool:
    """Whether the cluster can be reached: its head answers, and knows Ray's node on this machine.

    The head is asked without Ray, which would wait. Without a node here nothing can be started
    anywhere, and what this process has started ends.
    """
    ray = _ray()
    if not ray.is_initialized():
        return False
    here = ray.get_runtime_context()
    try:
        _knock(str(here.gcs_address))
    except (OSError, ValueError):
        return False
    return any(node["id"] == here.get_node_id() for node in nodes())


def nodes() -> list[dict[str, Any]]:
    """The nodes that are there: id, host, address and resources of each."""
    return [
        {
            "id": str(node["NodeID"]),
            "host": str(node["NodeManagerHostname"]),
            "address": str(node["NodeManagerAddress"]),
            "resources": dict(node["Resources"]),
        }
        for node in _ray().nodes()
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
    ray = _ray()
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    task = ray.remote(function).options(
        num_cpus=0,
        max_retries=0,
        scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
    )
    try:
        return ray.get(task.remote(*arguments), timeout=seconds)
    except ray.exceptions.RayTaskError as error:
        raise _told(error) from error
    except ray.exceptions.RayError as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        raise LostError(f"it cannot be looked at: {first[:300]}") from error


@functools.cache
def _host_class() -> Any:
    """The hosts' class as Ray knows it: made once, since Ray reads all its code to send it."""
    return _ray().remote(NodeTrial)


def _end_left(campaign: str, trial: str) -> int:
    return leftovers.end(store_folder(), campaign, trial)


def _report() -> dict[str, Any]:
    return node_check.report().to_dict()


class RayLine:
    """Reaches the host of one trial; made when it has a place.

    Args:
        order: What the host is for.
        fit: The ids of nodes that may get it.
        request: What it needs there, in Ray's words: `num_cpus`, `num_gpus`, `memory`,
            `resources`.
        given_up: Whether it is not wanted any more, while it waits for a place.

    Raises:
        LostError: It got no place.
    """

    def __init__(
        self,
        order: Order,
        fit: list[str],
        request: Mapping[str, Any],
        given_up: Callable[[], bool],
    ) -> None:
        self._ray = ray = _ray()
        self._order = order
        self.heard = time.monotonic()
        self._node = ""
        self._dead = False
        # Our journal decides about attempts, so Ray starts nothing a second time.
        self._host = (
            _host_class()
            .options(
                max_restarts=0,
                max_task_retries=0,
                label_selector={"ray.io/node-id": f"in({','.join(fit)})"},
                **request,
            )
            .remote(order)
        )
        waiting = self._host.where.remote()
        while not ray.wait([waiting], timeout=_ASK_SECONDS)[0]:
            if given_up():
                self.end()
                raise LostError("it was given up before it had a place")
        self._node = str(self._get(waiting, CALL_SECONDS, again=False))

    def call(self, method: str, *arguments: Any, seconds: float = CALL_SECONDS) -> Any:
        """Calls a method of the host.

        Raises:
            LostError: It is gone, or does not answer.
            FtassistError: What the method itself refuses.
        """
        found = self._get(
            getattr(self._host, method).remote(*arguments), seconds, again=method in _AGAIN
        )
        while found is _Again:
            if time.monotonic() - self.heard > seconds:
                raise LostError(f"the node has not answered for {seconds:.0f} s")
            time.sleep(_ASK_SECONDS)
            found = self._get(getattr(self._host, method).remote(*arguments), seconds, again=True)
        self.heard = time.monotonic()
        return found

    def gone_for_good(self) -> bool:
        """Whether the host died on a node that is there, so that nothing of it runs."""
        return self._dead and answers() and any(node["id"] == self._node for node in nodes())

    def clear(self) -> bool:
        """Ends all that is left of the trial on its node; whether that is certain."""
        if not self._node or not answers():
            return False
        return end_left(self._node, self._order.campaign, self._order.trial)

    def end(self) -> None:
        """Ends the host, however it is; what it started ends with it."""
        with suppress(Exception):  # Ray may be gone itself
            if answers():
                self._ray.kill(self._host)

    def _get(self, reference: Any, seconds: float, *, again: bool) -> Any:
        errors = self._ray.exceptions
        try:
            return self._ray.get(reference, timeout=seconds)
        except errors.RayTaskError as error:
            raise _told(error) from error
        except errors.ActorUnavailableError as error:
            if again:
                return _Again
            raise LostError(f"the node does not answer: {_short(error)}") from error
        except errors.RayActorError as error:
            self._dead = True
            raise LostError(f"the trial's host on its node died: {_short(error)}") from error
        except errors.RayError as error:
            raise LostError(f"the node was lost: {_short(error)}") from error


class _Again:
    """Stands for an answer that is to be asked for once more."""


def _told(error: Any) -> FtassistError:
    """What the host itself raised, as an error that speaks to people."""
    cause = error.cause if isinstance(error.cause, BaseException) else error
    if isinstance(cause, FtassistError):
        return cause
    return FtassistError(f"the host of the trial failed: {type(cause).__name__}: {cause}")


def _short(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300]
