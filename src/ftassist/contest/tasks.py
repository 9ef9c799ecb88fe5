"""The finished bouts of a contest, task by task, with what item scores say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.campaign import queries
from ftassist.campaign.campaign import Campaign
from ftassist.contest.standings import Pair, Runs, Standing, compare
from ftassist.errors import FtassistError
from ftassist.records.metric import Metric


@dataclass(frozen=True)
class TaskResults:
    """What came of a task.

    Attributes:
        name: The task, as named in the contest.
        metric: Its headline metric.
        standings: One for each column that has a finished bout, in the columns' order.
        pairs: All pairs of them.
    """

    name: str
    metric: Metric
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]


def by_task(document: Mapping[str, Any], folder: Path) -> list[TaskResults]:
    """The tasks of a contest that have a finished bout, in its order.

    Args:
        document: Its results (`record.results`).
        folder: Its folder, for the item scores.

    Raises:
        DataError: Agents were scored on different items of a task.
        FtassistError: Item scores are missing.
    """
    finished = [bout for bout in document["bouts"] if bout["status"] == "finished"]
    named = (str(task) for task in document["contest"]["tasks"])
    return [
        _of_task(task, rows, folder)
        for task in named
        if (rows := [bout for bout in finished if bout["task"] == task])
    ]


def _of_task(task: str, rows: list[Mapping[str, Any]], folder: Path) -> TaskResults:
    metric = Metric(**rows[0]["metric"])
    labels = dict.fromkeys(str(row["label"]) for row in rows)
    first = Campaign.open(folder / rows[0]["campaign"])
    runs = [_runs(label, [r for r in rows if r["label"] == label], folder) for label in labels]
    standings, pairs = compare(runs, metric, queries.views(first, "test"))
    return TaskResults(task, metric, tuple(standings), tuple(pairs))


def _runs(label: str, rows: list[Mapping[str, Any]], folder: Path) -> Runs:
    return Runs(
        label=label,
        seeds=tuple(int(row["seed"]) for row in rows),
        estimates=tuple(row["test"] for row in rows),
        items=tuple(_items(folder / row["campaign"], str(row["trial"])) for row in rows),
    )


def _items(folder: Path, trial: str) -> Mapping[str, float]:
    try:
        return queries.scores(Campaign.open(folder), trial, "test")
    except FileNotFoundError as error:
        raise FtassistError(
            f"the item scores of {trial} on the sealed test are missing",
            where=str(error.filename),
            fix="restore the folder from a copy",
        ) from error
