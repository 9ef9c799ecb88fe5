"""The command with which an export leaves: `push` sends it to the Hugging Face Hub."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ftassist.cli.base import CampaignOption, Command, JsonOption, open_campaign, say, write_json


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    example = "ftassist push t0004-merged --to ada/sums --dry-run"
    app.command(cls=Command, epilog=f"Example: {example}")(push)


def push(
    name: Annotated[
        str, typer.Argument(help="An export, such as t0004-merged.", show_default=False)
    ],
    to: Annotated[
        str, typer.Option("--to", help="The repository, as owner/name.", show_default=False)
    ],
    public: Annotated[
        bool, typer.Option("--public", help="Let everybody see it; else it is private.")
    ] = False,
    accept_terms: Annotated[
        bool, typer.Option("--accept-terms", help="Agree to the terms of the base's licence.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Upload an export to the Hugging Face Hub, with its card; private unless told otherwise."""
    from ftassist.campaign.export import upload

    planned = upload.plan(open_campaign(campaign), name, to, public=public)
    if not as_json:
        for line in planned.lines():
            say(line)

    def agreed(terms: str) -> bool:
        if accept_terms or as_json or not sys.stdin.isatty():
            return accept_terms
        return typer.confirm(f"{terms} Do you agree?")

    sent = "" if dry_run else upload.push(planned, agreed=agreed)
    if as_json:
        document = {"schema": "ftassist/push/1", "repository": to, "private": planned.private}
        write_json({**document, "files": planned.files, "terms": planned.terms, "commit": sent})
        return
    say(sent or "nothing was sent: --dry-run")
