"""How a backend reports what it does: events, progress, money spent, a wish to stop.

A backend reads and writes no journal itself; whoever asks it hands it a link. The default link
reports to nobody, which is all a backend without calls needs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftassist.agent.context import Context
    from ftassist.agent.eyes.look import Eyes
    from ftassist.records.tried import Tried


@dataclass(frozen=True)
class Progress:
    """How far a call has come, for a face to show.

    Attributes:
        purpose: What the call is for, such as "propose".
        model: Who is asked.
        phase: "counting", "waiting", "thinking", "writing", "resting" (before another try),
            "looking" (at data or trials; `tail` says at what), "trying" (cells, in a dry run).
        characters: Characters received.
        tail: The end of what was thought or written; text of a model, never markup.
        seconds: Since the call began.
        tokens: Tokens received, estimated.
        cost: US dollars the call has cost so far, estimated.
    """

    purpose: str
    model: str
    phase: str
    characters: int = 0
    tail: str = ""
    seconds: float = 0.0
    tokens: int = 0
    cost: float = 0.0


def _nothing(*_: Any) -> None:
    """Reports to nobody."""


@dataclass
class Held:
    """Money kept back for calls that are being made, by all links of a campaign in a process.

    Attributes:
        dollars: How much.
        lock: To be held while it is looked at and changed.
    """

    dollars: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Link:
    """What connects a backend with its campaign.

    Attributes:
        settings: The campaign's settings of its agent (models, server, thinking).
        say: Writes an event: kind and payload.
        spent: US dollars spent on calls so far.
        cap: US dollars that may be spent.
        held: What is kept back of them for calls that are being made.
        progress: Shows how far a call has come.
        cancelled: Whether a person wants the call to end.
        sent: How often a question of that digest was sent in this campaign.
        eyes: What can be looked at, seen from a context; None where nothing can.
        dry_run: Tries cells, by stage, before they cost a trial; None where that is not wanted.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    say: Callable[[str, Mapping[str, Any]], None] = _nothing
    spent: Callable[[], float] = lambda: 0.0
    cap: float = 5.0
    held: Held = field(default_factory=Held)
    progress: Callable[[Progress], None] = _nothing
    cancelled: Callable[[], bool] = lambda: False
    sent: Callable[[str], int] = lambda _: 0
    eyes: Callable[[Context], Eyes] | None = None
    dry_run: Callable[[Mapping[str, str]], Tried] | None = None
