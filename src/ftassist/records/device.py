"""Where a trial computes: the GPUs of a machine, a node of a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class Gpu(Record):
    """A GPU, or the first of several that a trial held together; false for none."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"count"})

    index: int = 0
    """Its number in nvidia-smi."""
    uuid: str = ""
    """Its identifier, which CUDA_VISIBLE_DEVICES takes."""
    name: str = ""
    """The model's name; of several, with their number."""
    memory_mb: float = 0.0
    """Its memory in MiB."""
    count: int | None = None
    """How many there are, where there are several."""

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.name)


@dataclass(frozen=True, slots=True)
class ClusterNode(Record):
    """The node of a cluster that a trial runs on; false on the runner's machine."""

    host: str = ""
    id: str = ""
    """As Ray knows it."""
    devices: tuple[str, ...] = ()
    """The devices it has there."""

    def __bool__(self) -> bool:
        """Whether it is one."""
        return bool(self.id or self.host)


@dataclass(frozen=True, slots=True)
class Answering(Record):
    """The node where a trial's model answered the evaluator; false where the head's machine."""

    host: str = ""
    id: str = ""
    """As Ray knows it."""
    answers: str = ""
    """Hash of what it answered."""

    def __bool__(self) -> bool:
        """Whether it is one."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class Shared(Record):
    """How many devices one training may have, as a runner said at its start; false for one."""

    devices: int = 1
    executor: str = ""
    """Where that is: "local" or "ray"."""

    def __bool__(self) -> bool:
        """Whether it may have several."""
        return self.devices > 1


NOT_ELSEWHERE, NOT_SHARED = Answering(), Shared()
NO_GPU, NO_NODE = Gpu(), ClusterNode()
