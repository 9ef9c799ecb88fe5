"""The data repository of a task: raw training sets, as they were found.

Lists, loads and profiles sets; judges nothing and mends nothing. Bad rows are errors that name the
file and the row. Knows nothing of evaluation data. Imports `datasets` only to hand a set out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.dojo.known_sources import LIST, KnownSource, named_in
from ftassist.dojo.profile import Profile, Tokenizer, profile_rows
from ftassist.dojo.profile_cache import cached_profile
from ftassist.dojo.set_card import MESSAGES, SetCard, read_set_card
from ftassist.dojo.task import TaskCard, read_card
from ftassist.dojo.token_lengths import tokenizer_of
from ftassist.errors import DataError, UnknownNameError
from ftassist.files import hash_file, hash_text, read_jsonl

if TYPE_CHECKING:
    from datasets import Dataset

_HERE = Path(__file__).parent
_PROFILE_CODE = [_HERE / f"{n}.py" for n in ("profile", "languages", "quality", "known_sources")]


class DataRepository:
    """The raw sets below a folder: `<set>/card.yaml` and `<set>/rows.jsonl`.

    Args:
        folder: The folder.
        model: The model whose tokens profiles count, where its tokenizer is on this machine.

    Example:
        >>> from ftassist.dojo.task import load_task
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

    def rows(self, name: str) -> list[dict[str, Any]]:
        """All rows of a set, checked.

        Raises:
            DataError: A mapped field is missing or a field changes its type; names the row.
        """
        card, path = self.card(name), self._rows_path(name)
        rows = list(read_jsonl(path))
        check_rows(rows, card, path)
        return rows

    def turns(self, name: str) -> list[tuple[str, str]]:
        """The prompt and the final response of every row of a set."""
        card = self.card(name)
        return [card.turns(row) for row in self.rows(name)]

    def sample(self, name: str, rows: int = 3, seed: int = 0) -> list[dict[str, Any]]:
        """Some rows of a set, the same every time for a seed."""
        import random

        found = self.rows(name)
        return random.Random(f"{seed}:{name}").sample(found, min(rows, len(found)))

    def load(self, name: str) -> Dataset:
        """A set as a `datasets.Dataset`, with its own field names."""
        from datasets import Dataset

        return Dataset.from_list(self.rows(name))

    def profile(self, name: str, tokenizer: Tokenizer | None = None) -> Profile:
        """Counts, lengths, languages, duplicates, labels and samples of a set.

        Computed once for the same rows, card, tokenizer and code, and kept in the cache.

        Args:
            name: The set.
            tokenizer: Counts tokens in place of the model's; anything with `encode(text)`. Such
                a profile is not kept.
        """
        card = self.card(name)
        known = [source.told(self._task_key) for source in self.known_sources(name)]
        if tokenizer is not None:
            return profile_rows(card, self.rows(name), tokenizer, known)
        own = tokenizer_of(self._model)
        files = (self._rows_path(name), self.folder / name / "card.yaml", LIST, *_PROFILE_CODE)
        key = hash_text(*map(hash_file, files), own.name, own.digest, *known)
        return cached_profile(key, lambda: profile_rows(card, self.rows(name), own, known))

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

    def _rows_path(self, name: str) -> Path:
        return self.folder / name / "rows.jsonl"


def check_rows(rows: list[dict[str, Any]], card: SetCard, path: Path) -> None:
    """Refuses rows that lack a mapped field or whose field types differ from the first row's.

    Raises:
        DataError: Names the file and the row.
    """
    if not rows:
        raise DataError("the data set has no rows", where=str(path), fix="add rows or remove it")
    types = {key: type(value) for key, value in rows[0].items()}
    for number, row in enumerate(rows, start=1):
        where = f"{path} row {number}"
        for field in card.fields.values():
            if row.get(field) is None:
                raise DataError(f"field {field!r} is missing", where=where, fix="add it")
        for key, value in row.items():
            if key in types and type(value) is not types[key]:
                raise DataError(
                    f"field {key!r} is {type(value).__name__} here and "
                    f"{types[key].__name__} in row 1",
                    where=where,
                    fix="give a field one type in all rows",
                )
        if MESSAGES in card.fields:
            _check_messages(row[card.fields[MESSAGES]], where)
        else:
            _check_texts(row, card, where)


def _check_texts(row: Mapping[str, Any], card: SetCard, where: str) -> None:
    for field in card.fields.values():
        if not isinstance(row[field], str):
            kind = type(row[field]).__name__
            raise DataError(
                f"field {field!r} must be text, it is {kind}",
                where=where,
                fix="write it as a string",
            )


def _check_messages(messages: Any, where: str) -> None:
    wrong = (
        not isinstance(messages, list)
        or len(messages) < 2
        or any(
            not isinstance(m, dict)
            or not isinstance(m.get("role"), str)
            or not isinstance(m.get("content"), str)
            for m in messages
        )
    )
    if wrong or messages[-1]["role"] != "assistant":
        raise DataError(
            "messages must be two or more {role, content} objects that end with the assistant's",
            where=where,
            fix="mend or remove the row",
        )
