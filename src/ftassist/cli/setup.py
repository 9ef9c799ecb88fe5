"""Commands that come first: `tasks`, `init`, `doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ftassist.cli.base import (
    CAMPAIGNS,
    Command,
    JsonOption,
    say,
    show,
    write_json,
)
from ftassist.cli.models import offer
from ftassist.errors import FtassistError
from ftassist.ui.links import shown

if TYPE_CHECKING:
    from ftassist.campaign.export.recipe_in import Recipe


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    app.command(cls=Command, epilog="Example: ftassist tasks show mini_math")(tasks)
    app.command(cls=Command, epilog="Example: ftassist init --task mini_math --trials 8")(init)
    app.command(cls=Command, epilog="Example: ftassist doctor --json")(doctor)


def tasks(
    action: Annotated[
        str | None,
        typer.Argument(help='"show" for one task, or words to search for.', show_default=False),
    ] = None,
    key: Annotated[str | None, typer.Argument(help="The task.", show_default=False)] = None,
    as_json: JsonOption = False,
) -> None:
    """List the tasks, or show one (`tasks show mini_math`)."""
    from ftassist.dojo.loading import load_card
    from ftassist.dojo.task import task_folders
    from ftassist.errors import UnknownNameError
    from ftassist.ui import task_text

    if action != "show" and (action is None or action not in task_folders()):
        wanted = " ".join(filter(None, (action, key)))
        cards = task_text.matching([load_card(name) for name in task_folders()], wanted)
        if not cards:
            raise UnknownNameError.of("task", wanted, task_folders())
        if as_json:
            write_json([task_text.task_document(card) for card in cards])
        else:
            show(task_text.task_list(cards))
        return
    if action == "show" and key is None:
        raise FtassistError("which task?", fix="name one: `ftassist tasks show mini_math`")
    if action != "show" and key is not None:
        raise FtassistError(f"`tasks` cannot {action!r}", fix="use `ftassist tasks show KEY`")
    card = load_card(key or action)
    if as_json:
        write_json(task_text.task_document(card))
    else:
        show(task_text.task_page(card))


def init(
    task: Annotated[
        str | None,
        typer.Option(
            help="What to get better at; needed but for --from-recipe.", show_default=False
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="A causal LM with a chat template: tiny, a name of `ftassist models`, a folder, "
            "a GGUF file or a hub id; else tiny, or the recipe's.",
            show_default=False,
        ),
    ] = None,
    from_recipe: Annotated[
        Path | None,
        typer.Option(
            help="A folder that `export --as trl-yaml` wrote: its training is the first proposal.",
            show_default=False,
        ),
    ] = None,
    backend: Annotated[
        str | None,
        typer.Option(
            help="Who thinks: else anthropic where ANTHROPIC_API_KEY is set, playbook without.",
            show_default=False,
        ),
    ] = None,
    policy: Annotated[
        str,
        typer.Option(
            help="Which trial grows next: asha, ftassist, greedy, random, sequential, tpe or uct."
        ),
    ] = "greedy",
    variants: Annotated[
        int, typer.Option(help="Proposals asked for at once, at most: 1 to 5.")
    ] = 1,
    executor: Annotated[
        str, typer.Option(help="Where trials run: local (this machine) or ray (a cluster).")
    ] = "local",
    address: Annotated[
        str,
        typer.Option(help="Where the Ray cluster is: auto, local or host:port."),
    ] = "",
    review: Annotated[
        str, typer.Option(help='always, never, "timeout SECONDS" or "cost DOLLARS".')
    ] = "always",
    trials: Annotated[int | None, typer.Option(help="Trials at most.", show_default=False)] = None,
    rows: Annotated[
        int | None, typer.Option(help="Training rows a trial at most.", show_default=False)
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Seconds of all trials at most.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of sampling and training.")] = 0,
    usd: Annotated[
        float | None,
        typer.Option(help="US dollars for the agent's calls at most.", show_default=False),
    ] = None,
    device_hours: Annotated[
        float | None,
        typer.Option(
            help="Hours of all trials at most, times the devices of each.", show_default=False
        ),
    ] = None,
    agent_model: Annotated[
        str | None, typer.Option(help="The agent's model, for all roles.", show_default=False)
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(help="The server of the agent's model.", show_default=False),
    ] = None,
    thinking: Annotated[
        str | None, typer.Option(help="off, adaptive or tokens.", show_default=False)
    ] = None,
    dialect: Annotated[
        str | None,
        typer.Option(
            help="What the server speaks: messages, or chat (chat completions).",
            show_default=False,
        ),
    ] = None,
    agent_timeout: Annotated[
        float | None,
        typer.Option(
            help="Seconds without a sign of life after which a call is given up.",
            show_default=False,
        ),
    ] = None,
    outage: Annotated[
        float | None,
        typer.Option(help="Seconds to wait for a model service that is down.", show_default=False),
    ] = None,
    looks: Annotated[
        int | None,
        typer.Option(
            help="How often the agent may look at data and trials before a proposal; 0: never.",
            show_default=False,
        ),
    ] = None,
    look_tokens: Annotated[
        int | None, typer.Option(help="Tokens that its looks may take.", show_default=False)
    ] = None,
    look_outside: Annotated[
        bool,
        typer.Option(
            "--look-outside",
            help="Let its looks ask for papers (arXiv) and data sets (the Hub), in words that it "
            "writes.",
        ),
    ] = False,
    teacher: Annotated[
        Path | None,
        typer.Option(
            help="Folder of a stronger model that trainings may learn from.", show_default=False
        ),
    ] = None,
    recording: Annotated[
        Path | None,
        typer.Option(help="The campaign that `--backend replay` plays.", show_default=False),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of a published task's evaluation data.", show_default=False),
    ] = None,
    allow_unisolated: Annotated[
        bool,
        typer.Option(
            "--allow-unisolated",
            help="Let cells that a model writes run without isolation, in this campaign.",
        ),
    ] = False,
    validation_items: Annotated[
        int | None,
        typer.Option(help="Score trials on so many items, drawn by seed.", show_default=False),
    ] = None,
    test_items: Annotated[
        int | None,
        typer.Option(help="The sealed test on so many items.", show_default=False),
    ] = None,
    panel: Annotated[
        bool | None,
        typer.Option(
            "--panel/--no-panel",
            help="Score base and finalist on general questions, too; the default, but for tiny.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool | None,
        typer.Option(
            "--dry-run/--no-dry-run",
            help="Try cells on 50 rows before they cost a trial; the default where a language "
            "model writes them.",
            show_default=False,
        ),
    ] = None,
    track: Annotated[
        list[str] | None,
        typer.Option(
            help="Mirror trials in a tracker, too: mlflow or trackio. May be given twice.",
            show_default=False,
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where; else ./campaigns/<task>-<number>.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a campaign: one search on one task with one budget."""
    from ftassist.campaign import commands
    from ftassist.campaign.campaign import person
    from ftassist.campaign.creating import Wish, create
    from ftassist.campaign.export.recipe_in import proposal_of, read_recipe
    from ftassist.documents.spending import runs_alone
    from ftassist.documents.words import thinks

    recipe = read_recipe(from_recipe) if from_recipe else None
    task, model = _about(task, model, recipe)
    offer(model)
    wish = Wish(
        task=task,
        model=model,
        backend=backend,
        policy=policy,
        variants=variants,
        review=review,
        budget={
            "trials": trials,
            "rows": rows,
            "seconds": seconds,
            "usd": usd,
            "device_hours": device_hours,
        },
        items={"validation": validation_items, "test": test_items},
        seed=seed,
        teacher=str(teacher or ""),
        agent={
            "model": agent_model,
            "base_url": base_url,
            "thinking": thinking,
            "dialect": dialect,
            "timeout": agent_timeout,
            "outage": outage,
            "looks": looks,
            "look_tokens": look_tokens,
            "look_outside": look_outside or None,
            "recording": recording,
        },
        data=data,
        folder=folder,
        allow_unisolated=allow_unisolated,
        panel=panel,
        dry_run=dry_run,
        track=tuple(track or ()),
        executor=executor,
        address=address,
    )
    campaign = create(CAMPAIGNS, wish)
    if recipe:
        commands.submit_proposal(campaign, proposal_of(recipe, campaign), person())
        campaign.refresh()
    if as_json:
        from ftassist.documents import campaign_document
        from ftassist.documents.snapshot import take

        write_json(campaign_document(take(campaign)))
        return
    say(f"campaign {campaign.name} in {shown(campaign.folder)}")
    if validation_items or test_items:
        say(campaign.card.limits.partition(". ")[0].lower())
    for note in campaign.state.settings.get("base_notes", ()):
        say(f"the base: {note}")
    if backend is None and (caution := thinks(campaign.state)):
        say(caution)
    if alone := runs_alone(campaign.state):
        say(alone)
    say("next: `ftassist propose` to decide yourself, or `ftassist run --review never`")


def _about(task: str | None, model: str | None, recipe: Recipe | None) -> tuple[str, str]:
    """Task and base model: as named, else the recipe's.

    Raises:
        FtassistError: No task is named.
    """
    if recipe is not None:
        return task or recipe.task, model or recipe.base
    if task is None:
        raise FtassistError(
            "no task is named", fix="give --task, such as --task mini_math (see `ftassist tasks`)"
        )
    return task, model or "tiny"


def doctor(
    gpu: Annotated[
        bool,
        typer.Option(
            "--gpu", help="Try all that trials do on this machine's GPU: under eight minutes."
        ),
    ] = False,
    small: Annotated[
        bool, typer.Option("--small", help="With --gpu: the same in a small way, on any machine.")
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option(help="With --gpu: the page to put the figures into.", show_default=False),
    ] = None,
    cluster: Annotated[
        bool, typer.Option("--cluster", help="Look at every node of a Ray cluster instead.")
    ] = False,
    address: Annotated[
        str, typer.Option(help="With --cluster: where it is: auto, local or host:port.")
    ] = "auto",
    as_json: JsonOption = False,
) -> None:
    """Say what is installed, what is missing and what to do about it."""
    from ftassist.ui import doctor as checks

    if gpu:
        _check_gpu(small=small, write=write, as_json=as_json)
        return
    if cluster:
        from ftassist.ui import cluster_doctor

        found = cluster_doctor.examine(address)
    else:
        found = checks.examine(Path.cwd())
    if as_json:
        write_json(checks.document(found))
    else:
        show(checks.page(found))
    if any(check.state == "missing" for check in found):
        raise typer.Exit(1)


def _check_gpu(*, small: bool, write: Path | None, as_json: bool) -> None:
    """Runs the GPU check and shows what it found; a part that did not hold ends with 1."""
    from ftassist.campaign import gpu_check

    extent = gpu_check.SMALL if small else gpu_check.LONG
    if not small:
        offer(extent.model)
    found = gpu_check.check(extent, Path.cwd(), lambda name: typer.echo(name, err=True))
    if write is not None:
        gpu_check.write_section(write, found)
    if as_json:
        write_json(found)
    else:
        say(gpu_check.section(found))
    if not found["ok"]:
        raise typer.Exit(1)
