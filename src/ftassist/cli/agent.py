"""The command that tries the agent's server: `agent-server-check`."""

from __future__ import annotations

from typing import Annotated

import typer

from ftassist.cli.base import Command, JsonOption, say, write_json


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    example = "ftassist agent-server-check --base-url http://localhost:8080"
    app.command(cls=Command, epilog=f"Example: {example}")(agent_server_check)


def agent_server_check(
    base_url: Annotated[str | None, typer.Option(help="Else the official one.")] = None,
    model: Annotated[str | None, typer.Option(help="The model; else those of all roles.")] = None,
    dialect: Annotated[
        str | None, typer.Option(help="What it speaks: messages, or chat (chat completions).")
    ] = None,
    agent_price: Annotated[
        str | None, typer.Option(help="What a model costs that is in no table: 0, or 0.5/1.5.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Try whether a server serves what the agent needs; costs a few small calls."""
    from ftassist.agent.backends.anthropic.server_check import check_server
    from ftassist.agent.backends.anthropic.settings import AgentSettings

    given = {"base_url": base_url, "model": model, "dialect": dialect, "price": agent_price}
    settings = AgentSettings.resolve(given)
    found = check_server(settings)
    if as_json:
        write_json([one.to_dict() for one in found])
    else:
        for one in found:
            mark = "ok     " if one.served else "MISSING" if one.needed else "without"
            say(f"{mark} {one.what}: {one.detail}")
    if any(one.needed and not one.served for one in found):
        raise typer.Exit(1)
