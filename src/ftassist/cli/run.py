"""`ftassist run`: start the runner and follow the campaign until it needs a person or ends."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ftassist.campaign import commands
from ftassist.cli.base import (
    INTERRUPTED_EXIT,
    CampaignOption,
    Command,
    JsonOption,
    open_campaign,
    say,
    show,
    write_json,
)

if TYPE_CHECKING:
    from ftassist.campaign import Campaign

NOTHING_SCORED_EXIT = 1


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command(cls=Command, epilog="Example: ftassist run --review never --trials 6")(run)


def run(
    campaign: CampaignOption = None,
    review: Annotated[
        str | None,
        typer.Option(help='always, never, "timeout 60", "cost 120s".', show_default=False),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(help="Trials of the campaign at most.", show_default=False)
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(help="Where trials run: local, or ray (a cluster).", show_default=False),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(help="The Ray cluster: auto, local or host:port.", show_default=False),
    ] = None,
    gpus: Annotated[
        float | None, typer.Option(help="GPUs of one trial on a cluster.", show_default=False)
    ] = None,
    cpus: Annotated[
        float | None, typer.Option(help="CPUs of one trial on a cluster.", show_default=False)
    ] = None,
    allow_unisolated: Annotated[
        bool,
        typer.Option(
            "--allow-unisolated",
            help="Let cells that a model wrote run without isolation, in this campaign.",
        ),
    ] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Do not follow it.")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only tell what it is expected to cost; run nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Run the campaign and follow it live; Ctrl-C detaches and leaves the runner at work.

    Ends with exit code 1 when nothing could be scored.
    """
    from ftassist.campaign.lock import holder
    from ftassist.documents.spending import runs_alone
    from ftassist.isolation import support
    from ftassist.ui import executor_choice, waiting

    opened = open_campaign(campaign)
    if plan:
        _tell_plan(opened, as_json)
        return
    executor_choice.choose(opened, executor, address=address, gpus=gpus, cpus=cpus)
    allowed = allow_unisolated or (not as_json and _asked(opened))
    waiting.prepare(opened, review, trials, allow_unisolated=allowed)
    if review is not None and (alone := runs_alone(opened.refresh())):
        typer.echo(alone, err=True)
    if not as_json and opened.state.review != "always":
        _tell_plan(opened, as_json)
    other = holder(opened.folder)
    if caution := support.warning():
        typer.echo(caution, err=True)
    pid = opened.start_runner()
    if not as_json and (where := executor_choice.sentence(opened)):
        say(where)
    if other and not as_json:
        say(f"{opened.name} is run by process {pid} on {other['host']} already; watching it")
    if detach:
        _detached(opened, pid, as_json)
        return
    try:
        _follow(opened, quiet=as_json)
        while not as_json and _asked(opened):
            commands.allow_unisolated(opened, "asked for at the terminal")
            opened.start_runner()
            _follow(opened, quiet=as_json)
    except KeyboardInterrupt:
        typer.echo(_left_alone(opened, pid), err=True)
        raise typer.Exit(INTERRUPTED_EXIT) from None
    _end(opened, as_json)
    if waiting.nothing_scored(opened.refresh()):
        raise typer.Exit(NOTHING_SCORED_EXIT)


def _tell_plan(campaign: Campaign, as_json: bool) -> None:
    """What the campaign is expected to cost from here to its end."""
    from ftassist.campaign import pricing
    from ftassist.documents import plan_document
    from ftassist.ui import terminal

    document = plan_document(pricing.plan(campaign), campaign.state)
    if as_json:
        write_json(document)
    else:
        show(terminal.plan(document))


def _asked(campaign: Campaign) -> bool:
    """Whether the person at a terminal lets model-written cells run without isolation.

    Asked only where the campaign waits for that word.
    """
    from ftassist.campaign.consent import CONSENT

    state = campaign.refresh()
    if state.waits_for != CONSENT or not sys.stdin.isatty():
        return False
    return typer.confirm(f"{state.reason}\nAllow it for this campaign?", default=False, err=True)


def _follow(campaign: Campaign, *, quiet: bool) -> None:
    from ftassist.ui import following, waiting

    if quiet:
        waiting.await_person(campaign, show=lambda _: None)
        return
    follow = following.on_terminal if sys.stdout.isatty() else following.in_lines
    with follow(campaign) as tell:
        waiting.await_person(campaign, show=tell)


def _end(campaign: Campaign, as_json: bool) -> None:
    from rich.text import Text

    from ftassist import documents
    from ftassist.documents import summary
    from ftassist.documents.snapshot import take
    from ftassist.ui import terminal, waiting

    snapshot = take(campaign)
    if as_json:
        write_json(documents.campaign_document(snapshot))
        return
    show(terminal.trials_table(snapshot))
    show(Text(summary.claim(snapshot), style="bold"))
    if caution := summary.stand_in(snapshot):
        show(Text(caution, style="dim"))
    say(waiting.next_step(snapshot.state, "ftassist"))


def _detached(campaign: Campaign, pid: int, as_json: bool) -> None:
    if as_json:
        write_json({"schema": "ftassist/runner/1", "campaign": campaign.name, "pid": pid})
        return
    say(f"{campaign.name} runs in process {pid}")
    say("follow it with `ftassist run`, stop it with `ftassist stop`")


def _left_alone(campaign: Campaign, pid: int) -> str:
    return (
        f"\ndetached; the runner of {campaign.name} goes on in process {pid}\n"
        "  follow it again: ftassist run\n  stop it: ftassist stop"
    )
