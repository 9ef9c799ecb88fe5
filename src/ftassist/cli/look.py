"""Commands that show: `status`, `tree`, `show`, `diff`, `final`, `general`, `report`.

Two of them do something: `final` opens the sealed test split, `general` asks general questions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ftassist.cli.base import (
    CampaignOption,
    Command,
    JsonOption,
    TrialArgument,
    open_campaign,
    say,
    show,
    write_json,
)

ChosenTrial = Annotated[
    str | None,
    typer.Argument(help="A scored trial; else the finalist or best.", show_default=False),
]
ShownTrial = Annotated[str, typer.Argument(help="A trial: t0003, 3, best or base.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    examples: dict[Callable[..., None], str] = {
        status: "ftassist status --json",
        tree: "ftassist tree -c campaigns/mini_math-1",
        show_trial: "ftassist show t0004",
        whatif: "ftassist whatif --policy ftassist",
        diff: "ftassist diff t0002 t0004",
        final: "ftassist final t0004",
        general: "ftassist general t0004",
        report: "ftassist report -o report.html",
    }
    for command, example in examples.items():
        name = "show" if command is show_trial else None
        app.command(name, cls=Command, epilog=f"Example: {example}")(command)


def status(campaign: CampaignOption = None, as_json: JsonOption = False) -> None:
    """Show where the campaign stands and what waits for you."""
    from ftassist import documents
    from ftassist.documents.snapshot import take
    from ftassist.ui import terminal

    opened = open_campaign(campaign)
    snapshot = take(opened)
    believed = documents.what_if_document(opened, slots=0)
    if as_json:
        search = {name: believed[name] for name in ("tied", "tied_sentence", "sure")}
        write_json({**documents.campaign_document(snapshot), "search": search})
    else:
        show(terminal.status(snapshot, documents.believed_lines(believed)))


def tree(campaign: CampaignOption = None, as_json: JsonOption = False) -> None:
    """Draw the search tree."""
    from ftassist import documents
    from ftassist.documents.snapshot import take
    from ftassist.ui import terminal

    snapshot = take(open_campaign(campaign))
    if as_json:
        write_json(documents.tree_document(snapshot))
    else:
        show(terminal.tree(snapshot))


def whatif(
    slots: Annotated[int, typer.Option(help="Trials to choose at once.", min=1, max=16)] = 1,
    policy: Annotated[
        str, typer.Option(help="Another policy than the campaign's.", show_default=False)
    ] = "",
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what would be tried next, why, and why not the runner-up; nothing is spent."""
    from ftassist import documents
    from ftassist.ui import terminal

    document = documents.what_if_document(open_campaign(campaign), slots, policy)
    if as_json:
        write_json(document)
    else:
        show(terminal.what_if(document))


def show_trial(
    trial: ShownTrial = "best", campaign: CampaignOption = None, as_json: JsonOption = False
) -> None:
    """Show a trial: hypothesis, cells, verdict, prediction, data, wrong answers, costs."""
    from ftassist import documents
    from ftassist.documents.snapshot import take
    from ftassist.ui import trial_text

    snapshot = take(open_campaign(campaign))
    known = snapshot.trial(trial)
    if as_json:
        write_json(documents.trial_document(snapshot, known))
    else:
        show(trial_text.trial_page(snapshot, known))


def diff(
    before: TrialArgument,
    after: Annotated[
        str | None,
        typer.Argument(
            help="Another trial; else BEFORE is compared with its parent.", show_default=False
        ),
    ] = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what differs between two trials: cells, and only the changed parameters."""
    from ftassist import documents
    from ftassist.documents import diffs
    from ftassist.documents.snapshot import take
    from ftassist.ui import terminal

    snapshot = take(open_campaign(campaign))
    first = snapshot.trial(before)
    old, new = (snapshot.parent(first), first) if after is None else (first, snapshot.trial(after))
    if as_json:
        write_json(documents.diff_document(snapshot, old, new))
        return
    cells = diffs.parent_cells(old)
    say(f"{old.id if old else 'nothing'} → {new.id}")
    show(
        terminal.diff(
            diffs.cell_diffs(cells, new.cells), diffs.parameter_changes(cells, new.cells)
        )
    )


def final(
    trial: ChosenTrial = None,
    again: Annotated[
        bool, typer.Option("--again", help="Open it once more; the report tells.")
    ] = False,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the sealed test split for one trial: once, and on record."""
    from ftassist.campaign.final import open_test
    from ftassist.documents.snapshot import take
    from ftassist.ui import final_text
    from ftassist.ui.telling import plain_lines, silent

    opened = open_campaign(campaign)
    with silent() if as_json else plain_lines() as tell:
        named = take(opened).trial(trial).id if trial else None
        found = open_test(opened, named, again=again, on_progress=tell)
    state = opened.refresh()
    name = str(state.openings[-1]["trial"])
    if as_json:
        write_json({"schema": "ftassist/final/1", "trial": name, **found})
    else:
        show(final_text.page(name, found, openings=len(state.openings)))


def general(
    trial: ChosenTrial = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a trial keeps of what the base could do, by questions beside the task."""
    from ftassist.campaign.general import look
    from ftassist.documents.snapshot import take
    from ftassist.ui import general_text
    from ftassist.ui.telling import plain_lines, silent

    opened = open_campaign(campaign)
    with silent() if as_json else plain_lines() as tell:
        named = take(opened).trial(trial).id if trial else None
        found = look(opened, named, tell)
    base = opened.refresh().base
    if as_json:
        known = {"base": dict(base.general), "found": dict(found.general)}
        write_json({"schema": "ftassist/general/1", "trial": found.id, **known})
    else:
        show(general_text.page(found, base))


def report(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The file; else <campaign>/report.html.", show_default=False
        ),
    ] = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the report: one HTML file that needs nothing else."""
    from ftassist.ui.links import terminal_link
    from ftassist.ui.report import write

    opened = open_campaign(campaign)
    path = output or opened.folder / "report.html"
    write(opened, path)
    if as_json:
        size = path.stat().st_size
        write_json({"schema": "ftassist/report/1", "path": str(path), "bytes": size})
    else:
        say(terminal_link(path))
