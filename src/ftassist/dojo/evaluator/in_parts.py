"""Items asked in parts until a limit of time, so that whatever was asked is a fair sample.

The order is drawn by a fixed seed and takes the kinds of items by turns: every beginning of it has
as many of each kind as of any other, and a model with less time is asked the beginning of what
one with more time is asked, so that the two can be compared on what they share.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from itertools import chain, zip_longest
from typing import Protocol, TypeVar

from ftassist.errors import DataError
from ftassist.files import hash_text

T = TypeVar("T")
SEED = 17
"""Of the order, in every campaign the same."""


class Within(Protocol):
    """Asks items in its own way: some of them, in parts."""

    def __call__(
        self, items: Sequence[tuple[str, str]], ask: Callable[[Collection[str]], list[T]]
    ) -> list[T]:
        """The answers to what was asked, by id and view of all there is to ask."""


def in_order(items: Sequence[tuple[str, str]]) -> list[str]:
    """The ids of items of (id, view) as they are asked."""
    views: dict[str, list[str]] = {}
    for name, view in items:
        views.setdefault(view, []).append(name)
    drawn = [sorted(names, key=lambda n: hash_text(str(SEED), n)) for names in views.values()]
    return [name for name in chain.from_iterable(zip_longest(*drawn)) if name is not None]


class Until:
    """Asks until a share of time is spent.

    The clock runs from the moment it is made: loading the model counts. A part is begun only if it
    is likely to end in time, by what the parts before it took; each is twice the one before.

    Args:
        seconds: The limit; None for all items.
        clock: Tells seconds.
    """

    def __init__(self, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._begun = clock()

    def __call__(
        self, items: Sequence[tuple[str, str]], ask: Callable[[Collection[str]], list[T]]
    ) -> list[T]:
        """The answers to as many items as there is time for.

        Raises:
            DataError: There is no time for any.
        """
        order = in_order(items)
        if self._seconds is None:
            return ask(order)
        if (left := self._left()) <= 0:
            raise DataError(
                f"{self._seconds:.1f} s were allowed and are over before anything was asked",
                where="the general panel",
                fix="ask for this trial by hand, without a limit: `ftassist general`",
            )
        size, found, before = len({view for _, view in items}), list[T](), left
        while order and size:
            found += ask(order[:size])
            order, asked = order[size:], size
            left = self._left()
            each = (before - left) / asked
            before = left
            room = len(order) if each <= 0 else max(0, int(left / each))
            size = min(2 * asked, room, len(order))
        return found

    def _left(self) -> float:
        assert self._seconds is not None
        return self._seconds - (self._clock() - self._begun)
