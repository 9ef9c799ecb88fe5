"""What may be written after `%ftagent`: one small parser a command.

Parses only; what a command does is in `ftassist.ui.magics`. A mistake raises an error that
names the nearest command or option and never ends the process.
"""

from __future__ import annotations

import argparse
import inspect
import shlex
from typing import Any, NoReturn

from ftassist.errors import FtassistError, UnknownNameError
from ftassist.ui.verbs import REQUIRED, VERBS, Parameter

_OWN = {
    "new": "%ftagent new data/train.csv",
    "task": "%ftagent task mini_math --trials 8",
    "draft": '%ftagent draft tickets.csv "say which team a ticket is for"',
    "seal": "%ftagent seal tasks/tickets.draft",
}
COMMANDS = {
    **_OWN,
    **{verb.name: f"%ftagent {verb.examples[0]}" for verb in VERBS.values()},
    "edit": '%%ftagent edit t0003 train --predict "-0.02 to 0.08"',
}
"""An example of every command."""
START = (
    "No campaign here yet. In a notebook: `%load_ext ftassist`, then `%ftagent task mini_math`."
)


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Says what was wrong and shows an example."""
        raise FtassistError(
            f"%ftagent {self.prog}: {message}", fix=f"for example: {COMMANDS[self.prog]}"
        )


def parse(line: str) -> tuple[str, argparse.Namespace]:
    """The command of a line and its arguments; "" where help is wanted, with `verb` of which.

    Raises:
        UnknownNameError: No such command; names the nearest.
        FtassistError: An argument is missing, unknown or badly quoted.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise FtassistError(
            f"cannot read the line: {error}", where=line, fix="close the quotation mark"
        ) from error
    if not words:
        return "", argparse.Namespace(verb="")
    name, *rest = words
    if name not in COMMANDS:
        raise UnknownNameError.of("%ftagent command", name, COMMANDS)
    if "--help" in rest:
        return "", argparse.Namespace(verb=name)
    found = parser_of(name).parse_args(rest)
    for given in VERBS[name].parameters if name in VERBS else ():
        if given.rest:
            setattr(found, given.name, " ".join(getattr(found, given.name)))
    return name, found


def usage(verb: str) -> str:
    """What a command takes; without one all commands with an example each."""
    if verb:
        return parser_of(verb).format_help()
    return "\n".join(["%ftagent commands, by example:", *(f"  {c}" for c in COMMANDS.values())])


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of what may follow a command."""
    parser = _Parser(prog=name, add_help=False, allow_abbrev=False)
    parser.epilog = f"Example: {COMMANDS[name]}"
    if name in VERBS:
        parser.description = inspect.getdoc(VERBS[name].run)
        for given in VERBS[name].parameters:
            _add(parser, given)
    elif name == "new":
        parser.add_argument("file", nargs="?", default="data/train.csv")
    elif name == "task":
        parser.add_argument("task")
        for option in ("model", "backend", "policy", "review", "folder"):
            parser.add_argument(f"--{option}")
        for option in ("agent-model", "base-url", "dialect", "thinking", "recording", "teacher"):
            parser.add_argument(f"--{option}")
        for option in ("trials", "rows", "seed", "variants", "looks", "look-tokens"):
            parser.add_argument(f"--{option}", type=int)
        for option in ("seconds", "usd", "device-hours", "agent-timeout", "outage"):
            parser.add_argument(f"--{option}", type=float)
        parser.add_argument("--new", action="store_true")
        parser.add_argument("--fetch", action="store_true")
        parser.add_argument("--look-outside", action="store_true")
        parser.add_argument("--panel", action=argparse.BooleanOptionalAction)
        parser.add_argument("--dry-run", action=argparse.BooleanOptionalAction)
    elif name == "draft":
        parser.add_argument("file")
        parser.add_argument("wish")
        parser.add_argument("--folder")
        parser.add_argument("--licence", default="not stated")
        parser.add_argument("--usd", type=float, default=1.0)
        parser.add_argument("--seed", type=int, default=0)
        for option in ("agent-model", "base-url", "dialect"):
            parser.add_argument(f"--{option}")
    elif name == "seal":
        parser.add_argument("draft")
    return parser


def _add(parser: argparse.ArgumentParser, given: Parameter) -> None:
    """Adds what a verb takes to a parser."""
    said: dict[str, Any] = {"help": given.help.replace("%", "%%"), "default": given.default}
    if given.kind is bool:
        pair = given.default is None
        said["action"] = argparse.BooleanOptionalAction if pair else "store_true"
    else:
        said |= {"type": given.kind, "choices": given.bounds}
    if given.flags:
        said |= {"action": "append", "default": []} if given.many else {}
        parser.add_argument(*given.flags, dest=given.name, **said)
    elif given.default is REQUIRED:
        parser.add_argument(given.name, help=said["help"])
    else:
        words = given.many or given.rest
        said |= {"nargs": "*", "default": []} if words else {"nargs": "?"}
        parser.add_argument(given.name, **said)
