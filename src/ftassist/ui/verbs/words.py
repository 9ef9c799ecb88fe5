"""Arguments that many verbs take, and answers that many give."""

from __future__ import annotations

from typing import Annotated

from ftassist.errors import FtassistError
from ftassist.ui.verbs.face import Face, VerbAnswer

TrialName = Annotated[str, "A trial, such as t0003."]
PendingName = Annotated[str | None, "A proposal; else the only one that waits."]
ShownName = Annotated[str, "A trial: t0003, 3, best or base."]
ScoredName = Annotated[str | None, "A scored trial; else the finalist or best."]
Reason = Annotated[str, "Why."]
Wish = Annotated[str, "What you wish for, in words."]
Timeout = Annotated[float | None, "Seconds to wait at most."]
NoWait = Annotated[bool, "Leave the wish and come back at once."]
Seen = Annotated[
    int | None,
    "The event number the decision was made on; refused when the trial changed since.",
]


def pending(face: Face, trial: str | None) -> str:
    """The proposal that is meant: as named, else the only one that waits.

    Raises:
        FtassistError: None is named, and more or fewer than one wait.
    """
    campaign = face.opened()
    waiting = campaign.refresh().pending
    if trial is None and len(waiting) == 1:
        return waiting[0].id
    if trial is None:
        names = ", ".join(each.id for each in waiting) or "none"
        raise FtassistError(
            f"which proposal? waiting: {names}", fix=f"name one: `{face.said} accept t0003`"
        )
    return campaign.trial(trial).id


def seen_of(face: Face, trial: str, given: int | None) -> int | None:
    """The event number that a decision is made on: as given, else when it was last shown here."""
    return face.seen.get(trial) if given is None else given


def decided(face: Face, trial: str, text: str) -> VerbAnswer:
    """What came of a decision on a trial."""
    state = face.opened().state
    known = face.opened().trial(trial)
    face.seen[known.id] = state.seq
    return VerbAnswer(
        lambda: {
            "schema": "ftassist/decision/1",
            "trial": known.id,
            "status": known.status,
            "seq": face.opened().state.seq,
            "edited": dict(known.edited),
            "decision": known.decision.to_dict(),
        },
        lambda: [f"{known.id} {text}"],
    )


def wished(face: Face, trial: str, text: str) -> VerbAnswer:
    """What was wished of a trial."""
    known = face.opened().trial(trial)
    return VerbAnswer(
        lambda: {
            "schema": "ftassist/wish/1",
            "trial": known.id,
            "status": known.status,
            "seq": face.opened().state.seq,
            "replicates_wanted": known.replicates_wanted,
            "export": known.export.to_dict(),
        },
        lambda: [f"{known.id} {text}"],
    )
