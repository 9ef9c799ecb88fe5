"""`ftassist dojo`: a contest of agents run, gone over again, and shown as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ftassist.cli.base import INTERRUPTED_EXIT, Command, JsonOption, say, write_json

if TYPE_CHECKING:
    from ftassist.contest import Contest
    from ftassist.contest.running import ContestResult, Told

NOT_OVER_EXIT = 1
OUT = Path("contest")
FolderArgument = Annotated[Path, typer.Argument(help="The contest's folder.", show_default=False)]
_EXAMPLE = "ftassist dojo run --agents base,plain,playbook --tasks mini_math --seeds 3"


def register(app: typer.Typer) -> None:
    """Adds the group of commands to the application."""
    group = typer.Typer(help="Set agents against each other.", no_args_is_help=True)
    group.command("run", cls=Command, epilog=f"Example: {_EXAMPLE}")(run)
    group.command("table", cls=Command, epilog="Example: ftassist dojo table contest")(table)
    group.command("verify", cls=Command, epilog="Example: ftassist dojo verify contest")(verify)
    group.callback()(_group)
    app.add_typer(group, name="dojo")


def _group() -> None:
    """Set agents against each other: the same tasks, seeds and budget for all."""


def run(
    agents: Annotated[
        str,
        typer.Option(
            help="base, plain, random, playbook, chain[:MODEL], chain:playbook, "
            "anthropic[:MODEL], mcp:COMMAND; by commas."
        ),
    ] = "base,plain,random,playbook",
    tasks: Annotated[str, typer.Option(help="Tasks by key or folder; by commas.")] = "mini_math",
    seeds: Annotated[int, typer.Option(help="Campaigns of each agent on each task.")] = 3,
    seconds: Annotated[float, typer.Option(help="Seconds of trials of a campaign.")] = 1800.0,
    rows: Annotated[
        str, typer.Option(help="Training rows of a trial; further values are ablations.")
    ] = "2000",
    trials: Annotated[int, typer.Option(help="Trials of a campaign.")] = 8,
    usd: Annotated[
        float, typer.Option(help="US dollars of a campaign, for calls of language models.")
    ] = 5.0,
    model: Annotated[
        str, typer.Option(help="The base model; further values are ablations.")
    ] = "tiny",
    policy: Annotated[
        str,
        typer.Option(
            help="How playbook and anthropic grow their tree: tree, greedy, chain, ...; further "
            "values are ablations."
        ),
    ] = "tree",
    agent_model: Annotated[
        str,
        typer.Option(
            help="The language model of agents that name none; further values are ablations.",
            show_default=False,
        ),
    ] = "",
    dialect: Annotated[
        str | None,
        typer.Option(
            help="What a language model's server speaks: messages, or chat (chat completions).",
            show_default=False,
        ),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Where it is; else the usual one.", show_default=False)
    ] = None,
    silence: Annotated[
        float,
        typer.Option(
            help="Seconds for which an mcp agent may propose nothing while nothing runs."
        ),
    ] = 600.0,
    validation_items: Annotated[
        int | None, typer.Option(help="Score on so many validation items.", show_default=False)
    ] = None,
    test_items: Annotated[
        int | None, typer.Option(help="And on so many of the sealed test.", show_default=False)
    ] = None,
    at_once: Annotated[
        int, typer.Option(help="Campaigns played at the same time, each with all its budget.")
    ] = 1,
    executor: Annotated[
        str | None,
        typer.Option(
            help="Where trials run: local, or ray (a cluster); else where they ran so far.",
            show_default=False,
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            help="Where the Ray cluster is: auto, local or host:port.", show_default=False
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="The contest's folder.")] = OUT,
    allow_unisolated: Annotated[
        bool,
        typer.Option(
            "--allow-unisolated", help="Let cells that a model wrote run without isolation."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Play every bout that is not over: each agent on each task and seed is a campaign.

    Ctrl-C stops what runs; the same command goes on from there, and plays nothing twice. Ends with
    exit code 1 when a bout could not be ended.
    """
    from dataclasses import replace

    from ftassist.contest import running
    from ftassist.contest.placing import Placing
    from ftassist.contest.record import results

    placing = Placing(at_once, executor, address, allow_unisolated)
    asked = _asked(
        agents, tasks, seeds, {"trials": trials, "seconds": seconds, "usd": usd},
        {"rows": rows, "model": model, "policy": policy, "agent_model": agent_model},
        {"validation": validation_items, "test": test_items},
    )  # fmt: skip
    asked = replace(asked, server=_server(dialect, base_url), silence=silence)
    told = running.Told() if as_json else _in_lines(out, named=at_once > 1)
    try:
        outcome = running.run(asked, out, told=told, placing=placing)
    except KeyboardInterrupt:
        typer.echo(
            f"\ninterrupted; what was played is kept in {out}\n"
            "  go on: give the same command again",
            err=True,
        )
        raise typer.Exit(INTERRUPTED_EXIT) from None
    if as_json:
        write_json(results(out))
    else:
        _end(outcome, out)
    if outcome.failed:
        raise typer.Exit(NOT_OVER_EXIT)


def table(
    folder: FolderArgument = OUT,
    out: Annotated[
        Path | None, typer.Option(help="Write it to this file.", show_default=False)
    ] = None,
) -> None:
    """Show a contest as a page of Markdown: rows tasks, columns agents."""
    from ftassist.contest import page
    from ftassist.files import write_atomic

    written = page(folder)
    if out is None:
        say(written)
        return
    write_atomic(out, written)
    say(f"the table is in {out}")


def verify(
    folder: FolderArgument = OUT,
    rescore: Annotated[
        bool, typer.Option("--rescore", help="Score the models handed in again, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Go over a contest again, from its journals: your own, or somebody else's.

    Ends with exit code 1 when something is not as it should be.
    """
    from dataclasses import asdict

    from ftassist.cli.base import telling
    from ftassist.contest import verify_contest

    with telling(as_json) as tell:
        found = verify_contest(folder, rescore=rescore, told=tell)
    if as_json:
        write_json({"schema": "ftassist/dojo-verified/1", **asdict(found)})
    else:
        for finding in found.findings:
            say(str(finding))
        again = f", {found.rescored} models scored again" if rescore else ""
        say(
            f"{found.finished} of {found.bouts} bouts are finished; {found.compared} files "
            f"compared{again}: {len(found.findings)} findings"
        )
    if found.findings:
        raise typer.Exit(NOT_OVER_EXIT)


def _asked(
    agents: str,
    tasks: str,
    seeds: int,
    limits: dict[str, float],
    varied: dict[str, str],
    items: dict[str, int | None],
) -> Contest:
    """The contest that the options ask for; the first of several values is the main table's.

    Raises:
        FtassistError: An option cannot be read.
    """
    from ftassist.contest import Contest
    from ftassist.records.budget import Budget

    values = {factor: _words(text) for factor, text in varied.items()}
    rows = [_number(text) for text in values.pop("rows")]
    ablations: dict[str, tuple[Any, ...]] = {
        factor: tuple(found[1:]) for factor, found in values.items() if found[1:]
    }
    if rows[1:]:
        ablations["rows"] = tuple(rows[1:])
    budget = Budget.of({**limits, "rows": rows[0] if rows else 0})
    return Contest(
        agents=tuple(_words(agents)),
        tasks=tuple(_words(tasks)),
        seeds=seeds,
        budget=budget,
        items={split: size for split, size in items.items() if size is not None},  # type: ignore[misc]
        ablations=ablations,
        **{factor: found[0] for factor, found in values.items() if found},  # type: ignore[arg-type]
    )


def _server(dialect: str | None, base_url: str | None) -> dict[str, str]:
    """Where language models are asked, as the contest keeps it; empty for the usual place."""
    from ftassist.agent.backends.anthropic.settings import AgentSettings

    given = {"dialect": dialect, "base_url": base_url}
    named = {name: value for name, value in given.items() if value}
    return {**named, "base_url": AgentSettings.resolve(named).base_url} if dialect else named


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _number(text: str) -> int:
    from ftassist.errors import DataError

    try:
        return int(text)
    except ValueError:
        raise DataError(
            f"{text!r} is no number of rows", where="--rows", fix="give numbers, as 2000,5000"
        ) from None


def _in_lines(out: Path, *, named: bool) -> Told:
    """A line for each thing that happens; with the name of its bout where several are played."""
    from ftassist.campaign import Campaign
    from ftassist.contest import Bout
    from ftassist.contest.running import Told
    from ftassist.documents.progress import News
    from ftassist.errors import FtassistError
    from ftassist.journal.state import State

    news: dict[Path, News] = {}
    names: dict[Path, str] = {}

    def begin(bout: Bout, number: int, of: int) -> None:
        names[(out / bout.place).resolve()] = f"{bout.name}: " if named else ""
        say(f"[{number}/{of}] {bout.name}")

    def watch(campaign: Campaign, state: State) -> None:
        for line in news.setdefault(campaign.folder, News()).lines(state):
            say(f"  {names.get(campaign.folder.resolve(), '')}{line}")

    def end(bout: Bout, failed: FtassistError | None) -> None:
        if failed:
            typer.echo(f"  {bout.name} is not over: {failed}", err=True)

    return Told(begin, end, watch)


def _end(outcome: ContestResult, out: Path) -> None:
    """How far the contest came, and what to do next."""
    from ftassist.contest.record import results

    say(f"{outcome.over} bouts are over, {outcome.played} of them played now")
    for row in (bout for bout in results(out)["bouts"] if bout["status"] == "invalid"):
        say(
            f"no valid entry: {row['task']} · {row['label']} · seed {row['seed']}: {row['reason']}"
        )
    if outcome.failed:
        say(f"{len(outcome.failed)} are not; the same command tries them again")
    say(f"the table: ftassist dojo table {out}")
