"""Commands with which a model leaves: `export` makes it and scores it again, `push` sends it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ftassist.cli.base import (
    CampaignOption,
    Command,
    JsonOption,
    TrialArgument,
    open_campaign,
    say,
    telling,
    write_json,
)
from ftassist.cli.wish import NoWaitOption, TimeoutOption, told
from ftassist.errors import FtassistError

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.campaign.export.wish import Export
    from ftassist.dojo.artefacts.request import Form


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    examples: dict[Callable[..., None], str] = {
        export: "ftassist export t0004 --as gguf --quantisation q4_0",
        push: "ftassist push t0004-merged --to ada/sums --dry-run",
    }
    for command, example in examples.items():
        app.command(cls=Command, epilog=f"Example: {example}")(command)


def export(
    trial: TrialArgument,
    form: Annotated[
        str | None,
        typer.Option(
            "--as",
            help="adapter, merged, gguf, ollama or vllm: made, loaded as others will, and scored "
            "again. trl-yaml, axolotl or python: the training, for others. Without it the "
            "model's files are copied as they are.",
            show_default=False,
        ),
    ] = None,
    numbers: Annotated[
        str, typer.Option(help="Of merged weights: bfloat16 or float32.")
    ] = "bfloat16",
    quantisation: Annotated[
        str,
        typer.Option(help="Of a GGUF file: f32, f16, bf16, q8_0, q5_1, q5_0, q4_1 or q4_0."),
    ] = "q8_0",
    bound: Annotated[
        float | None,
        typer.Option(
            help="Most it may lose against the trial, in the metric's unit; else 0.01 of a "
            "fraction, or 1 % of the score.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        str,
        typer.Option(
            metavar="TRIAL",
            help="The trial, named again: keep an export that does not behave as scored.",
            show_default=False,
        ),
    ] = "",
    no_wait: NoWaitOption = False,
    timeout: TimeoutOption = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export a scored trial's model below `exports`: a copy, or a form that is scored again."""
    opened = open_campaign(campaign)
    known = opened.trial(trial).id
    if form is None:
        _copy(opened, known, no_wait, timeout, as_json)
        return
    if no_wait:
        raise FtassistError(
            "an export that is scored again is waited for",
            fix="leave --no-wait away, or run it in the background of your shell",
        )
    from ftassist.campaign.export.recipe_out import export_recipe, recipe_form

    if recipe := recipe_form(form):
        folder = export_recipe(opened, known, recipe)
        if as_json:
            schema = "ftassist/export/2"
            write_json({"schema": schema, "trial": known, "form": form, "path": str(folder)})
        else:
            say(f"the training of {known} is in {folder}")
        return
    from ftassist.campaign.export.exporting import export as made_and_scored
    from ftassist.campaign.export.wish import Wish

    wish = Wish(cast("Form", form), numbers, quantisation, bound, force)
    with telling(as_json) as tell:
        kept = made_and_scored(opened, known, wish, tell)
    if as_json:
        document = {"schema": "ftassist/export/2", "trial": known, "form": wish.name}
        write_json({**document, **kept.to_dict()})
        return
    _say_kept(known, kept)


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
    from ftassist.campaign.export import pushing

    planned = pushing.plan(open_campaign(campaign), name, to, public=public)
    if not as_json:
        for line in planned.lines():
            say(line)

    def agreed(terms: str) -> bool:
        if accept_terms or as_json or not sys.stdin.isatty():
            return accept_terms
        return typer.confirm(f"{terms} Do you agree?")

    sent = "" if dry_run else pushing.push(planned, agreed=agreed)
    if as_json:
        document = {"schema": "ftassist/push/1", "repository": to, "private": planned.private}
        write_json({**document, "files": planned.files, "terms": planned.terms, "commit": sent})
        return
    say(sent or "nothing was sent: --dry-run")


def _say_kept(trial: str, kept: Export) -> None:
    for sentence in kept.sentences():
        say(sentence)
    say(f"{trial} exported to {kept.folder}")


def _copy(
    campaign: Campaign, trial: str, no_wait: bool, timeout: float | None, as_json: bool
) -> None:
    """A copy of a model's files, by the runner."""
    from ftassist.campaign import commands
    from ftassist.ui import waiting

    if no_wait:
        commands.ask_export(campaign, trial)
        campaign.start_runner()
        told(campaign, trial, "will be exported", as_json)
        return
    with telling(as_json) as tell:
        made = waiting.export(campaign, trial, tell=tell, timeout=timeout)
    folder = campaign.folder / str(made["folder"])
    if as_json:
        write_json({"schema": "ftassist/export/1", "trial": trial, **made, "path": str(folder)})
        return
    say(f"{trial} exported to {folder} ({made['files']} files, {made['bytes'] / 1e6:,.1f} MB)")
