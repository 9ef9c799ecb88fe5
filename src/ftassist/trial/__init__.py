"""One trial: its notebook, its checks, its run, and how it ended."""

from ftassist.trial.failures import Failure, FailureClass
from ftassist.trial.job import TrialJob, TrialSpec

__all__ = ["Failure", "FailureClass", "TrialJob", "TrialSpec"]
