"""Commands that ask and decide: `propose`, `accept`, `edit`, `veto`, `correct`, `pause`, ..."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ftassist.campaign import commands
from ftassist.cli.base import (
    CampaignOption,
    Command,
    JsonOption,
    SeenOption,
    TrialArgument,
    WishOption,
    open_campaign,
    say,
    show,
    telling,
    write_json,
)
from ftassist.errors import FtassistError
from ftassist.ui.steering_text import edit_lines, understood_lines

if TYPE_CHECKING:
    from ftassist.campaign import Campaign


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    examples: dict[Callable[..., None], str] = {
        propose: "ftassist propose --parent t0002",
        accept: 'ftassist accept t0003 --reason "cheap and tests one thing"',
        edit: 'ftassist edit t0003 train --file train.py --predict "-0.02 to 0.08"',
        veto: 'ftassist veto t0003 "no answers without working"',
        correct: 'ftassist correct t0003 --avoid "more rows" --try "learning rate"',
        pause: "ftassist pause",
        resume: "ftassist resume",
        stop: 'ftassist stop "the GPU is needed"',
    }
    for command, example in examples.items():
        app.command(cls=Command, epilog=f"Example: {example}")(command)


def propose(
    campaign: CampaignOption = None,
    parent: Annotated[
        str | None, typer.Option(help="The trial to start from.", show_default=False)
    ] = None,
    wish: WishOption = "",
    timeout: Annotated[
        float | None, typer.Option(help="Seconds to wait at most.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the agent for a proposal and show it; the base model is scored first."""
    from ftassist import documents
    from ftassist.documents.snapshot import take
    from ftassist.ui import trial_text
    from ftassist.ui.waiting import ask, whole_round

    opened = open_campaign(campaign)
    with telling(as_json) as tell:
        trial = ask(opened, parent=parent, words=wish, timeout=timeout, tell=tell)
    names = whole_round(opened, trial)
    snapshot = take(opened)
    if as_json:
        write_json(documents.proposal_document(snapshot, snapshot.trial(trial)))
        return
    for name in names:
        show(trial_text.proposal(snapshot, snapshot.trial(name)))
    if len(names) > 1:
        show(trial_text.proposed_round(snapshot, names))
    say(
        f"\nnext: ftassist accept {trial} · ftassist edit {trial} train · "
        f'ftassist veto {trial} "why not"'
    )


def accept(
    trial: TrialArgument,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    seen: SeenOption = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Accept a proposal: it will run."""
    opened = open_campaign(campaign)
    commands.accept(opened, trial, reason, seen=seen)
    opened.start_runner()
    _decided(opened, trial, "accepted; follow it with `ftassist run`", as_json)


def edit(
    trial: TrialArgument,
    stage: Annotated[str, typer.Argument(help="curate, train or evaluate.", show_default=False)],
    file: Annotated[
        Path | None,
        typer.Option(
            help='The new source; "-" reads stdin; else $EDITOR opens.', show_default=False
        ),
    ] = None,
    predict: Annotated[
        str | None,
        typer.Option(
            help='The change you expect, such as "-0.02 to 0.08"; the agent\'s is withdrawn.',
            show_default=False,
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    seen: SeenOption = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace a cell of a proposal: what you write is what runs, as your hypothesis.

    Of a trial that failed, was stopped or is invalid, it makes a new proposal.
    """
    from ftassist.ui.predictions import read_prediction

    opened = open_campaign(campaign)
    expected = read_prediction(predict) if predict else None
    known = opened.trial(trial)
    before = known.cells.get(stage, "")
    looked_at = opened.state.seq if seen is None else seen
    source = _read(file) if file is not None else _in_editor(before, stage)
    if source.rstrip() == before.rstrip() and stage in known.cells:
        _decided(opened, trial, f"{stage} is unchanged", as_json)
        return
    text = source.rstrip() + "\n" if source.strip() else source
    event = commands.edit(
        opened, trial, {stage: text}, prediction=expected, reason=reason, seen=looked_at
    )
    edited = opened.trial(event.trial or trial)
    new = f" {edited.id} is new, from the cells of {known.id};" if edited.id != known.id else ""
    told = f"{stage} edited;{new} accept it with `ftassist accept {edited.id}`"
    _decided(opened, edited.id, f"{told}\n{edit_lines(edited)}", as_json)


def veto(
    trial: TrialArgument,
    reason: Annotated[str, typer.Argument(help="Why not; it steers the next proposal.")] = "",
    seen: SeenOption = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Veto a proposal, or a trial that runs, with a reason."""
    opened = open_campaign(campaign)
    commands.veto(opened, trial, reason, seen=seen)
    known = opened.trial(trial)
    told = f"vetoed\n{understood_lines(known, 'ftassist')}"
    _decided(opened, trial, told, as_json)


def correct(
    trial: TrialArgument,
    avoid: Annotated[
        list[str] | None, typer.Option(help="What is not to be proposed.", show_default=False)
    ] = None,
    attempt: Annotated[
        list[str] | None, typer.Option("--try", help="What is to be tried.", show_default=False)
    ] = None,
    seen: SeenOption = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct how the reason of a veto is understood; without options it becomes a note."""
    from ftassist.campaign import commands

    opened = open_campaign(campaign)
    commands.correct(opened, trial, avoid or (), attempt or (), seen=seen)
    _decided(
        opened, trial, f"read anew\n{understood_lines(opened.trial(trial), 'ftassist')}", as_json
    )


def pause(
    reason: Annotated[str, typer.Argument(help="Why.")] = "", campaign: CampaignOption = None
) -> None:
    """Start no new trial; what trains stops at its next step, with a checkpoint."""
    opened = open_campaign(campaign)
    commands.pause(opened, reason)
    say(f"{opened.name} paused; go on with `ftassist resume`")


def resume(campaign: CampaignOption = None) -> None:
    """Go on after a pause or a stop."""
    opened = open_campaign(campaign)
    commands.resume(opened)
    opened.start_runner()
    say(f"{opened.name} goes on; follow it with `ftassist run`")


def stop(
    reason: Annotated[str, typer.Argument(help="Why.")] = "", campaign: CampaignOption = None
) -> None:
    """Stop what runs and end the runner; nothing scored is lost."""
    opened = open_campaign(campaign)
    commands.stop(opened, reason)
    say(f"{opened.name} stopped; go on with `ftassist resume`")


def _decided(campaign: Campaign, trial: str, text: str, as_json: bool) -> None:
    known = campaign.trial(trial)
    if as_json:
        write_json(
            {
                "schema": "ftassist/decision/1",
                "trial": known.id,
                "status": known.status,
                "seq": campaign.state.seq,
                "edited": dict(known.edited),
                "decision": known.decision.to_dict(),
            }
        )
        return
    say(f"{known.id} {text}")


def _read(file: Path) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FtassistError(
            f"cannot read {file.name}: {error}", where=str(file), fix="name a text file"
        ) from error


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
