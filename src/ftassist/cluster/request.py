"""What a trial asks of a cluster, in a person's words and in Ray's.

Pure: from settings and the resources of nodes to what is asked for, and to how many fit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ftassist.errors import DataError

AUTO, HEAD, NODE = "auto", "head", "node"
PLACES = (AUTO, HEAD, NODE)
SMALL_MODEL = 2 * 2**30
"""Bytes of a base model below which "auto" scores on the head: loading it twice costs seconds."""
_NAMES = {"num_cpus": "CPU", "num_gpus": "GPU", "memory": "memory"}


@dataclass(frozen=True)
class ClusterRequest:
    """Where the cluster is and what each trial needs there.

    Attributes:
        address: "auto", "local" or host:port.
        gpus: GPUs of one trial; None for one where nodes have any, else none.
        cpus: CPUs of one trial; None for one beside a GPU, else all of the smallest node.
        memory_mb: Memory that is kept for it in MiB; 0 for none in particular.
        resources: Other resources by name, as nodes were started with.
        evaluate: Where models answer the evaluator's questions: on the "head", on the "node" they
            were trained on, or "auto" for the node where the base is no `SMALL_MODEL`.
    """

    address: str = AUTO
    gpus: float | None = None
    cpus: float | None = None
    memory_mb: float = 0.0
    resources: Mapping[str, float] = field(default_factory=dict)
    evaluate: str = AUTO

    def to_dict(self) -> dict[str, Any]:
        """The request as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> ClusterRequest:
        """Reads what `to_dict` wrote; unknown names are left out, as of a newer version.

        Raises:
            DataError: A value is no number, or not positive, or there is no such place.
        """
        known = {name: raw[name] for name in cls.__annotations__ if name in raw}
        found = cls(**known)
        numbers = [found.gpus, found.cpus, found.memory_mb, *found.resources.values()]
        for number in numbers:
            if number is not None and not (isinstance(number, int | float) and number >= 0):
                raise DataError(
                    f"{number!r} is no amount of a resource",
                    where="what a trial asks of the cluster",
                    fix="give numbers from 0, such as --gpus 1 --cpus 4",
                )
        if found.evaluate not in PLACES:
            raise DataError(
                f"models cannot be evaluated on {found.evaluate!r}",
                where="what a trial asks of the cluster",
                fix=f"say one of {', '.join(PLACES)}",
            )
        return found

    def of(self, nodes: Sequence[Mapping[str, Any]], devices: int = 1) -> dict[str, Any]:
        """What one trial asks for, in Ray's words, on a cluster of these nodes.

        Args:
            devices: GPUs that the trial itself asks for; one is no wish.
        """
        with_gpus = any(node["resources"].get("GPU") for node in nodes)
        gpus = (1.0 if with_gpus else 0.0) if self.gpus is None else self.gpus
        gpus = max(gpus, float(devices)) if gpus and devices > 1 else gpus
        cpus = self.cpus
        if cpus is None:
            counts = [n["resources"]["CPU"] for n in nodes if n["resources"].get("CPU")]
            cpus = min([1.0, *counts]) if gpus else min(counts, default=1.0)
        asked: dict[str, Any] = {"num_cpus": cpus, "num_gpus": gpus}
        if self.memory_mb:
            asked["memory"] = int(self.memory_mb * 2**20)
        return asked | ({"resources": dict(self.resources)} if self.resources else {})

    def words(self) -> str:
        """What is asked for, for people."""
        named = {"GPUs": self.gpus, "CPUs": self.cpus, "MiB": self.memory_mb or None}
        parts = [f"{n:g} {what}" for what, n in named.items() if n is not None]
        parts += [f"{amount:g} {name}" for name, amount in self.resources.items()]
        return ", ".join(parts) or "one device"


def scores_on_node(evaluate: str, weights: int) -> bool:
    """Whether a model answers on its node.

    Args:
        evaluate: One of `PLACES`.
        weights: Bytes of the base model.
    """
    return evaluate == NODE or (evaluate == AUTO and weights >= SMALL_MODEL)


def room(node: Mapping[str, Any], asked: Mapping[str, Any]) -> int:
    """How many trials fit a node at once, when nothing else runs there."""
    there = node["resources"]
    needs = {_NAMES[name]: amount for name, amount in asked.items() if name in _NAMES}
    needs |= asked.get("resources", {})
    counts = [math.floor(there.get(n, 0.0) / amount) for n, amount in needs.items() if amount]
    return min(counts, default=1)
