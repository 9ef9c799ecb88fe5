"""Commands that wish or take back: `undo`, `alternatives`, `repeat`, `promote`, `survey`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ftassist.cli.base import (
    CampaignOption,
    Command,
    JsonOption,
    SeenOption,
    TrialArgument,
    WishOption,
    open_campaign,
    say,
    telling,
    write_json,
)
from ftassist.errors import FtassistError

if TYPE_CHECKING:
    from ftassist.campaign import Campaign

TimeoutOption = Annotated[
    float | None, typer.Option(help="Seconds to wait at most.", show_default=False)
]
NoWaitOption = Annotated[
    bool, typer.Option("--no-wait", help="Leave the wish and come back at once.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    examples: dict[Callable[..., None], str] = {
        undo: "ftassist undo t0003",
        alternatives: "ftassist alternatives t0003 --count 2",
        repeat: "ftassist repeat t0004 --seeds 2",
        promote: "ftassist promote t0003 --whole",
        survey: "ftassist survey --json",
    }
    for command, example in examples.items():
        app.command(cls=Command, epilog=f"Example: {example}")(command)


def undo(
    trial: TrialArgument,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    seen: SeenOption = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a veto back: the trial is a proposal again; what was set aside comes back too."""
    from ftassist.campaign import commands

    opened = open_campaign(campaign)
    event = commands.undo_veto(opened, opened.trial(trial).id, reason, seen=seen)
    told(opened, str(event.trial), "is a proposal again", as_json)


def alternatives(
    trial: TrialArgument,
    count: Annotated[int, typer.Option(help="How many at most, 1 to 3.")] = 3,
    wish: WishOption = "",
    no_wait: NoWaitOption = False,
    timeout: TimeoutOption = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for other proposals beside a pending one; accepting one sets the others aside."""
    from ftassist.campaign import commands
    from ftassist.ui import waiting

    opened = open_campaign(campaign)
    known = opened.trial(trial).id
    made: list[str] = []
    if no_wait:
        commands.ask_alternatives(opened, known, count, words=wish)
        opened.start_runner()
    else:
        with telling(as_json) as tell:
            made = waiting.alternatives(
                opened, known, count, tell=tell, words=wish, timeout=timeout
            )
    if as_json:
        write_json({"schema": "ftassist/alternatives/1", "trial": known, "alternatives": made})
        return
    if no_wait:
        say(f"alternatives to {known} are asked for; look with `ftassist status`")
        return
    for name in made:
        say(f"{name}  {opened.state.trials[name].hypothesis}")
    say(f"choose with `ftassist accept {made[0]}`; the others are then set aside")


def repeat(
    trial: TrialArgument,
    seeds: Annotated[int, typer.Option(help="How many fresh seeds, 1 to 5.")] = 1,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a scored trial again on fresh seeds, to see how much of its score was luck."""
    from ftassist.campaign import commands

    opened = open_campaign(campaign)
    event = commands.ask_replicates(opened, trial, seeds)
    opened.start_runner()
    text = f"will be repeated on {seeds} fresh seed{'s' * (seeds > 1)}; follow with `ftassist run`"
    told(opened, str(event.trial), text, as_json)


def promote(
    trial: TrialArgument,
    whole: Annotated[bool, typer.Option("--whole", help="To its end at once.")] = False,
    seen: SeenOption = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a trial on that rests at a rung: from its checkpoint to the next rung, or to its end."""
    from ftassist.campaign import commands

    opened = open_campaign(campaign)
    event = commands.promote(opened, trial, whole=whole, seen=seen)
    opened.start_runner()
    text = f"goes on to {event.payload['rung']:.0%}; follow with `ftassist run`"
    told(opened, str(event.trial), text, as_json)


def survey(campaign: CampaignOption = None, as_json: JsonOption = False) -> None:
    """Show the requirement card: what is asked, what lacks, which sets and sources are useful."""
    opened = open_campaign(campaign)
    card = opened.refresh().survey
    if as_json:
        write_json({"schema": "ftassist/survey/1", "survey": dict(card)})
        return
    from ftassist.documents.survey import survey_text

    if not card:
        raise FtassistError(
            "there is no requirement card yet",
            where=opened.name,
            fix="the backend `anthropic` writes one before its first proposal; the playbook "
            "works without",
        )
    say(survey_text(card))


def told(campaign: Campaign, trial: str, text: str, as_json: bool) -> None:
    """Says what was wished of a trial, as a line or as JSON."""
    known = campaign.trial(trial)
    if as_json:
        document: dict[str, Any] = {
            "schema": "ftassist/wish/1",
            "trial": known.id,
            "status": known.status,
            "seq": campaign.state.seq,
            "replicates_wanted": known.replicates_wanted,
            "export": dict(known.export),
        }
        write_json(document)
        return
    say(f"{known.id} {text}")
