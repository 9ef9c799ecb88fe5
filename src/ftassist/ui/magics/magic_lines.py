"""What may be written after `%ftagent`: one small parser a command.

Parses only; what a command does is in `ftassist.ui.magics`. A mistake raises an error that
names the nearest command or option and never ends the process.
"""

from __future__ import annotations

import argparse
import inspect
import itertools
import shlex
from typing import Any, NoReturn

from ftassist.errors import FtassistError, UnknownNameError
from ftassist.ui.magics.tasks import BEGINNINGS
from ftassist.ui.verbs import REQUIRED, VERBS, Parameter

MAGICS = {verb.name: verb for verb in (*BEGINNINGS, *VERBS.values())}
"""What `%ftagent` can, by name."""
_EXAMPLES = {"edit": '%%ftagent edit t0003 train --predict "-0.02 to 0.08"'}
COMMANDS = {
    name: _EXAMPLES.get(name, f"%ftagent {verb.examples[0]}") for name, verb in MAGICS.items()
}
"""An example of every command."""


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Says what was wrong and shows an example."""
        raise FtassistError(
            f"%ftagent {self.prog}: {message}", fix=f"for example: {COMMANDS[self.prog]}"
        )


def parse(line: str) -> tuple[str, dict[str, Any]]:
    """The command of a line and its arguments; "" where help is wanted, with `verb` of which.

    Raises:
        UnknownNameError: No such command; names the nearest.
        FtassistError: An argument is missing, unknown or badly quoted.
    """
    try:
        words = _words(line)
    except ValueError as error:
        raise FtassistError(
            f"cannot read the line: {error}", where=line, fix="close the quotation mark"
        ) from error
    if not words:
        return "", {"verb": ""}
    name, *rest = words
    if name not in COMMANDS:
        raise UnknownNameError.of("%ftagent command", name, COMMANDS)
    if "--help" in rest:
        return "", {"verb": name}
    found = vars(parser_of(name).parse_args(rest))
    joined = {p.name: " ".join(found[p.name]) for p in MAGICS[name].parameters if p.rest}
    return name, {**found, **joined}


def _words(line: str) -> list[str]:
    """The words of a line up to a `#` that stands alone: what follows is a comment, as in Python.

    >>> _words('veto t0002 "see #7"   # it is meant')
    ['veto', 't0002', 'see #7']
    """
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(itertools.takewhile(lambda word: word != "#", lexer))


def usage(verb: str) -> str:
    """What a command takes; without one all commands with an example each."""
    if verb:
        return parser_of(verb).format_help()
    return "\n".join(["%ftagent commands, by example:", *(f"  {c}" for c in COMMANDS.values())])


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of what may follow a command."""
    parser = _Parser(prog=name, add_help=False, allow_abbrev=False)
    parser.epilog = f"Example: {COMMANDS[name]}"
    parser.description = inspect.getdoc(MAGICS[name].run)
    for given in MAGICS[name].parameters:
        _add(parser, given)
    return parser


def _add(parser: argparse.ArgumentParser, given: Parameter) -> None:
    """Adds what a verb takes to a parser."""
    said: dict[str, Any] = {"help": given.help.replace("%", "%%")}
    if given.default is not REQUIRED:
        said["default"] = given.default
    if given.kind is bool:
        pair = given.default is None
        said["action"] = argparse.BooleanOptionalAction if pair else "store_true"
    else:
        said |= {"type": given.kind, "choices": given.bounds}
    if given.flags:
        said |= {"action": "append", "default": []} if given.many else {}
        parser.add_argument(*given.flags, dest=given.name, **said)
        return
    if given.many or given.rest:
        said |= {"nargs": "*", "default": []}
    elif "default" in said:
        said["nargs"] = "?"
    parser.add_argument(given.name, **said)
