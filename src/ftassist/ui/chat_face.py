"""The verbs of `%ftagent` said in a chat: what they say, as text, and what they do.

A message is one line of a verb, and for `edit` a block of code below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.errors import FtassistError
from ftassist.ui import terminal
from ftassist.ui.magics import magic_lines
from ftassist.ui.telling import Tell
from ftassist.ui.verbs import VERBS, Face, Picture, Verb, VerbAnswer

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.journal.state import State

ONLY_TELL = frozenset({"diff", "knobs", "show", "status", "survey", "tree", "whatif"})
"""Verbs that change nothing, whatever is said with them."""
_ELSEWHERE = frozenset({"replay"})
"""Verbs that take longer than a chat waits, or read what lies on the server."""
_BLOCK = re.compile(r"```[a-z]*\n(?P<code>.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Said:
    """A message that is a line of a verb.

    Attributes:
        line: The line, without what stood below it.
        verb: The verb.
        given: What was said with it.
        code: A block of code below the line; None without one.
    """

    line: str
    verb: Verb
    given: dict[str, Any]
    code: str | None

    @property
    def only_tells(self) -> bool:
        """Whether it changes nothing."""
        name, given = self.verb.name, self.given
        return name in ONLY_TELL or given.get("action", ...) is None or bool(given.get("plan"))

    def run(self, campaign: Campaign) -> str:
        """Does what is said, and gives what there is to say, as text of several lines."""
        face = ChatFace(campaign, self.code)
        face.tell(self.verb.run(face, **self.given))
        return "\n".join(face.lines)


def said(text: str) -> Said | None:
    """The verb that a message says; None where it begins with none.

    Raises:
        FtassistError: It begins with one, and what follows is wrong, or it belongs elsewhere.
    """
    block = _BLOCK.search(text)
    line = " ".join(_BLOCK.sub("", text).split())
    name = line.partition(" ")[0].lower()
    if name not in VERBS:
        return None
    if name in _ELSEWHERE:
        raise FtassistError(f"{name} is not for a chat", fix=f"type `ftassist {name}`")
    _, given = magic_lines.parse(f"{name}{line[len(name) :]}")
    for waits in ("no_wait", "detach"):
        given |= {waits: True} if waits in given else {}
    if isinstance(given.get("file"), Path) or given.get("output") is not None:
        raise FtassistError("a chat reads and writes no files", fix="put the code below the line")
    return Said(line, VERBS[name], given, block["code"] if block else None)


class ChatFace(Face):
    """One message of a chat, and what is said to it.

    Attributes:
        lines: What was said so far.
    """

    said = "@ftassist"
    waits = False

    def __init__(self, campaign: Campaign, code: str | None) -> None:
        super().__init__()
        self._campaign, self._code = campaign, code
        self.lines: list[str] = []

    def opened(self) -> Campaign:
        """The campaign that is talked about."""
        return self._campaign

    def telling(self, *, lines: bool = False) -> AbstractContextManager[Tell]:
        """Nothing: an answer comes when it is whole."""
        return nullcontext(lambda _: None)

    def tell(self, answer: VerbAnswer | str) -> None:
        """Says it."""
        for part in [answer] if isinstance(answer, str) else answer.parts():
            shown = part.page() if isinstance(part, Picture) else part
            if isinstance(shown, str | FtassistError):
                self.lines.append(str(shown))
            elif shown is not None:
                self.lines.append(terminal.to_text(shown))

    def warn(self, text: str) -> None:
        """Says it."""
        self.lines.append(text)

    def following(self, pid: int) -> AbstractContextManager[Callable[[State], None]]:
        """Nothing: a runner goes on by itself."""
        return nullcontext(lambda _: None)

    def source(self, trial: str, stage: str, before: str, file: Path | None) -> str:
        """The block of code below the line."""
        if self._code is None:
            raise FtassistError(
                "where is the new source?",
                where=f"{trial} {stage}",
                fix="put it below the line, between two lines of three backticks",
            )
        return self._code
