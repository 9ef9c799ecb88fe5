"""Walls around processes that run code nobody has read: bubblewrap, call filter, limits."""

from ftassist.isolation.limits import Limits
from ftassist.isolation.run import CODE_LIMITS, Result, run_isolated
from ftassist.isolation.support import Isolation, Probe, isolation, probe
from ftassist.isolation.walls import Walls

__all__ = [
    "CODE_LIMITS",
    "Isolation",
    "Limits",
    "Probe",
    "Result",
    "Walls",
    "isolation",
    "probe",
    "run_isolated",
]
