"""What a verb needs of the face it was called in, and what it gives back to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ftassist.errors import FtassistError
from ftassist.ui.telling import Tell

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.journal.state import State


def _nothing() -> None:
    """Shows nothing."""


@dataclass(frozen=True)
class Picture:
    """Something that a terminal and a notebook show in ways of their own.

    Attributes:
        page: Gives a line or a rich renderable, or None for nothing on a terminal.
        bundle: Gives what a notebook displays, or None for nothing in one.
    """

    page: Callable[[], Any] = _nothing
    bundle: Callable[[], Any] = _nothing


@dataclass(frozen=True)
class VerbAnswer:
    """What a verb says.

    Attributes:
        document: The same for programs, as JSON values.
        parts: For people, one after the other: a line, a rich renderable, a `Picture`, or an
            error where there is nothing yet, which a shell ends with and a notebook says.
        failed: Whether a shell ends with exit code 1.
    """

    document: Callable[[], Any]
    parts: Callable[[], Iterable[Any]]
    failed: bool = False


class Face(ABC):
    """A terminal or a notebook.

    Attributes:
        said: What stands before a verb: "ftassist" or "%ftagent".
        waits: Whether an accepted trial is waited for without being asked to.
        seen: The sequence number at which each trial was last shown here.
    """

    said: ClassVar[str]
    waits: ClassVar[bool]

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    @abstractmethod
    def opened(self) -> Campaign:
        """The campaign that a verb is about."""

    @abstractmethod
    def telling(self, *, lines: bool = False) -> AbstractContextManager[Tell]:
        """Something to tell progress to; with `lines` each stays where it was written."""

    @abstractmethod
    def tell(self, answer: VerbAnswer | str) -> None:
        """Shows something to people before the verb has ended."""

    @abstractmethod
    def warn(self, text: str) -> None:
        """Says what a person should know beside what they asked for."""

    @abstractmethod
    def following(self, pid: int) -> AbstractContextManager[Callable[[State], None]]:
        """Something to show the states of a campaign to that a process runs."""

    def agreed(self, question: str) -> bool:
        """Whether a person who is there says yes."""
        return False

    @abstractmethod
    def source(self, trial: str, stage: str, before: str, file: Path | None) -> str:
        """The new source of a cell.

        Args:
            before: The source as it is.
            file: Where it is, if a person named a file.

        Raises:
            FtassistError: There is none, or it cannot be read.
        """


def read_source(file: Path) -> str:
    """The text of a file.

    Raises:
        FtassistError: It cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FtassistError(
            f"cannot read {file.name}: {error}", where=str(file), fix="name a text file"
        ) from error
