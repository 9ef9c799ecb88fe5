"""Commands that come first: `tasks`, `init`, `doctor`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ftassist.cli import verbs
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
from ftassist.ui.verbs import Face, Verb, VerbAnswer
from ftassist.ui.verbs.beginning import wish

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.campaign.export.recipe_in import Recipe


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    app.command(cls=Command, epilog="Example: ftassist tasks show mini_math")(tasks)
    example = "init --task mini_math --trials 8"
    verbs.add(app, Verb(init, (example,), also=wish, on_campaign=False))
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
    from ftassist.dojo.task import task_folders
    from ftassist.dojo.task_loader import load_card
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
    face: Face,
    *,
    task: Annotated[str | None, "What to get better at; needed but for --from-recipe."] = None,
    from_recipe: Annotated[
        Path | None,
        "A folder that `export --as trl-yaml` wrote: its training is the first proposal.",
    ] = None,
    **wanted: Any,
) -> VerbAnswer:
    """Make a campaign: one search on one task with one budget."""
    from ftassist.campaign import commands
    from ftassist.campaign.campaign import person
    from ftassist.campaign.creating import CampaignWish, create
    from ftassist.campaign.export.recipe_in import proposal_of, read_recipe
    from ftassist.documents import campaign_document
    from ftassist.documents.snapshot import take

    recipe = read_recipe(from_recipe) if from_recipe else None
    task, model = _about(task, wanted["model"], recipe)
    offer(model)
    campaign = create(CAMPAIGNS, CampaignWish(**wish(task, **{**wanted, "model": model})))
    if recipe:
        commands.submit_proposal(campaign, proposal_of(recipe, campaign), person())
        campaign.refresh()
    return VerbAnswer(lambda: campaign_document(take(campaign)), lambda: _made(campaign, wanted))


def _made(campaign: Campaign, wanted: Mapping[str, Any]) -> Iterator[str]:
    """What a person should know of a campaign that was just made."""
    from ftassist.documents.spending import runs_alone
    from ftassist.documents.words import thinks

    yield f"campaign {campaign.name} in {shown(campaign.folder)}"
    if wanted["validation_items"] or wanted["test_items"]:
        yield campaign.card.limits.partition(". ")[0].lower()
    for note in campaign.state.settings.base_notes:
        yield f"the base: {note}"
    if wanted["backend"] is None and (caution := thinks(campaign.state)):
        yield caution
    if alone := runs_alone(campaign.state):
        yield alone
    yield "next: `ftassist propose` to decide yourself, or `ftassist run --review never`"


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
