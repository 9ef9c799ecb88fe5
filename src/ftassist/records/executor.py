"""Where a campaign's trials run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ftassist.records.record import Record

LOCAL, RAY = "local", "ray"


@dataclass(frozen=True, slots=True)
class ChosenExecutor(Record):
    """What a person chose; false where nobody chose, which is the runner's machine."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"request"})

    executor: str = ""
    """"local" or "ray"."""
    request: Mapping[str, Any] = field(default_factory=dict)
    """Where the cluster is and what a trial needs there (see `cluster.request`)."""

    def __bool__(self) -> bool:
        """Whether a person chose."""
        return bool(self.executor)

    @property
    def name(self) -> str:
        """What it is, whoever chose it."""
        return self.executor or LOCAL


NOT_CHOSEN = ChosenExecutor()
