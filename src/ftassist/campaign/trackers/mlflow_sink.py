"""Runs in MLflow: where MLFLOW_TRACKING_URI says, else in `mlflow.db` beside the campaign."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ftassist.campaign.trackers.runs import TrackedRun
from ftassist.errors import FtassistError

URI = "MLFLOW_TRACKING_URI"
_TRIAL, _MARK, _POINTS = "ftassist.trial", "ftassist.mark", "ftassist.points"
_BATCH = 900
"""Metrics a call; MLflow takes 1,000."""


class MlflowSink:
    """An experiment that mirrors one campaign.

    Args:
        name: The campaign's name.

    Raises:
        FtassistError: MLflow is not installed.
    """

    def __init__(self, name: str, folder: Path) -> None:
        try:
            from mlflow.tracking import MlflowClient
        except ImportError as error:
            raise FtassistError(
                "MLflow is not installed", fix="pip install 'ftassist[mlflow]'"
            ) from error
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
        self._client = MlflowClient(os.environ.get(URI) or f"sqlite:///{folder.parent}/mlflow.db")
        title = f"ftassist/{name}"
        known = self._client.get_experiment_by_name(title)
        self._experiment = known.experiment_id if known else self._client.create_experiment(title)
        found = self._client.search_runs([self._experiment], max_results=5000)
        self._known = {run.data.tags[_TRIAL]: run for run in found if _TRIAL in run.data.tags}

    def write(self, run: TrackedRun) -> bool:
        """Writes a run, or what is new of it; whether anything was."""
        known = self._known.get(run.trial)
        if known is not None and known.data.tags.get(_MARK) == str(run.mark):
            return False
        made = known or self._begin(run)
        written = int(made.data.tags.get(_POINTS, "0"))
        name = made.info.run_id
        for metrics in _batches(run, written):
            self._client.log_batch(name, metrics=metrics)
        for key, value in {**run.tags, _POINTS: str(len(run.curve))}.items():
            self._client.set_tag(name, key, value)
        self._client.set_terminated(name, run.status, int(run.finished * 1000))
        self._client.set_tag(name, _MARK, str(run.mark))  # last: one that is cut off is not done
        return True

    def _begin(self, run: TrackedRun) -> Any:
        from mlflow.entities import Param

        tags = {_TRIAL: run.trial}
        if run.parent in self._known:
            tags["mlflow.parentRunId"] = self._known[run.parent].info.run_id
        made = self._client.create_run(
            self._experiment, int(run.started * 1000), tags, run_name=run.trial
        )
        params = [Param(key, value) for key, value in run.parameters.items()]
        for start in range(0, len(params), 100):
            self._client.log_batch(made.info.run_id, params=params[start : start + 100])
        self._known[run.trial] = made
        return made


def _batches(run: TrackedRun, written: int) -> Iterator[list[Any]]:
    """A run's metrics in batches: points of its curve that are not there, then scores."""
    from mlflow.entities import Metric

    when = int(run.finished * 1000)
    fresh = run.curve[written:]
    metrics = [
        Metric(f"train.{key}", value, when, int(point["step"]))
        for point in fresh
        for key, value in point.items()
        if key != "step"
    ]
    metrics += [Metric(key, value, when, 0) for key, value in run.metrics.items()]
    for start in range(0, len(metrics), _BATCH):
        yield metrics[start : start + _BATCH]
