"""Runs a command of the command line in this process, and tells a mistake from a bug."""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from typer.main import get_command

from ftassist.cli.app import app
from ftassist.errors import FtassistError

_COMMAND = get_command(app)  # built once: that takes longer than running it
ENDS = (0, 1, 2)
"""Exit codes of a command that did its work, found something, or refused."""


def command(arguments: Sequence[str], named: Iterable[str]) -> str:
    """Runs a command: "" where it succeeded or refused as it should, else what is wrong.

    Args:
        arguments: As typed.
        named: Texts of which a refusal must name one: files and options.
    """
    out, code = io.StringIO(), 0
    try:
        with redirect_stdout(out), redirect_stderr(out):
            _COMMAND.main(args=list(arguments), prog_name="ftassist")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except Exception as error:  # noqa: BLE001 - whatever is raised is the bug looked for
        return _trace(error)
    if code not in ENDS:
        return f"exit code {code}: {out.getvalue()[-300:]}"
    if code == 2 and not _names_one(out.getvalue(), named):
        return f"the refusal names no file and no argument: {out.getvalue()[-500:]}"
    return ""


def call(function: Callable[[], object], named: Iterable[str]) -> str:
    """The same for a call in Python."""
    try:
        function()
    except FtassistError as error:
        return "" if _names_one(str(error), named) else f"names no argument: {error}"
    except Exception as error:  # noqa: BLE001 - whatever is raised is the bug looked for
        return _trace(error)
    return ""


def _trace(error: Exception) -> str:
    """A bug, as short as it can be told."""
    trace = "".join(traceback.format_exception(error)[-4:])
    return f"{type(error).__name__}: {error!s:.300}\n{trace[-1500:]}"


def _names_one(text: str, named: Iterable[str]) -> bool:
    flat = "".join(text.split())
    return any("".join(name.split()) in flat for name in named if name)


def names_of(path: Path) -> list[str]:
    """What a message may call a file by."""
    return [path.name, str(path), ascii(path.name)[1:-1], path.stem[:40]]
