"""Commands about files: `gc` frees space, `verify` finds damage."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from ftassist.cli.base import (
    CampaignOption,
    Command,
    JsonOption,
    open_campaign,
    say,
    write_json,
)

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.campaign.rerun import Rerun

DAMAGED_EXIT = 1


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    examples: dict[Callable[..., None], str] = {
        gc: "ftassist gc, then ftassist gc --remove",
        verify: "ftassist verify --campaign mini_math-1, or ftassist verify --rerun t0003",
    }
    for command, example in examples.items():
        app.command(cls=Command, epilog=f"Example: {example}")(command)


def gc(
    campaign: CampaignOption = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove them; without it they are only listed.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the models of losing trials with their sizes, or remove them."""
    from ftassist.campaign import gc as collector

    opened = open_campaign(campaign)
    removals = collector.plan(opened)
    total = sum(removal.bytes for removal in removals)
    if remove:
        collector.collect(opened, removals)
    if as_json:
        listed = [
            {"path": r.path, "trial": r.trial, "bytes": r.bytes, "why": r.why} for r in removals
        ]
        document = {"removed": remove, "bytes": total, "removals": listed}
        write_json({"schema": "ftassist/gc/1", **document, "kept": collector.keepers(opened)})
        return
    for removal in removals:
        say(f"{_size(removal.bytes):>10}  {removal.path.relative_to(opened.folder)}"
            f"  ({removal.why})")  # fmt: skip
    for trial, why in collector.keepers(opened).items():
        say(f"{'kept':>10}  {trial} {why}")
    done = "freed" if remove else "could be freed; `ftassist gc --remove` does it"
    say(f"{_size(total):>10}  {done}")


def verify(
    campaign: CampaignOption = None,
    rerun: Annotated[
        str | None,
        typer.Option(
            "--rerun",
            metavar="TRIAL",
            help="Also train this trial once more, and name the first step whose loss differs, "
            "with the likely cause.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare every file with its recorded hash and name those that are damaged."""
    from ftassist.campaign.verify import verify as check

    opened = open_campaign(campaign)
    findings, compared = check(opened)
    if not as_json:
        for finding in findings:
            say(f"damaged: {finding.path} {finding.what}")
        say(f"{compared} files compared, {len(findings)} damaged")
    again = _rerun(opened, rerun, quiet=as_json) if rerun else None
    if as_json:
        damaged = [{"path": f.path, "what": f.what} for f in findings]
        document = {"schema": "ftassist/verify/1", "compared": compared, "damaged": damaged}
        write_json({**document, **({"rerun": again.to_dict()} if again else {})})
    elif again:
        for sentence in again.sentences():
            say(sentence)
    if findings or (again and not again.same):
        raise typer.Exit(DAMAGED_EXIT)


def _rerun(campaign: Campaign, trial: str, *, quiet: bool) -> Rerun:
    from ftassist.campaign.rerun import rerun

    return rerun(campaign, trial) if quiet else rerun(campaign, trial, say)


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
