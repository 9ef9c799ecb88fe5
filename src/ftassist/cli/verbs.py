"""The verbs as commands: each is made from its one description, and answered on the terminal."""

from __future__ import annotations

import inspect
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ftassist.cli.base import (
    INTERRUPTED_EXIT,
    CampaignOption,
    Command,
    JsonOption,
    open_campaign,
    say,
    show,
    telling,
    write_json,
)
from ftassist.errors import FtassistError
from ftassist.ui.telling import Tell, plain_lines, silent
from ftassist.ui.verbs import REQUIRED, VERBS, Face, Parameter, Picture, Verb, VerbAnswer
from ftassist.ui.verbs.face import read_source

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.journal.state import State

FAILED_EXIT = 1


def register(app: typer.Typer) -> None:
    """Adds a command for every verb."""
    for verb in VERBS.values():
        add(app, verb)


def add(app: typer.Typer, verb: Verb, group: str = "") -> None:
    """Adds a command for a verb, on its own or to the group of that name."""
    said = f"ftassist {group}".rstrip()
    examples = ", or ".join(f"{said} {line}" for line in verb.examples)
    app.command(verb.name, cls=Command, epilog=f"Example: {examples}")(_command(verb))


def _command(verb: Verb) -> Callable[..., None]:
    """What typer makes a command of."""

    def run(campaign: Path | None = None, as_json: bool = False, **given: Any) -> None:
        face = Terminal(campaign, quiet=as_json)
        several = {p.name: given[p.name] or () for p in verb.parameters if p.many}
        face.render(verb.run(face, **{**given, **several}))

    beside = {"campaign": (CampaignOption, None), "as_json": (JsonOption, False)}
    if not verb.has_document:
        del beside["as_json"]
    if not verb.on_campaign:
        del beside["campaign"]
    keyword = inspect.Parameter.KEYWORD_ONLY
    signature = [
        *(inspect.Parameter(p.name, keyword, default=d, annotation=a) for p, d, a in _of(verb)),
        *(inspect.Parameter(name, keyword, default=default, annotation=annotation)
          for name, (annotation, default) in beside.items()),
    ]  # fmt: skip
    run.__doc__ = verb.run.__doc__
    run.__annotations__ = {}
    run.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
    return run


def _of(verb: Verb) -> Iterable[tuple[Parameter, Any, Any]]:
    """The parameters of a verb, with default and annotation as typer reads them."""
    for given in verb.parameters:
        default = None if given.many else given.default
        said: dict[str, Any] = {"help": given.help, "metavar": given.metavar}
        if default in (None, "", REQUIRED):
            said["show_default"] = False
        if given.bounds:
            said |= {"min": given.bounds.start, "max": given.bounds.stop - 1}
        kind: Any = list[given.kind] if given.many else given.kind  # type: ignore[name-defined]
        flags = given.flags
        if given.kind is bool and default is None:
            flags = (f"{flags[0]}/--no-{flags[0].removeprefix('--')}",)
        place = typer.Option(*flags, **said) if flags else typer.Argument(**said)
        yield given, default, Annotated[kind | None if default is None else kind, place]


class Terminal(Face):
    """A command line's face.

    Args:
        folder: The campaign that was named, if any.
        quiet: Whether a program reads what is said, as JSON.
    """

    said = "ftassist"
    waits = False

    def __init__(self, folder: Path | None, *, quiet: bool) -> None:
        super().__init__()
        self._folder, self._quiet = folder, quiet
        self._campaign: Campaign | None = None

    def opened(self) -> Campaign:
        """The campaign that was named, or the newest."""
        self._campaign = self._campaign or open_campaign(self._folder)
        return self._campaign

    def telling(self, *, lines: bool = False) -> AbstractContextManager[Tell]:
        """A spinner, plain lines, or nothing."""
        if lines:
            return silent() if self._quiet else plain_lines()
        told: AbstractContextManager[Tell] = telling(self._quiet)
        return told

    def source(self, trial: str, stage: str, before: str, file: Path | None) -> str:
        """The source in a file, in stdin, or as a person leaves it in an editor."""
        if file is None:
            return _in_editor(before, stage)
        return sys.stdin.read() if str(file) == "-" else read_source(file)

    def tell(self, answer: VerbAnswer | str) -> None:
        """Writes to stdout, where no program reads it."""
        if not self._quiet:
            for part in [answer] if isinstance(answer, str) else answer.parts():
                _write(part)

    def warn(self, text: str) -> None:
        """Writes to stderr."""
        typer.echo(text, err=True)

    @contextmanager
    def following(self, pid: int) -> Iterator[Callable[[State], None]]:
        """A live picture, lines where stdout is no terminal; an interrupt leaves the runner."""
        from ftassist.ui import following

        campaign = self.opened()
        follow = following.on_terminal if sys.stdout.isatty() else following.in_lines
        try:
            with nullcontext(lambda _: None) if self._quiet else follow(campaign) as show:
                yield show
        except KeyboardInterrupt:
            self.warn(
                f"\ndetached; the runner of {campaign.name} goes on in process {pid}\n"
                "  follow it again: ftassist run\n  stop it: ftassist stop"
            )
            raise typer.Exit(INTERRUPTED_EXIT) from None

    def agreed(self, question: str) -> bool:
        """Asks, where a person sits at the terminal."""
        asked = not self._quiet and sys.stdin.isatty()
        return asked and typer.confirm(question, default=False, err=True)

    def render(self, answer: VerbAnswer | str) -> None:
        """Writes what a verb says to stdout, and ends as it says."""
        if self._quiet and isinstance(answer, VerbAnswer):
            write_json(answer.document())
        self.tell(answer)
        if isinstance(answer, VerbAnswer) and answer.failed:
            raise typer.Exit(FAILED_EXIT)


def _write(part: Any) -> None:
    if isinstance(part, Picture):
        _write(part.page())
    elif isinstance(part, FtassistError):
        raise part
    elif isinstance(part, str):
        say(part)
    elif part is not None:
        show(part)


def _in_editor(source: str, stage: str) -> str:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise FtassistError(
            "no editor is set",
            where="$EDITOR",
            fix=f"set EDITOR, or give the new source with --file {stage}.py",
        )
    with tempfile.TemporaryDirectory(prefix="ftassist-") as folder:
        path = Path(folder) / f"{stage}.py"
        path.write_text(source, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(path)], check=False)
        except OSError as error:
            raise FtassistError(
                f"cannot start the editor {editor!r}: {error.strerror}",
                where="$EDITOR",
                fix="set EDITOR to a program that exists",
            ) from error
        if done.returncode != 0:
            raise FtassistError(
                f"the editor ended with code {done.returncode}; nothing was changed",
                where=editor,
                fix="save and leave it normally",
            )
        return path.read_text(encoding="utf-8")
