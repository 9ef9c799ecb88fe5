"""The page of the command line: every command with its arguments, as its own help says them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import typer
from typer.core import TyperCommand, TyperGroup

from docsite.reference.markdown import head, plain, table
from ftassist.cli.app import app

_HELP = "--help"


Command = TyperCommand | TyperGroup


def tree() -> TyperGroup:
    """The command `ftassist` with all commands below it."""
    return typer.main.get_group(app)


def walk(command: Command, said: str = "ftassist") -> Iterator[tuple[str, Command]]:
    """All commands that do something, each as it is typed."""
    if isinstance(command, TyperCommand) or command.invoke_without_command:
        yield said, command
    if isinstance(command, TyperCommand):
        return
    for name, below in command.commands.items():
        if not below.hidden:
            yield from walk(cast(Command, below), f"{said} {name}")


def page() -> str:
    """The page docs/reference/commands.md."""
    found = list(walk(tree()))
    listed = table(
        ["command", "what it does"],
        [(f"[`{said}`](#{said.replace(' ', '-')})", _first(command)) for said, command in found],
    )
    text = f"Every command has `--help`, which says the same in a terminal.\n\n{listed}"
    return head("Commands", "the command line's own help", text) + "".join(
        _entry(said, command) for said, command in found
    )


def _entry(said: str, command: Command) -> str:
    context = typer.Context(command, info_name=said)
    usage = " ".join([said, *command.collect_usage_pieces(context)])
    parts = [f"\n## {said}\n", plain(command.help or ""), f"```text\n{usage}\n```"]
    known = [param.get_help_record(context) for param in command.get_params(context)]
    rows = [(f"`{name}`", plain(what)) for name, what in filter(None, known) if _HELP not in name]
    if rows:
        parts.append(table(["argument", "what it is"], rows).rstrip())
    if command.epilog:
        parts.append(_example(command.epilog))
    return "\n\n".join(parts).replace("\n\n\n", "\n\n") + "\n"


def _example(epilog: str) -> str:
    lines = re.split(", (?:then|or) ", epilog.removeprefix("Example: "))
    if not all(line.startswith("ftassist ") for line in lines):
        return plain(epilog)
    return "```console\n" + "".join(f"$ {line}\n" for line in lines) + "```"


def _first(command: Command) -> str:
    """The first sentence of what a command does."""
    return plain((command.help or "").split("\n\n")[0])
