"""The data repository of a task: raw training sets, as they were found.

Lists, loads and profiles sets; judges nothing and mends nothing. A bad row is an error that names
file and row, or is left out and counted where the set's card says `on_bad: drop`. Knows nothing of
evaluation data. Imports `datasets` only to hand a set out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.dojo.known_sources import LIST, KnownSource, named_in
from ftassist.dojo.profile import Profile, Tokenizer, profile_rows
from ftassist.dojo.set_card import SetCard, read_set_card
from ftassist.dojo.tables.examples import example_of, text_fields
from ftassist.dojo.tables.reader import FORMATS, holds_rows, read_table
from ftassist.dojo.tables.table import FIX, BadRow, OnBad, Raw, Rejects, Row
from ftassist.dojo.tables.templates import value_of
from ftassist.dojo.tables.values import plain
from ftassist.dojo.task import TaskCard, read_card
from ftassist.dojo.token_lengths import tokenizer_of
from ftassist.errors import DataError, FtassistError, UnknownNameError
from ftassist.files import cache_folder, hash_code, hash_file, hash_text, read_json, write_json

if TYPE_CHECKING:
    from datasets import Dataset


_HERE = Path(__file__).parent
_PROFILE_CODE = [
    *(_HERE / f"{name}.py" for name in ("profile", "languages", "quality", "known_sources")),
    *(_HERE / f"{name}.py" for name in ("set_card", "token_lengths")),
    _HERE / "tables",
]


@dataclass(frozen=True)
class PlacedRow:
    """A row of a set, its number in it and its place in words."""

    number: int
    where: str
    row: Raw


@dataclass(frozen=True)
class SetRows:
    """The rows of a set that can be used, and those that cannot."""

    good: tuple[PlacedRow, ...]
    bad: tuple[BadRow, ...]


class DataRepository:
    """The raw sets below a folder: `<set>/card.yaml` and `<set>/rows.jsonl`.

    In place of `rows.jsonl` there may be a file of another format, or several (see `tables`).

    Args:
        model: The model whose tokens profiles count, where its tokenizer is on this machine.

    Example:
        >>> from ftassist.dojo.task_loader import load_task
        >>> repository = DataRepository(load_task("mini_math").repository_folder)
        >>> repository.names()[0]
        'answer_key'
    """

    def __init__(self, folder: Path, model: str = "") -> None:
        self.folder = folder
        self._model = model

    def names(self) -> list[str]:
        """All sets, sorted."""
        return sorted(path.parent.name for path in self.folder.glob("*/card.yaml"))

    def card(self, name: str) -> SetCard:
        """The card of a set.

        Raises:
            UnknownNameError: No such set; names the nearest.
            DataError: The card is incomplete.
        """
        if name not in self.names():
            raise UnknownNameError.of("data set", name, self.names())
        return read_set_card(self.folder / name / "card.yaml")

    def table(self, name: str, on_bad: OnBad | None = None) -> SetRows:
        """The rows of a set that can be used, and those that cannot.

        Args:
            name: The set.
            on_bad: What is done with a bad row; by default what the card says.

        Raises:
            DataError: A row cannot be used and is to be named, or none can.
        """
        card = self.card(name)
        rejects = Rejects(on_bad or card.on_bad)
        good: list[PlacedRow] = []
        kinds: dict[str, type] = {}
        files = self._files(name)
        for path in files:
            table = read_table(path, on_bad=on_bad or card.on_bad)
            rejects.rows += table.bad
            for number, (where, row) in zip(table.numbers, table.placed(), strict=True):
                try:
                    check_row(row, card, where, kinds)
                except DataError as error:
                    rejects.add(error)
                else:
                    counted = number if len(files) == 1 else len(good) + len(rejects.rows) + 1
                    good.append(PlacedRow(counted, where, row))
        if not good:
            first = rejects.rows[0]
            raise DataError(
                f"none of the {len(rejects.rows)} rows of set {name!r} can be used: {first.what}",
                where=first.where,
                fix="mend the rows, or the fields on the set's card",
            )
        return SetRows(tuple(good), tuple(rejects.rows))

    def rows(self, name: str) -> list[Raw]:
        """All rows of a set, checked.

        Raises:
            DataError: A mapped field is missing or cannot be used; names the row.
        """
        return [each.row for each in self.table(name).good]

    def turns(self, name: str) -> list[tuple[str, str]]:
        """The prompt and the final response of every row of a set."""
        card = self.card(name)
        return [card.turns(row) for row in self.rows(name)]

    def sample(self, name: str, rows: int = 3, seed: int = 0) -> list[Raw]:
        """Some rows of a set, the same every time for a seed."""
        import random

        found = self.rows(name)
        return random.Random(f"{seed}:{name}").sample(found, min(rows, len(found)))

    def load(self, name: str) -> Dataset:
        """A set as a `datasets.Dataset`, with its own field names.

        Columns nobody mapped that hold values of several kinds are given as JSON text.
        """
        return as_dataset(self.rows(name))

    def profile(self, name: str, tokenizer: Tokenizer | None = None) -> Profile:
        """Counts, lengths, languages, duplicates, labels and samples of a set.

        Computed once for the same rows, card, tokenizer and code, and kept in the cache. Rows that
        cannot be used are counted, whatever the card says of them.

        Args:
            name: The set.
            tokenizer: Counts tokens in place of the model's; anything with `encode(text)`. Such
                a profile is not kept.
        """
        card = self.card(name)
        known = [source.told(self._task_key) for source in self.known_sources(name)]
        if tokenizer is not None:
            return self._profiled(card, tokenizer, known)
        own = tokenizer_of(self._model)
        files = (*self._files(name), self.folder / name / "card.yaml")
        code = hash_code(LIST, *_PROFILE_CODE)
        key = hash_text(*map(hash_file, files), code, own.name, own.digest, *known)
        return cached_profile(key, lambda: self._profiled(card, own, known))

    def _profiled(self, card: SetCard, tokenizer: Tokenizer, known: Sequence[str]) -> Profile:
        """The profile of the rows that can be used; it counts those that cannot."""
        found = self.table(card.name, "drop")
        rows = [each.row for each in found.good]
        return profile_rows(card, rows, tokenizer, known, bad=[each.where for each in found.bad])

    def known_sources(self, name: str) -> list[KnownSource]:
        """The known bad sources that a set's card names: those of the task it is for."""
        card = self.card(name)
        text = "\n".join((card.title, card.description, card.provenance, card.notes))
        return named_in(text, self._task_card)

    @cached_property
    def _task_card(self) -> TaskCard | None:
        """The card of the task whose repository this is; a trial's copy stands without it."""
        path = self.folder.parent / "card.yaml"
        return read_card(path) if path.is_file() else None

    @property
    def _task_key(self) -> str:
        return self._task_card.key if self._task_card else ""

    def _files(self, name: str) -> list[Path]:
        """The files of a set: `rows` of any format, or all files with rows.

        Raises:
            DataError: There is none.
        """
        folder = self.folder / name
        files = sorted(path for path in folder.iterdir() if holds_rows(path))
        named = [path for path in files if path.name.split(".")[0] == "rows"]
        if not files:
            raise DataError(
                f"the set {name!r} has no rows beside its card",
                where=str(folder),
                fix=f"put rows.jsonl there, or another file: {FORMATS}",
            )
        return named[:1] or files


def check_row(row: Row, card: SetCard, where: str, kinds: dict[str, type] | None = None) -> None:
    """Refuses a row that cannot be used; columns that the card does not map may hold anything.

    Args:
        card: The card of its set.
        where: Its place.
        kinds: The kinds of mapped fields in the first row; filled by it.

    Raises:
        DataError: A mapped field is missing, of another kind than in the first row, or no text.
    """
    known = kinds if kinds is not None else {}
    for field in text_fields(card.fields):
        value = value_of(row, field, where)
        if value is None:
            raise DataError(f"field {field!r} is missing", where=where, fix=FIX)
        first = known.setdefault(field, type(value))
        if type(value) is not first:
            raise DataError(
                f"field {field!r} is {type(value).__name__} here and {first.__name__} in row 1",
                where=where,
                fix=f"give a field one type in all rows, or {FIX}",
            )
    example_of(row, card.fields, where, strict=True)


def as_dataset(rows: Sequence[Row]) -> Dataset:
    """Rows as a `datasets.Dataset`; a column of several kinds as JSON text."""
    import json

    import pyarrow as pa
    from datasets import Dataset

    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    columns: dict[str, list[Any]] = {}
    for name in names:
        values = [plain(row.get(name)) for row in rows]
        try:
            pa.array(values)
        except (pa.ArrowException, OverflowError):
            values = [v if v is None else json.dumps(v, ensure_ascii=False) for v in values]
        columns[name] = values
    return Dataset.from_dict(columns)


def cached_profile(key: str, compute: Callable[[], Profile]) -> Profile:
    """The profile kept under a key, or the computed one, which is then kept."""
    path = cache_folder() / "profiles" / f"{key}.json"
    try:
        return Profile.from_dict(read_json(path))
    except (OSError, FtassistError, TypeError, KeyError):
        made = compute()
    try:
        write_json(path, made.to_dict())
    except (FtassistError, TypeError):
        return made
    return made
