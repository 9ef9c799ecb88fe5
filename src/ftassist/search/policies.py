"""The policies by name. Holds no rule of its own."""

from __future__ import annotations

from collections.abc import Callable

from ftassist.errors import UnknownNameError
from ftassist.search.aide import AIDE
from ftassist.search.asha import ASHA
from ftassist.search.expected_gain import ExpectedGain, InParts
from ftassist.search.greedy import Greedy
from ftassist.search.policy import Policy
from ftassist.search.random import Random
from ftassist.search.sequential import Sequential
from ftassist.search.tpe import CMA, TPE
from ftassist.search.uct import UCT

POLICIES: dict[str, Callable[[], Policy]] = {
    "aide": AIDE,
    "asha": ASHA,
    "cmaes": CMA,
    "ftassist": ExpectedGain,
    "ftassist-parts": InParts,
    "greedy": Greedy,
    "random": Random,
    "sequential": Sequential,
    "tpe": TPE,
    "uct": UCT,
}

_DRAWING: dict[str, Callable[[int], Policy]] = {
    "aide": AIDE,
    "cmaes": CMA,
    "random": Random,
    "tpe": TPE,
}


def policy_by_name(name: str, seed: int = 0) -> Policy:
    """The policy of that name; `seed` is of those that draw by lot.

    Raises:
        UnknownNameError: No such policy; names the nearest.
    """
    if name not in POLICIES:
        raise UnknownNameError.of("policy", name, POLICIES)
    return _DRAWING[name](seed) if name in _DRAWING else POLICIES[name]()
