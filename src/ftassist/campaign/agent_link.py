"""The link between a campaign and its agent: events, money, progress, a wish to stop.

Progress goes to `agent/progress.json` in the campaign's folder, rewritten a few times a second
while a call is made and removed after it; faces show it. What matters is in the journal.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ftassist.agent.backends.link import Held, Link, Progress
from ftassist.agent.context import Context
from ftassist.agent.eyes import Sight
from ftassist.agent.lookup import Library, is_offline
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.dry_running import trier
from ftassist.campaign.numbers import known_to_optimiser
from ftassist.campaign.queries import search_tree
from ftassist.errors import FtassistError
from ftassist.files import open_inside, write_json

PROGRESS = Path("agent") / "progress.json"
LARGEST = 64 * 1024
"""Bytes of progress that are read."""
EVERY_SECONDS = 0.25
"""How often progress is written at most."""
_held: dict[Path, Held] = {}


def connect(campaign: Campaign, beat: Callable[[], None] | None = None) -> Link:
    """The link of a campaign's agent.

    Args:
        beat: Called while a call is made, so that the runner is seen to be alive.
    """
    state = campaign.refresh()
    begun = state.seq
    actor = f"agent:{state.settings.backend}"
    written = [0.0]
    cancelled = _cancelled(campaign, begun)

    def say(kind: str, payload: Mapping[str, Any]) -> None:
        campaign.say(kind, payload, actor=actor)

    def ended() -> bool:
        """Whether a person ends a dry run; the runner is seen to be alive meanwhile."""
        if beat is not None:
            beat()
        return cancelled()

    def progress(step: Progress) -> None:
        if beat is not None:
            beat()
        now = time.monotonic()
        if now - written[0] >= EVERY_SECONDS or step.phase in (
            "counting",
            "resting",
            "looking",
            "trying",
        ):
            written[0] = now
            with suppress(FtassistError):  # a full disk must not end a call that is paid for
                told = {**asdict(step), "time": time.time(), "seq": begun}
                write_json(campaign.folder / PROGRESS, told)

    return Link(
        settings=dict(state.settings.agent),
        say=say,
        spent=lambda: campaign.refresh().calls.cost,
        cap=state.budget.usd,
        held=held(campaign),
        progress=progress,
        cancelled=cancelled,
        dry_run=trier(campaign, say, ended, progress),
        eyes=lambda context: sight(campaign, context, beat),
        sent=lambda prompt: campaign.refresh().asked_before.get(prompt, 0),
    )


def sight(campaign: Campaign, context: Context, beat: Callable[[], None] | None = None) -> Sight:
    """What an agent may look at in a campaign as it stands.

    Args:
        context: What the agent is told of it.
        beat: Called about once a second while a look takes long.
    """
    state = campaign.refresh()
    allowed = bool(state.settings.agent.get("look_outside")) and not is_offline()
    return Sight(
        repository=campaign.task.repository_folder,
        model=lambda: campaign.base_reference,
        folder=campaign.trial_folder,
        state=state,
        context=context,
        tick=beat,
        outside=Library.public() if allowed else None,
        numbers=lambda: known_to_optimiser(
            state, search_tree(state, campaign.card.metric), state.settings.seed
        ),
    )


def held(campaign: Campaign) -> Held:
    """What this process keeps back of a campaign's money, for thinking and for rows together."""
    return _held.setdefault(campaign.folder, Held())


@dataclass(frozen=True)
class ToldProgress(Progress):
    """How far a call has come, as the campaign's folder tells it.

    Attributes:
        time: When it was written, in seconds since 1970.
        seq: The event after which the call began.
    """

    time: float = 0.0
    seq: int = 0


def read_progress(campaign: Campaign) -> ToldProgress | None:
    """How far the agent's call has come; None when none is made. What is unsound is left empty."""
    try:
        with open_inside(campaign.folder, *PROGRESS.parts) as file:
            found = json.loads(file.read(LARGEST))
    except (OSError, ValueError):
        return None
    if not isinstance(found, dict) or not found:
        return None
    return ToldProgress(
        **{f.name: _sound(f.type, found.get(f.name)) for f in fields(ToldProgress)}
    )


def _sound(kind: Any, value: object) -> Any:
    """A text or a number of a file; an empty one for what is none."""
    if kind == "str":
        return value if isinstance(value, str) else ""
    known = isinstance(value, int | float) and math.isfinite(value)
    number = max(0.0, float(value)) if known else 0.0  # type: ignore[arg-type]
    return int(number) if kind == "int" else number


def end_progress(campaign: Campaign) -> None:
    """Tells faces that no call is made any more."""
    (campaign.folder / PROGRESS).unlink(missing_ok=True)


def _cancelled(campaign: Campaign, begun: int) -> Callable[[], bool]:
    """Whether a person cancelled the call or stopped the campaign; looks once in a while."""
    looked = [0.0, 0.0]
    lock = threading.Lock()

    def cancelled() -> bool:
        now = time.monotonic()
        with lock:
            if not looked[1] and now - looked[0] >= EVERY_SECONDS:
                looked[0] = now
                state = campaign.refresh()
                looked[1] = float(state.asked.cancelled > begun or state.phase == "stopped")
        return bool(looked[1])

    return cancelled
