"""What may be written after `%ftagent`: one small parser a command.

Parses only; what a command does is in `ftassist.ui.magics`. A mistake raises an error that
names the nearest command or option and never ends the process.
"""

from __future__ import annotations

import argparse
import shlex
from typing import NoReturn

from ftassist.errors import FtassistError, UnknownNameError

COMMANDS = {
    "new": "%ftagent new data/train.csv",
    "task": "%ftagent task mini_math --trials 8",
    "draft": '%ftagent draft tickets.csv "say which team a ticket is for"',
    "seal": "%ftagent seal tasks/tickets.draft",
    "propose": '%ftagent propose --wish "a lower learning rate"',
    "accept": "%ftagent accept t0003",
    "edit": '%%ftagent edit t0003 train --predict "-0.02 to 0.08"',
    "veto": '%ftagent veto t0003 "no answers without working"',
    "correct": '%ftagent correct t0003 --avoid "more rows" --try "learning rate"',
    "undo": "%ftagent undo t0003",
    "knobs": "%ftagent knobs",
    "whatif": "%ftagent whatif --policy ftassist",
    "alternatives": "%ftagent alternatives t0003 --count 2",
    "repeat": "%ftagent repeat t0004 --seeds 2",
    "promote": "%ftagent promote t0003 --whole",
    "export": "%ftagent export t0004 --as gguf --quantisation q4_0",
    "note": '%ftagent note t0004 "answers are too short"',
    "tag": "%ftagent tag t0004 short-answers",
    "survey": "%ftagent survey",
    "run": "%ftagent run --review never --trials 6",
    "status": "%ftagent status",
    "tree": "%ftagent tree",
    "show": "%ftagent show t0004",
    "diff": "%ftagent diff t0002 t0004",
    "final": "%ftagent final",
    "report": "%ftagent report -o report.html",
    "insights": '%ftagent insights correct i0002 "bare answers hurt"',
    "cancel": "%ftagent cancel",
    "pause": "%ftagent pause",
    "resume": "%ftagent resume",
    "stop": "%ftagent stop",
}
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


def parse(line: str) -> argparse.Namespace:
    """The command of a line with its arguments; `command` is its name, "" for an empty line.

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
        return argparse.Namespace(command="")
    name, *rest = words
    if name not in COMMANDS:
        raise UnknownNameError.of("%ftagent command", name, COMMANDS)
    found = parser_of(name).parse_args(rest)
    found.command = name
    return found


def usage() -> str:
    """All commands with an example each."""
    return "\n".join(["%ftagent commands, by example:", *(f"  {c}" for c in COMMANDS.values())])


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of what may follow a command."""
    parser = _Parser(prog=name, add_help=False, allow_abbrev=False)
    if name == "new":
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
    elif name == "propose":
        parser.add_argument("--parent")
        parser.add_argument("--wish", default="")
        parser.add_argument("--timeout", type=float)
    elif name == "accept":
        parser.add_argument("trial", nargs="?")
        parser.add_argument("--reason", default="")
        parser.add_argument("--no-wait", action="store_true")
        parser.add_argument("--timeout", type=float)
    elif name == "edit":
        parser.add_argument("trial")
        parser.add_argument("stage")
        parser.add_argument("--file")
        parser.add_argument("--predict")
        parser.add_argument("--reason", default="")
    elif name == "veto":
        parser.add_argument("trial")
        parser.add_argument("reason", nargs="*")
    elif name == "correct":
        parser.add_argument("trial")
        parser.add_argument("--avoid", action="append", default=[])
        parser.add_argument("--try", dest="attempt", action="append", default=[])
    elif name == "undo":
        parser.add_argument("trial")
        parser.add_argument("--reason", default="")
    elif name == "alternatives":
        parser.add_argument("trial", nargs="?")
        parser.add_argument("--count", type=int, default=3)
        parser.add_argument("--wish", default="")
        parser.add_argument("--timeout", type=float)
    elif name == "repeat":
        parser.add_argument("trial")
        parser.add_argument("--seeds", type=int, default=1)
    elif name == "promote":
        parser.add_argument("trial")
        parser.add_argument("--whole", action="store_true")
    elif name == "note":
        parser.add_argument("trial")
        parser.add_argument("text", nargs="*")
        parser.add_argument("--remove", type=int)
    elif name == "tag":
        parser.add_argument("trial")
        parser.add_argument("names", nargs="*")
        parser.add_argument("--remove", action="store_true")
    elif name == "export":
        parser.add_argument("trial", nargs="?", default="best")
        parser.add_argument("--as", dest="form")
        parser.add_argument("--numbers", default="bfloat16")
        parser.add_argument("--quantisation", default="q8_0")
        parser.add_argument("--bound", type=float)
        parser.add_argument("--force", default="")
        parser.add_argument("--timeout", type=float)
    elif name == "run":
        parser.add_argument("--review")
        parser.add_argument("--trials", type=int)
        parser.add_argument("--executor")
        parser.add_argument("--address")
        parser.add_argument("--gpus", type=float)
        parser.add_argument("--cpus", type=float)
        parser.add_argument("--allow-unisolated", action="store_true")
        parser.add_argument("--detach", action="store_true")
        parser.add_argument("--plan", action="store_true")
        parser.add_argument("--timeout", type=float)
    elif name == "show":
        parser.add_argument("trial", nargs="?", default="best")
    elif name == "whatif":
        parser.add_argument("--slots", type=int, choices=range(1, 17), default=1)
        parser.add_argument("--policy", default="")
    elif name == "diff":
        parser.add_argument("before")
        parser.add_argument("after", nargs="?")
    elif name == "final":
        parser.add_argument("trial", nargs="?")
        parser.add_argument("--again", action="store_true")
    elif name == "report":
        parser.add_argument("--output", "-o")
    elif name == "insights":
        parser.add_argument("action", nargs="?", choices=("pin", "correct", "delete"))
        parser.add_argument("name", nargs="?")
        parser.add_argument("text", nargs="*")
    elif name in ("pause", "stop"):
        parser.add_argument("reason", nargs="*")
    return parser
