"""What Ray starts on a node: a process that hosts one trial after the other.

Every call names the attempt it is for, so that a late word about a trial that has ended reaches
none that came after it. Between two trials nothing of the first is left here: worker, folder, door
and journal end with it. Knows nothing of what a trial does (see `node`).
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from ftassist.cluster.node import NodeTrial, Order, ray_node
from ftassist.errors import StaleDecisionError


class NodeTrials:
    """Hosts trials; an actor of Ray.

    Args:
        order: The first one.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self._trial = NodeTrial(order)
        self._waiting: asyncio.Task[None] | None = None

    async def where(self) -> str:
        """The id of the node this is on."""
        return ray_node()

    async def call(self, key: str, method: str, *arguments: Any) -> Any:
        """Calls a method of the trial that is here.

        Raises:
            StaleDecisionError: Another one is here by now.
        """
        if key != self._order.key:
            raise StaleDecisionError(f"this host has gone on to {self._order.trial}")
        return await getattr(self._trial, method)(*arguments)

    async def leave(self, key: str) -> None:
        """The trial has ended: clears up, and waits for another for as long as a lease."""
        await self.call(key, "close")
        self._waiting = asyncio.create_task(self._end_by_itself(self._order.lease_seconds))

    async def take(self, order: Order) -> None:
        """The next trial.

        Raises:
            StaleDecisionError: The one before was not left.
        """
        if self._waiting is None:
            raise StaleDecisionError(f"this host still runs {self._order.trial}")
        self._waiting.cancel()
        self._waiting = None
        self._order, self._trial = order, NodeTrial(order)

    async def _end_by_itself(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        os._exit(0)
