"""`ftassist task`: a task of one's own, from rows of one's own or a draft."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ftassist.cli import verbs
from ftassist.cli.base import Command, JsonOption, say, show, write_json
from ftassist.ui.verbs import drafts

if TYPE_CHECKING:
    from ftassist.dojo.own_task import OwnRows

TASKS = Path("tasks")
_GENERIC = ("test", "eval", "evaluation", "validation", "valid", "val", "dev", "data", "rows")
"""Names of files that say nothing of a task; then their folder names it."""


def register(app: typer.Typer) -> None:
    """Adds the group of commands to the application."""
    group = typer.Typer(help="Make a task of one's own.", no_args_is_help=True)
    example = "ftassist task new --train a.csv --eval b.csv --metric accuracy"
    group.command("new", cls=Command, epilog=f"Example: {example}")(new)
    for verb in (drafts.DRAFT, drafts.LOOK, drafts.CORRECT, drafts.SEAL):
        verbs.add(group, verb, "task")
    group.callback()(_group)
    app.add_typer(group, name="task")


def _group() -> None:
    """Make a task of one's own."""


def new(
    train: Annotated[
        list[str],
        typer.Option(
            help="Training rows: a file (JSON lines, JSON, CSV, TSV, Parquet, also .gz), a folder "
            "or a Hub id; `:part` behind it names a split. May be given several times.",
            show_default=False,
        ),
    ],
    evaluation: Annotated[
        str, typer.Option("--eval", help="Evaluation rows, likewise.", show_default=False)
    ],
    metric: Annotated[
        str,
        typer.Option(
            help="exact_match, accuracy, macro_f1, rougeL, numeric, regex:PATTERN or "
            "python:FILE.py.",
            show_default=False,
        ),
    ],
    test: Annotated[
        str | None,
        typer.Option(help="Rows of the test split; else part of --eval.", show_default=False),
    ] = None,
    prompt: Annotated[
        str,
        typer.Option(
            help="What is asked: a column, or a template such as '{question}\\n{options}'.",
            show_default=False,
        ),
    ] = "",
    answer: Annotated[
        str,
        typer.Option(help="The answer: a column, a path or a template.", show_default=False),
    ] = "",
    system: Annotated[
        str,
        typer.Option(
            help="The system turn: a column, a template, or 'text:' and what it is in each row.",
            show_default=False,
        ),
    ] = "",
    row_id: Annotated[
        str, typer.Option("--id", help="The column of ids.", show_default=False)
    ] = "",
    view: Annotated[str, typer.Option(help="The column of views.", show_default=False)] = "",
    on_bad: Annotated[
        str, typer.Option(help="Rows that cannot be used: refuse, or drop and count them.")
    ] = "refuse",
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Where; else ./tasks/<name of the evaluation file>.", show_default=False
        ),
    ] = None,
    title: Annotated[str, typer.Option(help="One line.", show_default=False)] = "",
    licence: Annotated[str, typer.Option(help="Of the data.")] = "not stated",
    max_new_tokens: Annotated[int, typer.Option(help="Limit of an answer.")] = 64,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what the columns are taken for; write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a task folder from training and evaluation rows with a prompt and an answer."""
    from ftassist.dojo.own_rows import ColumnNames, preview
    from ftassist.dojo.own_task import OwnTask, make_task, read_rows
    from ftassist.dojo.tables.table import check_on_bad

    own = OwnTask(
        folder=folder or TASKS / _key_of(evaluation),
        train=train,
        evaluation=evaluation,
        metric=metric,
        title=title,
        licence=licence,
        max_new_tokens=max_new_tokens,
        test=test,
        names=ColumnNames(prompt, answer, system, row_id, view),
        on_bad=check_on_bad(on_bad),
    )
    rows = read_rows(own)
    if as_json and dry_run:
        write_json({"sources": [preview(each) for each in rows.sets]})
    elif not as_json:
        _show(rows)
    if dry_run:
        return
    asked = sys.stdin.isatty() and sys.stdout.isatty() and not yes and not as_json
    if asked and not typer.confirm("Make the task from these rows?", default=True):
        say("nothing was written; --prompt, --answer, --system, --id and --view say it otherwise")
        return
    made = make_task(own, rows)
    if as_json:
        sources = [preview(each) for each in rows.sets]
        write_json({"task": made.name, "folder": str(made.resolve()), "sources": sources})
        return
    say(f"task {made.name} in {made}")
    if left := _left_out(made, rows):
        say(f"{left:,} evaluation rows are left out: they repeat test rows or each other")
    say(f"next: look at {made}/card.yaml, then `ftassist init --task {made}`")


def _show(rows: OwnRows) -> None:
    """What the columns are taken for, with three rows of each source."""
    from ftassist.dojo.own_rows import preview
    from ftassist.ui.mapping_text import mapping_page

    show(mapping_page([preview(each) for each in rows.sets]))


def _left_out(made: Path, rows: OwnRows) -> int:
    """Evaluation rows that are in neither split."""
    from ftassist.dojo.task_loader import load_task

    task = load_task(str(made))
    items = len(task.items("validation")) + len(task.items("test"))
    asked = sum(row.example.label is not False for each in (*rows.evaluation, *rows.test)
                for row in each.rows)  # fmt: skip
    return asked - items


def _key_of(evaluation: str) -> str:
    """A task's key from the name of its evaluation rows."""
    from ftassist.dojo.own_rows import set_name

    head, _, part = evaluation.rpartition(":")
    path, part = (head, part) if head and "/" not in part else (evaluation, "")
    place = Path(path.partition("@")[0])
    name = place.name.split(".")[0]
    if name in _GENERIC:
        name = place.resolve().parent.name or name
    return set_name(f"{name}_{part}" if part and part not in ("test", "validation") else name, [])
