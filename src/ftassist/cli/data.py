"""Commands about training data: `profile` of raw sets, `leakage` of a file."""

from __future__ import annotations

from typing import Annotated

import typer

from ftassist.cli.base import Command, JsonOption, show, write_json

TaskArgument = Annotated[str, typer.Argument(help="A task.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    profiled = "ftassist profile mini_math answer_key --model tiny"
    app.command(cls=Command, epilog=f"Example: {profiled}")(profile)
    checked = "ftassist leakage mini_math --data rows.jsonl"
    app.command(cls=Command, epilog=f"Example: {checked}")(leakage)


def profile(
    task: TaskArgument,
    name: Annotated[
        str | None, typer.Argument(metavar="SET", help="A raw set; else all.", show_default=False)
    ] = None,
    model: Annotated[
        str,
        typer.Option(help="Count this model's tokens: tiny, a folder or a hub id.", metavar="M"),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show what a task's raw training sets look like: sizes, languages, repeats, notes."""
    from ftassist.dojo.repository import DataRepository
    from ftassist.dojo.task_loader import load_task
    from ftassist.ui import data_text

    repository = DataRepository(load_task(task).repository_folder, model)
    names = [name] if name else repository.names()
    profiles = [repository.profile(each) for each in names]
    if as_json:
        write_json([data_text.profile_document(found) for found in profiles])
    elif name:
        show(data_text.profile_page(profiles[0]))
    else:
        show(data_text.profile_table(profiles))


def leakage(
    task: TaskArgument,
    data: Annotated[
        str,
        typer.Option(
            help="Rows to train on: a file (JSON lines, JSON, CSV, TSV, Parquet, also .gz), a "
            "folder or a Hub id.",
            show_default=False,
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Say which rows of a file hold evaluation items, and where; exit code 1 if any does."""
    from ftassist.dojo.leak_report import leak_report
    from ftassist.dojo.task_loader import load_task
    from ftassist.ui import data_text

    report = leak_report(load_task(task), data)
    if as_json:
        write_json(report.to_dict())
    else:
        show(data_text.leak_page(report))
    if report.leaking:
        raise typer.Exit(1)
