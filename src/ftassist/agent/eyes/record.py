"""What an agent's looks read: one campaign as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ftassist.agent.context import Context
from ftassist.agent.lookup import Library
from ftassist.dojo.repository import DataRepository
from ftassist.errors import UnknownNameError
from ftassist.journal.state import State, Trial
from ftassist.recipes.rows import Message

WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class SetRow:
    """A row of a raw set: its number, its chat whole and in two texts, and its other fields."""

    number: int
    messages: list[Message]
    prompt: str
    response: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class LookRecord:
    """What can be read.

    Attributes:
        repository: The folder of the raw sets.
        model: The base model, found when it is needed.
        folder: The folder of a trial.
        state: The campaign as it stands.
        context: What the agent was told of it.
        tick: Called about once a second while a look takes long.
        outside: What may be asked outside this machine; None where nothing may.
        numbers: What an optimiser knows of the trainings' numbers; None where there is none.
    """

    repository: Path
    model: Callable[[], str]
    folder: Callable[[str], Path]
    state: State
    context: Context
    tick: Callable[[], None] | None = None
    outside: Library | None = None
    numbers: Callable[[], Mapping[str, Any]] | None = None

    @cached_property
    def data(self) -> DataRepository:
        """The raw sets."""
        return DataRepository(self.repository)

    @cached_property
    def tables(self) -> dict[str, list[SetRow]]:
        """Raw sets that were read."""
        return {}

    @cached_property
    def said(self) -> str:
        """All words of all rows of the raw sets, a row a line: read once, asked often."""
        return "\n".join(
            " ".join(WORD.findall(" ".join(_texts(row.row)).lower()))
            for name in self.data.names()
            for row in self.data.table(name, "drop").good
        )

    def trial(self, name: str) -> Trial:
        """A trial of the campaign.

        Raises:
            UnknownNameError: There is none of that id.
        """
        if name not in self.state.trials:
            raise UnknownNameError.of("trial", name, self.state.trials)
        return self.state.trials[name]


def _texts(value: object) -> Iterator[str]:
    """All texts of a row."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)
