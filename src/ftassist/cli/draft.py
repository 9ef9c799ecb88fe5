"""`ftassist task draft`, `look`, `correct` and `seal`: a task from a sentence and a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ftassist.cli.base import Command, JsonOption, say, show, write_json

if TYPE_CHECKING:
    from ftassist.dojo.own_draft import Draft

DraftArgument = Annotated[
    Path, typer.Argument(help="The draft's folder, such as tasks/mine.draft.", show_default=False)
]
ModelOption = Annotated[
    str | None, typer.Option(help="The model that drafts.", show_default=False)
]
AddressOption = Annotated[
    str | None, typer.Option(help="The server of that model.", show_default=False)
]
DialectOption = Annotated[
    str | None, typer.Option(help="What it speaks: messages, or chat.", show_default=False)
]


def register(group: typer.Typer) -> None:
    """Adds the commands to the group."""
    examples: dict[Callable[..., None], str] = {
        draft: 'ftassist task draft tickets.csv "say which team a ticket is for"',
        look: "ftassist task look tasks/tickets.draft",
        correct: "ftassist task correct tasks/tickets.draft --metric accuracy --right 3b",
        seal: "ftassist task seal tasks/tickets.draft",
    }
    for command, example in examples.items():
        group.command(cls=Command, epilog=f"Example: {example}")(command)


def draft(
    file: Annotated[Path, typer.Argument(help="Rows: JSON lines, JSON, CSV, Parquet, ...")],
    wish: Annotated[str, typer.Argument(help="What the model should learn, in a sentence.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where; else ./tasks/<file>.draft.", show_default=False)
    ] = None,
    licence: Annotated[str, typer.Option(help="Of the data.")] = "not stated",
    usd: Annotated[float, typer.Option(help="US dollars for the draft at most.")] = 1.0,
    agent_model: ModelOption = None,
    base_url: AddressOption = None,
    dialect: DialectOption = None,
    seed: Annotated[int, typer.Option(help="Of dividing the rows.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Have a language model draft a task from a sentence and a file, for you to correct."""
    from ftassist.ui import drafting

    options = {"model": agent_model, "base_url": base_url, "dialect": dialect}
    made = drafting.draft(file, wish, folder, licence=licence, usd=usd, seed=seed, options=options)
    if not as_json:
        say(made.sentence)
    _tell(made.draft, as_json)


def look(folder: DraftArgument, as_json: JsonOption = False) -> None:
    """Show a draft: columns, metric, and made-up answers as the scorer judges them."""
    from ftassist.dojo import own_draft

    _tell(own_draft.load(folder), as_json)


def correct(
    folder: DraftArgument,
    metric: Annotated[
        str | None, typer.Option(help="exact_match, accuracy, ..., regex:PATTERN.")
    ] = None,
    prompt: Annotated[str | None, typer.Option(help="A column or a template.")] = None,
    answer: Annotated[str | None, typer.Option(help="The column of the right answer.")] = None,
    title: Annotated[str | None, typer.Option(help="One line.")] = None,
    about: Annotated[
        str | None, typer.Option(help="What is asked, what a good answer is.")
    ] = None,
    max_new_tokens: Annotated[int | None, typer.Option(help="Limit of an answer.")] = None,
    right: Annotated[
        list[str] | None, typer.Option(help="A made-up answer that should count, such as 3b.")
    ] = None,
    wrong: Annotated[list[str] | None, typer.Option(help="One that should not.")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="One that says nothing.")] = None,
    words: Annotated[
        str | None,
        typer.Option(help="What is wrong with it, for the model that drafts it once more."),
    ] = None,
    usd: Annotated[float, typer.Option(help="US dollars for that at most.")] = 1.0,
    agent_model: ModelOption = None,
    base_url: AddressOption = None,
    dialect: DialectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct a draft, and see at once what its scorer says then."""
    from ftassist.dojo import own_draft
    from ftassist.ui import drafting

    known = own_draft.load(folder)
    if words:
        options = {"model": agent_model, "base_url": base_url, "dialect": dialect}
        known = drafting.again(known, words, usd=usd, options=options)
    changes = drafting.Changes(
        metric, prompt, answer, title, about, max_new_tokens,
        tuple(right or ()), tuple(wrong or ()), tuple(drop or ()),
    )  # fmt: skip
    _show(*drafting.correct(known, changes), as_json)


def seal(folder: DraftArgument, as_json: JsonOption = False) -> None:
    """Make the task of a draft, once its scorer says what it should of each made-up answer."""
    from ftassist.dojo import own_draft

    made = own_draft.seal(own_draft.load(folder))
    if as_json:
        write_json({"task": made.name, "folder": str(made.resolve())})
        return
    say(f"task {made.name} in {made}")
    say(f"next: look at {made}/card.yaml, then `ftassist init --task {made}`")


def _tell(draft: Draft, as_json: bool) -> None:
    from ftassist.dojo import own_draft

    _show(draft, own_draft.look(draft), as_json)


def _show(draft: Draft, looked: Any, as_json: bool) -> None:
    from ftassist.documents.task_draft import draft_document
    from ftassist.ui import draft_text

    if as_json:
        write_json(draft_document(draft, looked))
        return
    show(draft_text.page(draft, looked))
    if not draft.sealed:
        say(
            f"next: `ftassist task correct {draft.folder} ...`, or "
            f"`ftassist task seal {draft.folder}`"
        )
