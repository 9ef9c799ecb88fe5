"""The `ftassist` command: its parts put together. Holds no command itself."""

from __future__ import annotations

from typing import Annotated

import typer

from ftassist import __version__
from ftassist.cli import (
    agent,
    ask,
    cluster,
    data,
    dojo,
    export,
    keep,
    kernel,
    mcp,
    models,
    score,
    setup,
    simulate,
    task,
    track,
    verbs,
)

_EPILOG = (
    "Example: ftassist init --task mini_math, then ftassist run --review never, "
    "then ftassist report"
)

app = typer.Typer(
    name="ftassist",
    help="An agent for the fine-tuning loop, with the person in charge.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ftassist {__version__}")
        raise typer.Exit


@app.callback()
def _ftassist(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """An agent for the fine-tuning loop, with the person in charge."""


for module in (
    setup,
    verbs,
    export,
    ask,
    keep,
    agent,
    score,
    data,
    task,
    track,
    models,
    kernel,
    simulate,
    dojo,
    mcp,
    cluster,
):
    module.register(app)


def main() -> None:
    """Runs the command line."""
    app()
