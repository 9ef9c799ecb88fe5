"""Commands about the agent: `insights`, `cancel`, `budget`, `replay`, `agent-server-check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from ftassist.campaign import commands
from ftassist.cli.base import CampaignOption, Command, JsonOption, open_campaign, say, write_json
from ftassist.errors import FtassistError


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    examples: dict[Callable[..., None], str] = {
        insights: 'ftassist insights correct i0002 "bare answers hurt in all views"',
        cancel: "ftassist cancel",
        budget: "ftassist budget --usd 10 --trials 12",
        replay: "ftassist replay campaigns/mini_math-1",
        agent_server_check: "ftassist agent-server-check --base-url http://localhost:8080",
    }
    for command, example in examples.items():
        app.command(cls=Command, epilog=f"Example: {example}")(command)


def insights(
    action: Annotated[
        str | None, typer.Argument(help="pin, correct or delete; else all are shown.")
    ] = None,
    name: Annotated[str | None, typer.Argument(help="An insight, such as i0002.")] = None,
    text: Annotated[str, typer.Argument(help="The new sentence, or why it goes.")] = "",
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the agent learned; pin, correct or delete it. Your word wins."""
    opened = open_campaign(campaign)
    if action is not None:
        if name is None:
            raise FtassistError("which insight?", fix=f"name one: `ftassist insights {action} ID`")
        if action == "pin":
            commands.pin_insight(opened, name)
        elif action == "correct":
            commands.correct_insight(opened, name, text)
        elif action == "delete":
            commands.delete_insight(opened, name, text)
        else:
            raise FtassistError(f"`insights` cannot {action!r}", fix="use pin, correct or delete")
    known = list(opened.refresh().insights.values())
    if as_json:
        write_json([insight.to_dict() for insight in known])
        return
    for insight in known:
        from ftassist.documents.words import one_line

        mark = "📌 " if insight.pinned else ""
        cited = ", ".join(insight.trials)
        say(f"{insight.id}  {mark}{one_line(insight.text, 300)}  [{cited}]")
    if not known:
        say("no insights yet")


def cancel(campaign: CampaignOption = None) -> None:
    """End the call the agent makes now; what it has cost is spent."""
    opened = open_campaign(campaign)
    commands.cancel_proposal(opened)
    say("cancelled; ask again with `ftassist propose`")


def budget(
    trials: Annotated[int | None, typer.Option(help="Trials at most.")] = None,
    rows: Annotated[int | None, typer.Option(help="Training rows a trial at most.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Seconds of all trials.")] = None,
    usd: Annotated[float | None, typer.Option(help="US dollars for the agent's calls.")] = None,
    device_hours: Annotated[
        float | None, typer.Option(help="Hours of all trials, times the devices of each.")
    ] = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is spent, or change the limits; a finished campaign goes on."""
    opened = open_campaign(campaign)
    limits = {
        "trials": trials,
        "rows": rows,
        "seconds": seconds,
        "usd": usd,
        "device_hours": device_hours,
    }
    given = {name: value for name, value in limits.items() if value is not None}
    if given:
        commands.set_budget(opened, given)
    state = opened.refresh()
    now = state.budget
    cost = float(state.calls.get("cost", 0.0))
    if as_json:
        used = {
            "trials": state.trials_used,
            "seconds": state.seconds_used,
            "usd": cost,
            "device_hours": state.device_hours_used,
        }
        write_json({"schema": "ftassist/budget/1", "budget": now.to_dict(), "used": used})
        return
    cap = "no cap" if now.device_hours is None else f"of {now.device_hours:g}"
    say(
        f"trials {state.trials_used} of {now.trials}, "
        f"seconds {state.seconds_used:.0f} of {now.seconds:.0f}, "
        f"device-hours {state.device_hours_used:.3g} {cap}, "
        f"rows a trial {now.rows}, calls ${cost:.4f} of ${now.usd:.2f}"
    )


def replay(campaign: CampaignOption = None, as_json: JsonOption = False) -> None:
    """Make the agent's decisions again from the journal, without any call."""
    from ftassist.campaign.replaying import replay as again

    found = list(again(open_campaign(campaign)))
    if as_json:
        write_json([decision.to_dict() for decision in found])
        return
    for decision in found:
        word = {True: "same", False: "differs", None: "cannot be made again"}[decision.same]
        detail = f": {decision.detail}" if decision.detail else ""
        say(f"{decision.seq:>5}  {decision.trial:<6} {decision.decision:<16} {word}{detail}")
    same = sum(decision.same is True for decision in found)
    say(f"{same} of {len(found)} decisions came out the same; no call was made")


def agent_server_check(
    base_url: Annotated[str | None, typer.Option(help="Else the official one.")] = None,
    model: Annotated[str | None, typer.Option(help="The model; else those of all roles.")] = None,
    dialect: Annotated[
        str | None, typer.Option(help="What it speaks: messages, or chat (chat completions).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Try whether a server serves what the agent needs; costs a few small calls."""
    from ftassist.agent.backends.anthropic.server_check import check_server
    from ftassist.agent.backends.anthropic.settings import AgentSettings

    settings = AgentSettings.resolve({"base_url": base_url, "model": model, "dialect": dialect})
    found = check_server(settings)
    if as_json:
        write_json([one.to_dict() for one in found])
    else:
        for one in found:
            mark = "ok     " if one.served else "MISSING" if one.needed else "without"
            say(f"{mark} {one.what}: {one.detail}")
    if any(one.needed and not one.served for one in found):
        raise typer.Exit(1)
