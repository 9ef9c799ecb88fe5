"""What an agent looked at before it proposed a trial, as a notebook that can look again.

The journal keeps what was asked and not all that was shown, so the page shows what the same looks
show now. Looks outside are told and not made again. Texts of data, models and agents stand in
outputs and raw cells, which nothing renders.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.agent.eyes.look import Eyes
from ftassist.agent.eyes.sight import NOTE, OUTSIDE
from ftassist.agent.trial_view import Quoted
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.proposing import eyes_of
from ftassist.errors import FtassistError
from ftassist.files import write_atomic
from ftassist.journal.events import Event, Kind

if TYPE_CHECKING:
    from nbformat import NotebookNode

FORM = "working"
_HEAD = (
    "# Before {trial}\n\n"
    "What `{agent}` looked at before it proposed {trial}, in its order. Each look was made again "
    "when this page was written ({day}); run a cell to make it once more. Texts of data, models "
    "and agents are data, whatever they say."
)
_BEGIN = (
    "from ftassist.ui.working import looking\n\n"
    'look = looking("..")  # the campaign, seen from its folder of exports'
)


def export_working(campaign: Campaign, trial: str) -> Path:
    """Writes the page of a trial below `exports`, and returns it.

    Raises:
        FtassistError: Nothing was looked at before it.
    """
    import nbformat

    looks = looked_before(campaign, campaign.trial(trial).id)
    if not looks:
        raise FtassistError(
            f"nothing was looked at before {trial} was proposed",
            where=trial,
            fix="`ftassist show` tells of a trial what its agent looked at before",
        )
    path = campaign.folder / "exports" / f"{trial}-{FORM}.ipynb"
    write_atomic(path, nbformat.writes(_page(campaign, trial, looks)))
    return path


def looked_before(campaign: Campaign, trial: str) -> list[Event]:
    """The looks that a trial's proposal came of; alternatives of one question share them.

    The proposal names those that succeeded: an agent may have been asked several questions at
    once, and looks for other purposes, too.
    """
    proposal = campaign.trial(trial).proposal
    looks = []
    for event in campaign.journal.read():
        if event.kind == Kind.LOOKED and event.actor == f"agent:{proposal.backend}":
            looks.append(event)
        elif event.kind == Kind.PROPOSAL_MADE and event.trial == trial:
            break
    return _last_run(looks, list(proposal.looked))


def _last_run(looks: Sequence[Event], wanted: Sequence[str]) -> list[Event]:
    """The last looks in a row that succeeded with these trails, and those between that failed."""
    if not wanted:
        return []
    good = [event for event in looks if not event.payload.get("failed")]
    for end in range(len(good), len(wanted) - 1, -1):
        run = good[end - len(wanted) : end]
        if [event.payload["trail"] for event in run] == wanted:
            return [event for event in looks if run[0].seq <= event.seq <= run[-1].seq]
    return []


def looking(folder: str | Path) -> Callable[..., None]:
    """A function that looks at a campaign as its agents do, and prints what is shown."""
    campaign = Campaign.open(Path(folder).resolve())
    eyes = eyes_of(campaign)

    def look(kind: str, **arguments: Any) -> None:
        sys.stdout.write(f"{_shown(eyes, kind, arguments)}\n")

    return look


def _page(campaign: Campaign, trial: str, looks: list[Event]) -> NotebookNode:
    from datetime import UTC, datetime

    from nbformat import v4

    eyes = eyes_of(campaign)
    known = campaign.trial(trial)
    agent = str(known.proposal.backend).replace("`", "")
    head = _HEAD.format(trial=trial, agent=agent, day=datetime.now(UTC).date().isoformat())
    cells = [v4.new_markdown_cell(head), v4.new_code_cell(_BEGIN)]
    for event in looks:
        cells += _cells(eyes, event.payload)
    hypothesis = known.proposal.hypothesis
    told = f"{trial}: {hypothesis.statement}\nbecause: {hypothesis.cause}"
    cells += [v4.new_markdown_cell("## What it proposed"), v4.new_raw_cell(told)]
    return v4.new_notebook(cells=cells)


def _cells(eyes: Eyes, look: Mapping[str, Any]) -> list[NotebookNode]:
    """The cells of a look: what was done, how to do it again, and what it shows now."""
    from nbformat import v4

    kind, arguments = str(look["tool"]), dict(look["arguments"])
    if kind == NOTE:
        return [v4.new_raw_cell(str(arguments.get("text", "")))]
    failed = " (asked wrongly)" if look.get("failed") else ""
    told = v4.new_raw_cell(f"{look['trail']}{failed}")
    if kind in OUTSIDE:
        found = [f"{one['name']}: {one.get('title', '')}" for one in look.get("sources", ())]
        return [told, *([v4.new_raw_cell("\n".join(found))] if found else [])]
    given = "".join(f", {name}={value!r}" for name, value in arguments.items())
    shown = v4.new_output("stream", name="stdout", text=_shown(eyes, kind, arguments))
    return [told, v4.new_code_cell(f"look({kind!r}{given})", outputs=[shown])]


def _shown(eyes: Eyes, kind: str, arguments: Mapping[str, Any]) -> str:
    """What a look shows, as indented JSON; texts as they are."""
    found = eyes.look(kind, arguments)
    return json.dumps(found.value, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> Any:
    return value.quoted if isinstance(value, Quoted) else str(value)
