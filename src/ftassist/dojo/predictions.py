"""Predictions in a file, as rows to score.

A row is `{"id", "doc", "prediction", "view"}`; without `doc` the record is looked up in the task's
data by `id`. A bad row is an error with its line, or is left out and said so. Knows no scores.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ftassist.dojo.readers.record import Record
from ftassist.dojo.scorers.score import Row
from ftassist.dojo.task import SplitPolicy, load_card
from ftassist.errors import DataError

_FIX = 'write each row as {"id": ..., "doc": {...}, "prediction": "..."}'


@dataclass
class Predictions:
    """The rows of a predictions file.

    Args:
        task: The task they answer.
        path: A JSON-lines file.
        view: The view of all rows, where neither rows nor records tell it.
        split: Score only the rows of this policy's test split.
        data: A folder to take the task's records from.
        keep_going: Leave bad rows out instead of stopping at the first.

    Attributes:
        left_out: Bad rows, with their line and reason; complete once all rows were read.
    """

    task: str
    path: Path
    view: str | None = None
    split: SplitPolicy | None = None
    data: Path | None = None
    keep_going: bool = False
    left_out: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """The rows, in their order.

        Raises:
            DataError: The file cannot be read, or a row is bad and none may be left out.
        """
        kept = self._kept
        for number, line in enumerate(self._lines(), start=1):
            if not line.strip():
                continue
            try:
                row = self._row(line, f"{self.path} line {number}")
            except DataError as error:
                if not self.keep_going:
                    raise
                self.left_out.append(f"{error.where}: {error.what}")
                continue
            if kept is None or (row.id, row.view) in kept or (row.id, None) in kept:
                yield row

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(
                f"the predictions cannot be read: {error}",
                where=str(self.path),
                fix="name a JSON-lines file in UTF-8",
            ) from error

    def _row(self, line: str, where: str) -> Row:
        """One row, checked."""
        try:
            raw = json.loads(line)
        except ValueError as error:
            raise DataError(f"not valid JSON: {error}", where=where, fix=_FIX) from error
        if not isinstance(raw, dict):
            raise DataError("the row is no JSON object", where=where, fix=_FIX)
        prediction = raw.get("prediction")
        if not isinstance(prediction, str):
            what = "is missing" if "prediction" not in raw else "is no text"
            raise DataError(f"`prediction` {what}", where=where, fix=_FIX)
        view, key = raw.get("view") or self.view, raw.get("id")
        doc = raw.get("doc")
        if doc is None:
            record = self._looked_up(key, view, where)
            return Row(record.id, record.doc, prediction, record.view, where)
        if not isinstance(doc, dict):
            raise DataError("`doc` is no JSON object", where=where, fix=_FIX)
        return Row(str(key if key is not None else where), doc, prediction, view, where)

    def _looked_up(self, key: Any, view: str | None, where: str) -> Record:
        """The record a row without `doc` names by its id."""
        if key is None:
            raise DataError("the row has neither `doc` nor `id`", where=where, fix=_FIX)
        found = self._records.get((str(key), view)) or self._records.get((str(key), None))
        if found is None:
            raise DataError(
                f"the data of {self.task} has no record with the id {key!r}",
                where=where,
                fix="give the record as `doc`, or the id it has in the task's data",
            )
        return found

    @cached_property
    def _records(self) -> Mapping[tuple[str, str | None], Record]:
        """The task's records by id and view; by id alone where that says enough."""
        from ftassist.dojo.preparing import records

        found: dict[tuple[str, str | None], Record] = {}
        for record in records(load_card(self.task), self.data):
            found[record.id, record.view] = record
            found.setdefault((record.id, None), record)
        return found

    @cached_property
    def _kept(self) -> set[tuple[str, str | None]] | None:
        """The ids of the test split, where only that is scored."""
        if self.split is None:
            return None
        from ftassist.dojo.preparing import records
        from ftassist.dojo.splits import divide

        card = load_card(self.task)
        test = divide(records(card, self.data), card.splits, self.split).test
        views = {(record.id, record.view) for record in test}
        return views | {(record.id, None) for record in test}
