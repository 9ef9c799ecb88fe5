"""Commands that write something down of a trial: `note`, `tag`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ftassist.cli.base import (
    CampaignOption,
    Command,
    JsonOption,
    TrialArgument,
    open_campaign,
    say,
    write_json,
)

if TYPE_CHECKING:
    from ftassist.journal.state import Trial


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    examples: dict[Callable[..., None], str] = {
        note: 'ftassist note t0004 "answers are too short", or ftassist note t0004 --remove 41',
        tag: "ftassist tag t0004 short-answers keep, or ftassist tag t0004 keep --remove",
    }
    for command, example in examples.items():
        app.command(cls=Command, epilog=f"Example: {example}")(command)


def note(
    trial: TrialArgument,
    text: Annotated[
        str, typer.Argument(help="What to write down; without it the notes are shown.")
    ] = "",
    remove: Annotated[
        int | None, typer.Option("--remove", help="Take the note of this number away.")
    ] = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a note down with a trial, or show its notes; the agent is not told of them."""
    from ftassist.campaign import commands

    opened = open_campaign(campaign)
    if remove is not None:
        commands.remove_note(opened, trial, remove)
    if text:
        commands.note(opened, trial, text)
    _tell(opened.trial(trial), as_json)


def tag(
    trial: TrialArgument,
    names: Annotated[
        list[str] | None, typer.Argument(help="Tags; without one the trial's are shown.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take them away.")] = False,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a trial tags to find it again by, or show them; the agent is not told of them."""
    from ftassist.campaign import commands

    opened = open_campaign(campaign)
    for name in names or ():
        (commands.untag if remove else commands.tag)(opened, trial, name)
    _tell(opened.trial(trial), as_json)


def _tell(trial: Trial, as_json: bool) -> None:
    """What is written down of a trial."""
    if as_json:
        document: dict[str, Any] = {"trial": trial.id, "tags": list(trial.tags)}
        notes = [dict(one) for one in trial.notes]
        write_json({"schema": "ftassist/remarks/1", **document, "notes": notes})
        return
    from ftassist.ui.trial_text import remarks_line

    say(remarks_line(trial))
