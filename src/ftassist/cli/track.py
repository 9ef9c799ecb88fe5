"""`ftassist track backfill`: a campaign as runs of a tracker, at any time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ftassist.cli.base import CampaignOption, Command, JsonOption, open_campaign, say, write_json


def register(app: typer.Typer) -> None:
    """Adds the group of commands to the application."""
    group = typer.Typer(help="Mirrors in trackers.", no_args_is_help=True)
    example = "ftassist track backfill --to mlflow"
    group.command("backfill", cls=Command, epilog=f"Example: {example}")(backfill)
    again = "ftassist track restore s3://bucket/mini_math-1-0f3c9a21 --folder campaigns/back"
    group.command("restore", cls=Command, epilog=f"Example: {again}")(restore)
    group.callback()(_group)
    app.add_typer(group, name="track")


def _group() -> None:
    """Mirror campaigns in trackers."""


def backfill(
    to: Annotated[str, typer.Option("--to", help="mlflow, store or trackio.", show_default=False)],
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a campaign's trials to a tracker: parameters, curves, scores, verdicts, parents."""
    from ftassist.campaign.trackers.mirror import mirror

    opened = open_campaign(campaign)
    written = mirror(opened, to)
    if as_json:
        write_json({"schema": "ftassist/track/1", "tracker": to, "written": written})
        return
    say(f"{written} runs written to {to}" if written else f"{to} is up to date")


def restore(
    url: Annotated[str, typer.Argument(help="The campaign's own place in the store.")],
    folder: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    as_json: JsonOption = False,
) -> None:
    """Bring a campaign back from an object store: its journal, and what its trials left."""
    from ftassist.campaign.trackers import store

    files = store.restore(url, folder)
    if as_json:
        write_json({"schema": "ftassist/restore/1", "folder": str(folder), "files": files})
        return
    say(f"{files} files brought back to {folder}")
