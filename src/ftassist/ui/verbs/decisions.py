"""Verbs that ask for proposals and decide on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from ftassist.campaign import commands
from ftassist.errors import DataError
from ftassist.ui.steering_text import edit_lines, understood_lines
from ftassist.ui.verbs.face import Face, Picture, VerbAnswer
from ftassist.ui.verbs.verb import verb
from ftassist.ui.verbs.words import (
    NoWait,
    PendingName,
    Reason,
    Seen,
    Timeout,
    TrialName,
    Wish,
    decided,
    pending,
    seen_of,
    wished,
)

if TYPE_CHECKING:
    from ftassist.documents.snapshot import Snapshot


_NUMBER = r"([+\-\N{MINUS SIGN}]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(%)?"
_INTERVAL = re.compile(rf"^\s*{_NUMBER}\s*(?:to|\.\.+|…|,|;|\s)\s*{_NUMBER}\s*$", re.IGNORECASE)


def read_prediction(text: str) -> tuple[float, float]:
    """The interval of the expected change of the metric, low and high.

    >>> read_prediction("-2% to +8%")
    (-0.02, 0.08)

    Raises:
        DataError: It is no interval.
    """
    found = _INTERVAL.match(text)
    if found is None:
        raise DataError(
            f"cannot read the prediction {text!r}",
            where="prediction",
            fix="give the change you expect from low to high, such as -0.02 to 0.08",
        )
    low, percent_low, high, percent_high = found.groups()
    whole = bool(percent_low or percent_high)
    ends = [
        float(end.replace("\N{MINUS SIGN}", "-")) / (100.0 if whole else 1.0)
        for end in (low, high)
    ]
    return ends[0], ends[1]


@verb("propose --parent t0002", 'propose --wish "a lower learning rate"')
def propose(
    face: Face,
    *,
    parent: Annotated[str | None, "The trial to start from."] = None,
    wish: Wish = "",
    timeout: Timeout = None,
) -> VerbAnswer:
    """Ask the agent for a proposal and show it; the base model is scored first."""
    from ftassist import documents
    from ftassist.ui import waiting

    campaign = face.opened()
    with face.telling() as tell:
        trial = waiting.ask(campaign, parent=parent, words=wish, timeout=timeout, tell=tell)
    names = waiting.whole_round(campaign, trial)
    snapshot = _shown(face, names)
    return VerbAnswer(
        lambda: documents.proposal_document(snapshot, snapshot.trial(trial)),
        lambda: _proposed(face, snapshot, names),
    )


def _shown(face: Face, names: Sequence[str]) -> Snapshot:
    """The campaign as it is now, noting that some trials are seen so."""
    from ftassist.documents.snapshot import take

    snapshot = take(face.opened())
    face.seen.update(dict.fromkeys(names, snapshot.state.seq))
    return snapshot


def _card(snapshot: Snapshot, name: str) -> Picture:
    from ftassist.ui import trial_text
    from ftassist.ui.proposal_view import proposal_bundle

    trial = snapshot.trial(name)
    return Picture(
        lambda: trial_text.proposal(snapshot, trial), lambda: proposal_bundle(snapshot, trial)
    )


def _proposed(face: Face, snapshot: Snapshot, names: Sequence[str]) -> Iterator[Any]:
    from ftassist.documents.summary import first_word
    from ftassist.ui import trial_text

    for name in names:
        yield _card(snapshot, name)
    if len(names) > 1:
        yield trial_text.proposed_round(snapshot, names)
    if effect := first_word(snapshot):
        yield effect
    ways = (f"accept {names[0]}", f"edit {names[0]} train", f'veto {names[0]} "why not"')
    yield Picture(lambda: "\nnext: " + " · ".join(f"{face.said} {way}" for way in ways))


@verb('accept t0003 --reason "cheap and tests one thing"')
def accept(
    face: Face,
    trial: PendingName = None,
    *,
    reason: Reason = "",
    wait: Annotated[
        bool | None, "Wait for the trial and show what came of it; the default in a notebook."
    ] = None,
    timeout: Timeout = None,
    seen: Seen = None,
) -> VerbAnswer:
    """Accept a proposal: it will run."""
    from ftassist.ui import waiting
    from ftassist.ui.proposal_view import result_bundle

    campaign = face.opened()
    name = pending(face, trial)
    commands.accept(campaign, name, reason, seen=seen_of(face, name, seen))
    campaign.start_runner()
    answer = decided(face, name, f"accepted; follow it with `{face.said} run`")
    if not (face.waits if wait is None else wait):
        return answer
    with face.telling() as tell:
        waiting.await_trial(campaign, name, tell=tell, timeout=timeout)
    snapshot = _shown(face, [name])
    bundle = result_bundle(snapshot, snapshot.trial(name), face.said)
    page = Picture(lambda: bundle.data["text/plain"], lambda: bundle)
    return VerbAnswer(decided(face, name, "").document, lambda: [page])


@verb('edit t0003 train --file train.py --predict "-0.02 to 0.08"')
def edit(
    face: Face,
    trial: TrialName,
    stage: Annotated[str, "curate, train or evaluate."],
    *,
    file: Annotated[Path | None, 'The new source; "-" reads stdin; else $EDITOR opens.'] = None,
    predict: Annotated[
        str | None, 'The change you expect, such as "-0.02 to 0.08"; the agent\'s is withdrawn.'
    ] = None,
    reason: Reason = "",
    seen: Seen = None,
) -> VerbAnswer:
    """Replace a cell of a proposal: what you write is what runs, as your hypothesis.

    Of a trial that failed, was stopped or is invalid, it makes a new proposal.
    """
    campaign = face.opened()
    expected = read_prediction(predict) if predict else None
    known = campaign.trial(trial)
    before = known.cells.get(stage, "")
    shown = seen_of(face, known.id, seen)
    looked_at = campaign.state.seq if shown is None else shown
    source = face.source(known.id, stage, before, file).strip("\n")
    if source.rstrip() == before.strip("\n").rstrip() and stage in known.cells:
        return decided(face, known.id, f"{stage} is unchanged")
    cells = {stage: source.rstrip() + "\n" if source.strip() else source}
    event = commands.edit(
        campaign, known.id, cells, prediction=expected, reason=reason, seen=looked_at
    )
    edited = campaign.trial(event.trial or known.id)
    new = f" {edited.id} is new, from the cells of {known.id};" if edited.id != known.id else ""
    told = f"{stage} edited;{new} accept it with `{face.said} accept {edited.id}`"
    answer = decided(face, edited.id, f"{told}\n{edit_lines(edited)}")
    card = Picture(bundle=lambda: _card(_shown(face, [edited.id]), edited.id).bundle())
    return VerbAnswer(answer.document, lambda: [*answer.parts(), card])


@verb('veto t0003 "no answers without working"')
def veto(
    face: Face,
    trial: TrialName,
    reason: Annotated[str, "Why not; it steers the next proposal."] = "",
    *,
    seen: Seen = None,
) -> VerbAnswer:
    """Veto a proposal, or a trial that runs, with a reason."""
    name = face.opened().trial(trial).id
    commands.veto(face.opened(), name, reason, seen=seen_of(face, name, seen))
    return _understood(face, name, "vetoed")


@verb('correct t0003 --avoid "more rows" --try "learning rate"')
def correct(
    face: Face,
    trial: TrialName,
    *,
    avoid: Annotated[Sequence[str], "What is not to be proposed."] = (),
    try_: Annotated[Sequence[str], "What is to be tried."] = (),
    seen: Seen = None,
) -> VerbAnswer:
    """Correct how the reason of a veto is understood; without options it becomes a note."""
    name = face.opened().trial(trial).id
    commands.correct(face.opened(), name, avoid, try_, seen=seen_of(face, name, seen))
    return _understood(face, name, "read anew")


def _understood(face: Face, name: str, what: str) -> VerbAnswer:
    """What was done with a veto, and how its reason is understood."""
    lines = understood_lines(face.opened().trial(name), face.said)
    return decided(face, name, f"{what}\n{lines}")


@verb("undo t0003")
def undo(face: Face, trial: TrialName, *, reason: Reason = "", seen: Seen = None) -> VerbAnswer:
    """Take a veto back: the trial is a proposal again; what was set aside comes back too."""
    campaign = face.opened()
    name = campaign.trial(trial).id
    commands.undo_veto(campaign, name, reason, seen=seen_of(face, name, seen))
    face.seen[name] = campaign.state.seq
    return wished(face, name, "is a proposal again")


@verb("alternatives t0003 --count 2")
def alternatives(
    face: Face,
    trial: PendingName = None,
    *,
    count: Annotated[int, "How many at most, 1 to 3."] = 3,
    wish: Wish = "",
    no_wait: NoWait = False,
    timeout: Timeout = None,
) -> VerbAnswer:
    """Ask for other proposals beside a pending one; accepting one sets the others aside."""
    from ftassist.ui import waiting

    campaign = face.opened()
    name = pending(face, trial)
    made: list[str] = []
    if no_wait:
        commands.ask_alternatives(campaign, name, count, words=wish)
        campaign.start_runner()
    else:
        with face.telling() as tell:
            made = waiting.alternatives(
                campaign, name, count, tell=tell, words=wish, timeout=timeout
            )
    told = {"schema": "ftassist/alternatives/1", "trial": name, "alternatives": made}
    return VerbAnswer(lambda: told, lambda: _beside(face, name, made))


def _beside(face: Face, name: str, made: Sequence[str]) -> Iterator[Any]:
    """What was proposed beside a proposal."""
    if not made:
        yield f"alternatives to {name} are asked for; look with `{face.said} status`"
        return
    snapshot = _shown(face, made)
    for other in made:
        line = f"{other}  {snapshot.state.trials[other].hypothesis}"
        yield Picture(partial(str, line), _card(snapshot, other).bundle)
    choice = f"choose with `{face.said} accept {made[0]}`; the others are then set aside"
    yield Picture(lambda: choice)
