"""What people write down of a trial for themselves: notes, prompts to ask again, tags.

The agent is told of none of it: a reason that steers is given with a veto, or as an insight.
"""

from __future__ import annotations

import re
from typing import Unpack

from ftassist.campaign.campaign import By, Campaign
from ftassist.dojo.playground.question import MOST_CHARACTERS
from ftassist.errors import FtassistError, UnknownNameError
from ftassist.journal.events import Event, Kind

MOST_TAGS = 20
"""Tags of one trial."""
_TAG = re.compile(r"\w[\w.+/-]{0,39}")


def note(
    campaign: Campaign, trial: str, text: str, *, kind: str = "note", **by: Unpack[By]
) -> Event:
    """Writes a note down with a trial.

    Args:
        text: What is written down.
        kind: "note", or "prompt" for one that is to be asked again.
        by: Who acts, and on what.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: There is no text, or it is too long.
    """
    text = text.strip()
    if not 0 < len(text) <= MOST_CHARACTERS:
        raise FtassistError(
            f"a note of {len(text):,} characters is not kept",
            where="text",
            fix=f"write 1 to {MOST_CHARACTERS:,} characters",
        )
    known = campaign.trial(trial).id
    payload = {"text": text, "kind": kind}
    return campaign.act(Kind.NOTE, payload, trial=known, **by)


def remove_note(campaign: Campaign, trial: str, number: int, **by: Unpack[By]) -> Event:
    """Takes a note of a trial away; the journal goes on telling that it was there.

    Args:
        number: The note's sequence number.
        by: Who acts, and on what.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: It has no such note.
    """
    known = campaign.trial(trial)
    numbers = [one.seq for one in known.notes]
    if number not in numbers:
        have = ", ".join(map(str, numbers)) or "none"
        raise FtassistError(
            f"{known.id} has no note {number}", where=known.id, fix=f"it has: {have}"
        )
    payload = {"note": number}
    return campaign.act(Kind.NOTE_REMOVED, payload, trial=known.id, **by)


def tag(campaign: Campaign, trial: str, name: str, **by: Unpack[By]) -> Event:
    """Gives a trial a tag, a word to find it again by.

    Raises:
        UnknownNameError: No such trial.
        FtassistError: It is no word, or the trial has it, or has as many as it may.
    """
    known = campaign.trial(trial)
    name = name.strip().removeprefix("#")
    if not _TAG.fullmatch(name):
        raise FtassistError(
            f"{name[:60]!r} cannot be a tag",
            where="tag",
            fix="use up to 40 letters, digits and _ . + / -, without spaces",
        )
    if name in known.tags:
        raise FtassistError(f"{known.id} has the tag {name!r} already", where="tag")
    if len(known.tags) >= MOST_TAGS:
        raise FtassistError(
            f"{known.id} has {MOST_TAGS} tags, which is as many as it may have",
            where="tag",
            fix="take one away first",
        )
    payload = {"tag": name}
    return campaign.act(Kind.TRIAL_TAGGED, payload, trial=known.id, **by)


def untag(campaign: Campaign, trial: str, name: str, **by: Unpack[By]) -> Event:
    """Takes a tag of a trial away.

    Raises:
        UnknownNameError: No such trial, or it has no such tag.
    """
    known = campaign.trial(trial)
    name = name.strip().removeprefix("#")
    if name not in known.tags:
        raise UnknownNameError.of("tag", name, list(known.tags))
    payload = {"tag": name}
    return campaign.act(Kind.TRIAL_UNTAGGED, payload, trial=known.id, **by)
