"""What all commands share: options, the campaign they are about, errors, JSON.

An `FtassistError` becomes a message on stderr (with `--json` an object on stdout) and exit code
2; an interrupt exits with 130 and leaves the runner alone. Anything else is a bug and keeps its
trace. Imports are light: `ftassist --help` must answer in about half a second.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from ftassist.errors import FtassistError, JournalError, UnknownNameError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from ftassist.campaign import Campaign

CAMPAIGNS = Path("campaigns")
USAGE_EXIT = 2
INTERRUPTED_EXIT = 130

CampaignOption = Annotated[
    Path | None,
    typer.Option(
        "--campaign",
        "-c",
        envvar="FTASSIST_CAMPAIGN",
        help="The campaign's folder or name; else the newest below ./campaigns.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
TrialArgument = Annotated[str, typer.Argument(help="A trial, such as t0003.", show_default=False)]
WishOption = Annotated[str, typer.Option(help="What you wish for, in words.", show_default=False)]
SeenOption = Annotated[
    int | None,
    typer.Option(
        help="The event number the decision was made on; refused when the trial changed since.",
        show_default=False,
    ),
]


class Command(TyperCommand):
    """A command whose errors speak to the person."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command and turns errors into messages and exit codes."""
        try:
            return super().invoke(ctx)
        except FtassistError as error:
            if ctx.params.get("as_json"):
                write_json(error.to_dict())
            else:
                typer.echo(str(error), err=True)
            raise typer.Exit(USAGE_EXIT) from None
        except KeyboardInterrupt:
            typer.echo("interrupted; a runner at work goes on (`ftassist stop` ends it)", err=True)
            raise typer.Exit(INTERRUPTED_EXIT) from None


def open_campaign(folder: Path | None) -> Campaign:
    """The campaign a command is about.

    Raises:
        UnknownNameError: `folder` names none; suggests the nearest.
        JournalError: There is none at all.
    """
    from ftassist.campaign import Campaign

    known = Campaign.find(CAMPAIGNS) if CAMPAIGNS.is_dir() else []
    if folder is None:
        if known:
            return Campaign.open(known[-1])
        raise JournalError(
            "no campaign here yet",
            where=str(CAMPAIGNS.resolve()),
            fix="make one with `ftassist init --task mini_math`, or name one with --campaign",
        )
    for candidate in (folder, CAMPAIGNS / folder):
        if (candidate / "journal.db").is_file():
            return Campaign.open(candidate)
    raise UnknownNameError.of("campaign", str(folder), [path.name for path in known])


def write_json(document: Any) -> None:
    """Writes a JSON document to stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1, default=_plain))


def console() -> Console:
    """A console on stdout; as wide as a page where stdout is no terminal."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120
    return Console(width=width, highlight=False)


def show(renderable: RenderableType) -> None:
    """Writes a rich renderable to stdout."""
    console().print(renderable)


def say(text: str) -> None:
    """Writes a line for people to stdout."""
    typer.echo(text)


def telling(quiet: bool) -> Any:
    """Something to tell progress to: a spinner, plain lines, or nothing."""
    from ftassist.ui.telling import plain_lines, silent, spinner

    if quiet:
        return silent()
    return spinner() if sys.stdout.isatty() else plain_lines()


def _plain(value: Any) -> Any:
    """Mappings of a state that are no dicts, and paths, as JSON values."""
    return str(value) if isinstance(value, Path) else dict(value)
