"""`ftassist kernel install`: a kernel behind walls for ordinary notebooks."""

from __future__ import annotations

from typing import Annotated

import typer

from ftassist.cli.base import Command, say


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command(cls=Command, epilog="Example: ftassist kernel install")(kernel)


def kernel(
    action: Annotated[str, typer.Argument(help='"install".', show_default=False)],
    user: Annotated[
        bool, typer.Option("--user", help="For all your environments, not only this one.")
    ] = False,
) -> None:
    """Install the kernel `ftassist-sandbox`: notebooks that choose it run behind walls."""
    from ftassist.errors import FtassistError
    from ftassist.isolation import support
    from ftassist.trial import provisioner

    if action != "install":
        raise FtassistError(f"`kernel` cannot {action!r}", fix="use `ftassist kernel install`")
    place = provisioner.install_spec(user=user)
    say(f"installed the kernel {provisioner.NAME} in {place}")
    say("choose it in a notebook, or: papermill --engine ftassist -k ftassist-sandbox in out")
    if caution := support.warning():
        typer.echo(caution, err=True)
