"""Verbs that write something down of a trial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ftassist.campaign import commands
from ftassist.ui.verbs.face import Face, VerbAnswer
from ftassist.ui.verbs.verb import verb
from ftassist.ui.verbs.words import TrialName


@verb('note t0004 "answers are too short"', "note t0004 --remove 41")
def note(
    face: Face,
    trial: TrialName,
    text: Annotated[str, "What to write down; without it the notes are shown."] = "",
    *,
    remove: Annotated[int | None, "Take the note of this number away."] = None,
) -> VerbAnswer:
    """Write a note down with a trial, or show its notes; the agent is not told of them."""
    if remove is not None:
        commands.remove_note(face.opened(), trial, remove)
    if text:
        commands.note(face.opened(), trial, text)
    return _told(face, trial)


@verb("tag t0004 short-answers keep", "tag t0004 keep --remove")
def tag(
    face: Face,
    trial: TrialName,
    names: Annotated[Sequence[str], "Tags; without one the trial's are shown."] = (),
    *,
    remove: Annotated[bool, "Take them away."] = False,
) -> VerbAnswer:
    """Give a trial tags to find it again by, or show them; the agent is not told of them."""
    for name in names:
        (commands.untag if remove else commands.tag)(face.opened(), trial, name)
    return _told(face, trial)


def _told(face: Face, name: str) -> VerbAnswer:
    """What is written down of a trial."""
    from ftassist.ui.trial_text import remarks_line

    trial = face.opened().trial(name)
    remarks = {"tags": list(trial.tags), "notes": [one.to_dict() for one in trial.notes]}
    return VerbAnswer(
        lambda: {"schema": "ftassist/remarks/1", "trial": trial.id, **remarks},
        lambda: [remarks_line(trial)],
    )
