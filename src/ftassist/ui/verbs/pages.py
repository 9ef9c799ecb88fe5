"""Verbs that show a campaign: its state, its tree, its trials, the opened test, the report.

Two of them do something: `final` opens the sealed test split, `general` asks general questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from ftassist.documents.snapshot import take
from ftassist.ui.verbs.face import Face, Picture, VerbAnswer
from ftassist.ui.verbs.verb import verb
from ftassist.ui.verbs.words import ScoredName, ShownName, TrialName

if TYPE_CHECKING:
    from ftassist.documents.snapshot import Snapshot
    from ftassist.journal.state import Trial

_BELIEVED = ("tied", "tied_sentence", "front", "front_sentence", "sure")


@verb("status", "status --json")
def status(face: Face) -> VerbAnswer:
    """Show where the campaign stands and what waits for you."""
    from ftassist import documents
    from ftassist.ui import terminal

    snapshot = take(face.opened())
    believed = documents.what_if_document(face.opened(), slots=0)
    told: Mapping[str, Any] = believed
    search = {name: told[name] for name in _BELIEVED}
    return VerbAnswer(
        lambda: {**documents.campaign_document(snapshot), "search": search},
        lambda: [terminal.status(snapshot, documents.believed_lines(believed))],
    )


@verb("tree", "tree -c campaigns/mini_math-1")
def tree(face: Face) -> VerbAnswer:
    """Draw the search tree."""
    from ftassist import documents
    from ftassist.ui import figures, terminal

    snapshot = take(face.opened())
    page = terminal.tree(snapshot)
    return VerbAnswer(
        lambda: documents.tree_document(snapshot),
        lambda: [Picture(lambda: page, lambda: _figure(figures.tree(snapshot), page))],
    )


def _figure(figure: Any, page: Any) -> Any:
    """A figure, with what it shows as text beside it."""
    from ftassist.ui import figures, terminal
    from ftassist.ui.proposal_view import Bundle

    text = page if isinstance(page, str) else terminal.to_text(page)
    return Bundle(figures.mime_bundle(figure, text))


@verb("show t0004")
def show(face: Face, trial: ShownName = "best") -> VerbAnswer:
    """Show a trial: hypothesis, cells, verdict, prediction, data, wrong answers, costs."""
    from ftassist import documents

    snapshot = take(face.opened(), curves=True)
    known = snapshot.trial(trial)
    face.seen[known.id] = snapshot.state.seq
    return VerbAnswer(
        lambda: documents.trial_document(snapshot, known), lambda: _trial(snapshot, known)
    )


def _trial(snapshot: Snapshot, trial: Trial) -> Iterator[Any]:
    from ftassist.ui import figures, trial_text
    from ftassist.ui.proposal_view import proposal_bundle

    page = trial_text.trial_page(snapshot, trial)
    if trial.status == "proposed":
        yield Picture(lambda: page, lambda: proposal_bundle(snapshot, trial))
        return
    yield page
    if trial.id in snapshot.curves:
        text = f"learning curve of {trial.id}"
        yield Picture(bundle=lambda: _figure(figures.curves(snapshot, trial), text))


@verb("whatif --policy ftassist")
def whatif(
    face: Face,
    *,
    slots: Annotated[int, "Trials to choose at once.", range(1, 17)] = 1,
    policy: Annotated[str, "Another policy than the campaign's."] = "",
) -> VerbAnswer:
    """Tell what would be tried next, why, and why not the runner-up; nothing is spent."""
    from ftassist import documents
    from ftassist.ui import terminal

    document = documents.what_if_document(face.opened(), slots, policy)
    return VerbAnswer(lambda: document, lambda: [terminal.what_if(document)])


@verb("knobs")
def knobs(face: Face) -> VerbAnswer:
    """Show the numbers of scored trials beside their scores, and what each seems worth."""
    from ftassist.documents.knobs import knobs_document
    from ftassist.ui import knob_figures

    snapshot = take(face.opened(), worths=False)
    text = knob_figures.lines(snapshot)

    def parts() -> Iterator[Any]:
        yield Picture(lambda: text, lambda: _figure(knob_figures.parallel(snapshot), text))
        worth, told = knob_figures.importance(snapshot)
        yield Picture(lambda: told, lambda: _figure(worth, told))

    return VerbAnswer(lambda: knobs_document(snapshot), parts)


@verb("diff t0002 t0004")
def diff(
    face: Face,
    before: TrialName,
    after: Annotated[str | None, "Another trial; else BEFORE is compared with its parent."] = None,
) -> VerbAnswer:
    """Show what differs between two trials: cells, and only the changed parameters."""
    from ftassist import documents
    from ftassist.documents import diffs
    from ftassist.ui import terminal

    snapshot = take(face.opened())
    first = snapshot.trial(before)
    old, new = (snapshot.parent(first), first) if after is None else (first, snapshot.trial(after))

    def parts() -> Iterator[Any]:
        cells = diffs.parent_cells(old)
        yield f"{old.id if old else 'nothing'} → {new.id}"
        yield terminal.diff(
            diffs.cell_diffs(cells, new.cells), diffs.parameter_changes(cells, new.cells)
        )

    return VerbAnswer(lambda: documents.diff_document(snapshot, old, new), parts)


@verb("final t0004")
def final(
    face: Face,
    trial: ScoredName = None,
    *,
    again: Annotated[bool, "Open it once more; the report tells."] = False,
) -> VerbAnswer:
    """Open the sealed test split for one trial: once, and on record."""
    from ftassist.campaign.final import open_test
    from ftassist.ui import final_text

    campaign = face.opened()
    with face.telling(lines=True) as tell:
        named = take(campaign).trial(trial).id if trial else None
        found = open_test(campaign, named, again=again, on_progress=tell)
    openings = campaign.refresh().openings
    name = openings[-1].trial
    return VerbAnswer(
        lambda: {"schema": "ftassist/final/1", "trial": name, **found.to_dict()},
        lambda: [final_text.page(name, found, openings=len(openings))],
    )


@verb("general t0004")
def general(face: Face, trial: ScoredName = None) -> VerbAnswer:
    """Show what a trial keeps of what the base could do, by questions beside the task."""
    from ftassist.campaign.general import look
    from ftassist.ui import general_text

    campaign = face.opened()
    with face.telling(lines=True) as tell:
        named = take(campaign).trial(trial).id if trial else None
        found = look(campaign, named, tell)
    base = campaign.refresh().base
    known = {"base": base.general.to_dict(), "found": found.general.to_dict()}
    return VerbAnswer(
        lambda: {"schema": "ftassist/general/1", "trial": found.id, **known},
        lambda: [general_text.page(found, base)],
    )


@verb("report -o report.html")
def report(
    face: Face,
    *,
    output: Annotated[Path | None, "The file; else <campaign>/report.html.", "-o"] = None,
) -> VerbAnswer:
    """Write the report: one HTML file that needs nothing else."""
    from ftassist.ui.links import file_bundle, terminal_link
    from ftassist.ui.report import write

    campaign = face.opened()
    path = output or campaign.folder / "report.html"
    write(campaign, path)
    return VerbAnswer(
        lambda: {
            "schema": "ftassist/report/1",
            "path": str(path),
            "bytes": path.stat().st_size,
        },
        lambda: [Picture(lambda: terminal_link(path), lambda: file_bundle("report", path))],
    )
