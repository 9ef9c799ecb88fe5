"""The host of one trial on its node, as the runner reaches it through Ray.

A host whose trial has ended is kept a little for the next one (see `warm`), which then begins at
once; else Ray is asked for a place, and starts a new one there.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from ftassist.cluster.host import NodeTrials
from ftassist.cluster.line import CALL_SECONDS, LostError
from ftassist.cluster.node import Order
from ftassist.cluster.ray_line import end_left, engine, reached, told
from ftassist.cluster.warm import KeptHost, WarmHosts
from ftassist.errors import FtassistError

_ASK_SECONDS = 1.0
_TAKE_SECONDS = 20.0
_AGAIN = frozenset({"listen", "listing", "read", "stop", "pause"})
"""Calls that may be made once more when nobody knows whether they arrived."""


def end_hosts(hosts: Iterable[Any]) -> None:
    """Ends hosts, however they are; what they started ends with them."""
    with suppress(Exception):  # Ray may be gone itself
        if reached() is not None:
            for host in hosts:
                engine().kill(host)


@functools.cache
def _host_class() -> Any:
    """The hosts' class as Ray knows it: made once, since Ray reads all its code to send it."""
    return engine().remote(NodeTrials)


class RayLine:
    """Reaches the host of one trial; made when it has a place.

    Args:
        order: What the host is for.
        fit: The ids of nodes that may get it.
        request: What it needs there, in Ray's words: `num_cpus`, `num_gpus`, `memory`,
            `resources`.
        given_up: Whether it is not wanted any more, while it waits for a place.
        warm: Hosts that wait for a trial.

    Raises:
        LostError: It got no place.
    """

    def __init__(
        self,
        order: Order,
        fit: list[str],
        request: Mapping[str, Any],
        given_up: Callable[[], bool],
        warm: WarmHosts,
    ) -> None:
        self._ray = engine()
        self._order = order
        self._request = request
        self._warm = warm
        self.heard = time.monotonic()
        self._node = ""
        self._host: Any = None
        self._dead = self._left = False
        if not self._take_kept(fit):
            self._find_place(fit, given_up)

    def _take_kept(self, fit: list[str]) -> bool:
        """Goes on with a host that is there already, if there is one."""
        while kept := self._warm.take(fit, self._request):
            try:
                self._get(kept.host.take.remote(self._order), _TAKE_SECONDS, again=False)
            except FtassistError:
                end_hosts([kept.host])
                self._dead = False
                continue
            self._host, self._node = kept.host, kept.node
            return True
        return False

    def _find_place(self, fit: list[str], given_up: Callable[[], bool]) -> None:
        """Waits until Ray has started a host, or one of another trial is free."""
        # Our journal decides about attempts, so Ray starts nothing a second time.
        self._host = new = (
            _host_class()
            .options(
                max_restarts=0,
                max_task_retries=0,
                label_selector={"ray.io/node-id": f"in({','.join(fit)})"},
                **self._request,
            )
            .remote(self._order)
        )
        waiting = new.where.remote()
        while not self._ray.wait([waiting], timeout=_ASK_SECONDS)[0]:
            if given_up():
                self.end()
                raise LostError("it was given up before it had a place")
            if self._take_kept(fit):
                end_hosts([new])
                return
        self._node = str(self._get(waiting, CALL_SECONDS, again=False))

    def call(self, method: str, *arguments: Any, seconds: float = CALL_SECONDS) -> Any:
        """Calls a method of the host.

        Raises:
            LostError: It is gone, or does not answer.
            FtassistError: What the method itself refuses.
        """
        if self._left:
            raise LostError("its host has gone on to another trial")
        found = self._get(self._ask(method, *arguments), seconds, again=method in _AGAIN)
        while found is _Again:
            if time.monotonic() - self.heard > seconds:
                raise LostError(f"the node has not answered for {seconds:.0f} s")
            time.sleep(_ASK_SECONDS)
            found = self._get(self._ask(method, *arguments), seconds, again=True)
        self.heard = time.monotonic()
        return found

    def gone_for_good(self) -> bool:
        """Whether the host died on a node that is there, so that nothing of it runs."""
        return self._dead and any(node["id"] == self._node for node in reached() or [])

    def clear(self) -> bool:
        """Ends all that is left of the trial on its node; whether that is certain."""
        if not self._node or reached() is None:
            return False
        return end_left(self._node, self._order.campaign, self._order.trial)

    def leave(self) -> None:
        """The trial has ended: what lies there is removed, and its host waits for another.

        Raises:
            FtassistError: The host cannot do that, and is of no use any more.
        """
        self._get(self._host.leave.remote(self._order.key), CALL_SECONDS, again=False)
        self._left = True
        self._warm.keep(KeptHost(self._host, self._node, self._request))

    def end(self) -> None:
        """Ends the host, however it is, unless it was left; what it started ends with it."""
        if not self._left:
            end_hosts([self._host])

    def _ask(self, method: str, *arguments: Any) -> Any:
        return self._host.call.remote(self._order.key, method, *arguments)

    def _get(self, reference: Any, seconds: float, *, again: bool) -> Any:
        errors = self._ray.exceptions
        try:
            return self._ray.get(reference, timeout=seconds)
        except errors.RayTaskError as error:
            raise told(error) from error
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


def _short(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300]
