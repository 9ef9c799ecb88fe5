"""Predictions in a file, as rows to score.

A row is `{"id", "doc", "prediction", "view"}`, in any file that `tables` reads; without `doc` the
record is looked up in the task's data by `id`. A bad row is an error with its line, or is left out
and said so; data that is not to be had is no fault of a row, and an error in any case. Where only
a split is scored, what the file has beside it and what it lacks of it are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from ftassist.dojo.record import Record
from ftassist.dojo.scorers.score import Row
from ftassist.dojo.tables.file_text import suffix_of
from ftassist.dojo.tables.json_rows import LINES, parse
from ftassist.dojo.tables.reader import read_table
from ftassist.dojo.tables.table import Raw, Table
from ftassist.dojo.task import SplitPolicy
from ftassist.dojo.task_loader import load_card
from ftassist.errors import DataError

_FIX = 'write each row as {"id": ..., "doc": {...}, "prediction": "..."}'


@dataclass
class Predictions:
    """The rows of a predictions file.

    Args:
        task: The task they answer.
        path: A file with rows: JSON lines, JSON, CSV, TSV or Parquet.
        view: The view of all rows, where neither rows nor records tell it.
        split: Score only the rows of this policy's test split.
        data: A folder to take the task's records from.
        keep_going: Leave bad rows out instead of stopping at the first.

    Attributes:
        left_out: Bad rows, with their line and reason; complete once all rows were read.
        outside: Rows that are not in the split; complete once all rows were read.
        answered: The records of the split that a row was found for, by id and view.
    """

    task: str
    path: Path
    view: str | None = None
    split: SplitPolicy | None = None
    data: Path | None = None
    keep_going: bool = False
    left_out: list[str] = field(default_factory=list)
    outside: int = 0
    answered: set[tuple[str, str]] = field(default_factory=set)

    def rows(self) -> Iterator[Row]:
        """The rows, in their order.

        Raises:
            DataError: The file cannot be read, or a row is bad and none may be left out.
        """
        table, used = self._table(), 0
        self.left_out += [f"{self._place(bad.where)}: {bad.what}" for bad in table.bad]
        for told, raw in table.placed():
            where = self._place(told)
            try:
                row = self._row(raw, where)
            except DataError as error:
                if not self.keep_going or error.where != where:
                    raise
                self.left_out.append(f"{where}: {error.what}")
            else:
                used += 1
                yield from self._of_the_split(row)
        if not used:
            first = self.left_out[0] if self.left_out else str(self.path)
            raise DataError("no row can be used", where=first, fix=_FIX)
        if self.split is not None and not self.answered:
            raise DataError(
                f"no row is in the test split of {self.split!r}",
                where=str(self.path),
                fix=f"give rows the ids of the task's data, such as {self._an_id!r}",
            )

    @property
    def unanswered(self) -> int:
        """Records of the split without a row; complete once all rows were read."""
        return sum(map(len, self._split_views.values())) - len(self.answered)

    def _of_the_split(self, row: Row) -> Iterator[Row]:
        """The row for each view in which the split asks for its record; as it is without one."""
        if self.split is None:
            yield row
            return
        views = self._split_views.get(row.id, ())
        kept = [view for view in views if row.view in (None, view)]
        self.outside += not kept
        for view in kept:
            self.answered.add((row.id, view))
            yield replace(row, view=view)

    def _table(self) -> Table:
        """The rows of the file.

        Raises:
            DataError: It cannot be read, or a row is bad and none may be left out.
        """
        try:
            return read_table(self.path, on_bad="drop" if self.keep_going else "refuse")
        except DataError as error:
            raise DataError(error.what, where=self._place(error.where), fix=_FIX) from error

    def _place(self, where: str) -> str:
        """A row's place; a row of JSON lines is a line."""
        lines = suffix_of(self.path) in LINES
        return where.replace(f"{self.path} row ", f"{self.path} line ") if lines else where

    def _row(self, raw: Raw, where: str) -> Row:
        """One row, checked."""
        prediction = raw.get("prediction")
        if not isinstance(prediction, str):
            what = "is missing" if "prediction" not in raw else "is no text"
            raise DataError(f"`prediction` {what}", where=where, fix=_FIX)
        view, key = raw.get("view") or self.view, raw.get("id")
        if not isinstance(view, str | None):
            raise DataError("`view` is no text", where=where, fix=_FIX)
        doc = _opened(raw.get("doc"))
        if doc is None:
            record = self._looked_up(key, view, where)
            # Without a view a row answers its record in all views of the split.
            its_own = record.view if self.split is None else view
            return Row(record.id, record.doc, prediction, its_own, where)
        if not isinstance(doc, dict):
            raise DataError("`doc` is no JSON object", where=where, fix=_FIX)
        return Row(str(key if key is not None else where), doc, prediction, view, where)

    def _looked_up(self, key: Any, view: str | None, where: str) -> Record:
        """The record a row without `doc` names by its id."""
        if key is None:
            raise DataError("the row has neither `doc` nor `id`", where=where, fix=_FIX)
        found = self._records.get(str(key))
        if found is None:
            raise DataError(
                f"the data of {self.task} has no record with the id {key!r}",
                where=where,
                fix=f"give the record as `doc`, or its id in the data, such as {self._an_id!r}",
            )
        if view is not None and view not in found:
            raise DataError(
                f"the record {key!r} is of the view {next(iter(found))!r}, not {view!r}",
                where=where,
                fix="leave the view away: the record tells it",
            )
        return found[view] if view is not None else next(iter(found.values()))

    @cached_property
    def _records(self) -> Mapping[str, Mapping[str, Record]]:
        """The task's records by id, and by the views a record is asked in, its own first."""
        from ftassist.dojo.preparation import records

        found: dict[str, dict[str, Record]] = {}
        card = load_card(self.task)
        for policy in get_args(SplitPolicy):
            for record in records(card, self.data, policy):
                found.setdefault(record.id, {}).setdefault(record.view, record)
        return found

    @property
    def _an_id(self) -> str:
        return next(iter(self._records))

    @cached_property
    def _split_views(self) -> Mapping[str, Sequence[str]]:
        """The records of the test split: the views of each by its id."""
        from ftassist.dojo.preparation import records
        from ftassist.dojo.splits import divide

        found: dict[str, list[str]] = {}
        if self.split is not None:
            card = load_card(self.task)
            everything = records(card, self.data, self.split)
            for record in divide(everything, card.splits, self.split).test:
                found.setdefault(record.id, []).append(record.view)
        return found


def _opened(doc: Any) -> Any:
    """A record that a table keeps as JSON text, as what it says; an empty cell as none."""
    if not isinstance(doc, str):
        return doc
    try:
        return parse(doc) if doc.strip() else None
    except ValueError:
        return doc
