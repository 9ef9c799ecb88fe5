"""What an agent's looks read: one campaign as it stands."""

from __future__ import annotations

from collections.abc import Callable
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


@dataclass(frozen=True)
class SetRow:
    """A row of a raw set: its number, its chat whole and in two texts, and its other fields."""

    number: int
    messages: list[Message]
    prompt: str
    response: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class Record:
    """What can be read.

    Attributes:
        repository: The folder of the raw sets.
        model: The base model, found when it is needed.
        folder: The folder of a trial.
        state: The campaign as it stands.
        context: What the agent was told of it.
        tick: Called about once a second while a look takes long.
        outside: What may be asked outside this machine; None where nothing may.
    """

    repository: Path
    model: Callable[[], str]
    folder: Callable[[str], Path]
    state: State
    context: Context
    tick: Callable[[], None] | None = None
    outside: Library | None = None

    @cached_property
    def data(self) -> DataRepository:
        """The raw sets."""
        return DataRepository(self.repository)

    @cached_property
    def tables(self) -> dict[str, list[SetRow]]:
        """Raw sets that were read."""
        return {}

    def trial(self, name: str) -> Trial:
        """A trial of the campaign.

        Raises:
            UnknownNameError: There is none of that id.
        """
        if name not in self.state.trials:
            raise UnknownNameError.of("trial", name, self.state.trials)
        return self.state.trials[name]
