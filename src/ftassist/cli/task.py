"""`ftassist task new`: a task of one's own from two files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ftassist.cli.base import Command, JsonOption, say, write_json

TASKS = Path("tasks")


def register(app: typer.Typer) -> None:
    """Adds the group of commands to the application."""
    group = typer.Typer(help="Make a task of one's own.", no_args_is_help=True)
    example = "ftassist task new --train a.jsonl --eval b.jsonl --metric accuracy"
    group.command("new", cls=Command, epilog=f"Example: {example}")(new)
    group.callback()(_group)
    app.add_typer(group, name="task")


def _group() -> None:
    """Make a task of one's own."""


def new(
    train: Annotated[Path, typer.Option(help="Training rows: JSON lines.", show_default=False)],
    evaluation: Annotated[
        Path, typer.Option("--eval", help="Evaluation rows: JSON lines.", show_default=False)
    ],
    metric: Annotated[
        str,
        typer.Option(
            help="exact_match, accuracy, macro_f1, rougeL, numeric, regex:PATTERN or "
            "python:FILE.py.",
            show_default=False,
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Where; else ./tasks/<name of the evaluation file>.", show_default=False
        ),
    ] = None,
    title: Annotated[str, typer.Option(help="One line.", show_default=False)] = "",
    licence: Annotated[str, typer.Option(help="Of the data.")] = "not stated",
    max_new_tokens: Annotated[int, typer.Option(help="Limit of an answer.")] = 64,
    as_json: JsonOption = False,
) -> None:
    """Make a task folder from training and evaluation rows with a prompt and an answer."""
    from ftassist.dojo.own_task import OwnTask, make_task

    place = folder or TASKS / evaluation.stem
    made = make_task(
        OwnTask(
            folder=place,
            train=train,
            evaluation=evaluation,
            metric=metric,
            title=title,
            licence=licence,
            max_new_tokens=max_new_tokens,
        )
    )
    if as_json:
        write_json({"task": made.name, "folder": str(made.resolve())})
        return
    say(f"task {made.name} in {made}")
    say(f"next: look at {made}/card.yaml, then `ftassist init --task {made}`")
