"""What stands between a trial and its end: a wish to stop it, a pause, a loss, a rung, consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ftassist.records.device import ClusterNode
from ftassist.records.numerics import NO_NUMERICS, TrialNumerics
from ftassist.records.record import Record


@dataclass(frozen=True, slots=True)
class StopWish(Record):
    """Somebody's wish to stop a trial; false without one."""

    actor: str = ""
    """Who wishes it: "person:<name>"."""
    time: float = 0.0
    """When, in seconds since 1970."""
    reason: str = ""
    """Why; "" where nothing was said."""

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.actor)


@dataclass(frozen=True, slots=True)
class Pause(Record):
    """A pause that a trial waits after, and goes on; false without one."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"stage", "numerics"})

    reason: str | None = None
    """Why it was paused; None where it was not."""
    stage: str | None = None
    """The stage it was in; None where none had begun."""
    numerics: TrialNumerics = NO_NUMERICS
    """What the training that broke off recorded of its numerics."""

    def __bool__(self) -> bool:
        """Whether it was paused."""
        return self.reason is not None


@dataclass(frozen=True, slots=True)
class Loss(Record):
    """An attempt that something from outside ended; the trial runs again."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"numerics", "class_", "traceback", "node"})

    message: str = ""
    stage: str | None = None
    """The stage it was in; None where none had begun."""
    node_lost: bool = False
    """Whether the node was lost with it, which does not count against the trial."""
    numerics: TrialNumerics = NO_NUMERICS
    """What a training that broke off recorded of its numerics."""
    class_: str = ""
    """What kind of failure it looked like; "" where nobody could say."""
    traceback: str = ""
    node: ClusterNode | None = None
    """The node it was on; None on the runner's machine."""


@dataclass(frozen=True, slots=True)
class Consent(Record):
    """A person's consent to model-written cells without isolation; false without one."""

    actor: str = ""
    """Who gave it: "person:<name>"."""
    time: float = 0.0
    """When, in seconds since 1970."""
    reason: str = ""

    def __bool__(self) -> bool:
        """Whether it was given."""
        return bool(self.actor)


@dataclass(frozen=True, slots=True)
class Promotion(Record):
    """A trial that rested at a rung and goes on to a further one; false without one."""

    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"seen", "slots"})

    rung: float = 0.0
    """How far it goes, as a share of its training."""
    reason: str = ""
    actor: str = ""
    """Who promoted it: "person:<name>" or "runner"."""
    time: float = 0.0
    """When, in seconds since 1970."""
    seen: int | None = None
    """The sequence number that was decided on."""
    slots: int | None = None
    """How many trials could run at once."""

    def __bool__(self) -> bool:
        """Whether it was promoted."""
        return self.rung > 0.0


NO_STOP, NO_PAUSE, NO_PROMOTION = StopWish(), Pause(), Promotion()
NO_CONSENT = Consent()
