"""Runs in Trackio: in its own folder (TRACKIO_DIR), one project a campaign."""

from __future__ import annotations

import json
from pathlib import Path

from ftassist.campaign.trackers.runs import TrackedRun
from ftassist.errors import FtassistError
from ftassist.files import read_json, write_json

MARKS = "trackio.json"
"""What was mirrored, beside the journal: Trackio's runs cannot be asked."""


class TrackioSink:
    """A project that mirrors one campaign. A run that changed is written as a new one.

    Args:
        name: The campaign's name.

    Raises:
        FtassistError: Trackio is not installed.
    """

    def __init__(self, name: str, folder: Path) -> None:
        try:
            import trackio
        except ImportError as error:
            raise FtassistError(
                "Trackio is not installed", fix="pip install 'ftassist[trackio]'"
            ) from error
        self._trackio = trackio
        self._name = f"ftassist-{name}"
        self._path = folder / MARKS
        self._marks = read_json(self._path) if self._path.is_file() else {}

    def write(self, run: TrackedRun) -> bool:
        """Writes a run; whether anything was written."""
        if self._marks.get(run.trial) == run.mark:
            return False
        config = {**run.parameters, **run.tags, "parent": run.parent}
        title = run.trial if run.trial not in self._marks else f"{run.trial}-{run.mark}"
        self._trackio.init(project=self._name, name=title, config=json.loads(json.dumps(config)))
        for point in run.curve:
            values = {f"train/{key}": value for key, value in point.items() if key != "step"}
            self._trackio.log(values, step=int(point["step"]))
        self._trackio.log(dict(run.metrics))
        self._trackio.finish()
        self._marks = {**self._marks, run.trial: run.mark}
        write_json(self._path, self._marks)
        return True
