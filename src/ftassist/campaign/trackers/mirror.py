"""Writing a campaign to a tracker: what is not there yet, in the order of the trials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ftassist.campaign.tracker_names import check_tracker
from ftassist.campaign.trackers.mlflow_sink import MlflowSink
from ftassist.campaign.trackers.runs import TrackedRun, runs_of
from ftassist.campaign.trackers.store import STORE, keep, store_url
from ftassist.campaign.trackers.trackio_sink import TrackioSink

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign


class Sink(Protocol):
    """Where runs go."""

    def write(self, run: TrackedRun) -> bool:
        """Writes a run, or what is new of it; whether anything was."""


SINKS: Mapping[str, Callable[[str, Path], Sink]] = {"mlflow": MlflowSink, "trackio": TrackioSink}


def mirror(campaign: Campaign, tracker: str) -> int:
    """Brings a tracker up to date with the journal; returns how many runs were written.

    Raises:
        UnknownNameError: There is no such tracker.
        FtassistError: It is not installed.
    """
    if check_tracker(tracker) == STORE:
        return keep(campaign, store_url())
    sink = SINKS[check_tracker(tracker)](campaign.name, campaign.folder)
    return sum(sink.write(run) for run in runs_of(campaign))
