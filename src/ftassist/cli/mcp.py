"""`ftassist mcp`: a campaign served to an agent outside, over the Model Context Protocol."""

from __future__ import annotations

from typing import Annotated

import typer

from ftassist.cli.base import CampaignOption, Command, open_campaign, say
from ftassist.mcp.package import check_mcp


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command(cls=Command, epilog="Example: ftassist mcp -c campaigns/mini_math-1")(mcp)


def mcp(
    campaign: CampaignOption = None,
    name: Annotated[
        str,
        typer.Option(
            help="What cards call the agent; else what it calls itself.", show_default=False
        ),
    ] = "",
    skill: Annotated[
        bool,
        typer.Option(
            "--skill", help="Print what such an agent is to know (SKILL.md or AGENTS.md), and end."
        ),
    ] = False,
) -> None:
    """Serve a campaign to an agent outside on stdin and stdout (Model Context Protocol).

    What the agent submits is a pending proposal on the campaign's card: the review mode, the
    budget and the sandbox hold for it as for any other.
    """
    if skill:
        from ftassist.mcp import skill as told

        say(told.skill())
        return
    opened = open_campaign(campaign)
    check_mcp()
    from ftassist.mcp.door import Door
    from ftassist.mcp.serving import server

    server(Door(opened, name)).run("stdio")
