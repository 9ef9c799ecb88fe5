"""Exercises of notebook 01: the first campaign.

The truth is read from the campaign that the reader has just played: its journal, and nothing else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ftassist.campaign import Campaign
from ftassist.journal.state import STAGES
from ftassist.teach.answers import WrongKindError, number, texts
from ftassist.teach.exercises.exercise import Exercise
from ftassist.ui.notebook_campaign import newest

FIRST, EDITED = "t0001", "t0003"
CAMPAIGNS = Path("campaigns")
_CLOSE = 0.1
"""Points by which an answer may differ: scores are shown with two digits."""


def _wrong_items(answer: Any) -> str:
    found = number(answer)
    feedback = _campaign(FIRST).trial(FIRST).feedback
    items = feedback.n
    wrong = round(items * (1.0 - feedback.score))
    if found == wrong:
        return ""
    if found == items - wrong:
        return "So many are right."
    if found == len(feedback.wrong):
        return "So many are shown; at most ten ever are."
    return f"The score is a share: of how many items? `n` says it ({items})."


def _other_stages(answer: Any) -> str:
    found = set(texts(answer))
    campaign = _campaign(EDITED)
    first, edited = (campaign.trial(name).cells for name in (FIRST, EDITED))
    if strange := sorted(found - set(STAGES)):
        return f"{strange[0]!r:.60} is no stage; the three are {', '.join(STAGES)}."
    wanted = {stage for stage in STAGES if first[stage] != edited[stage]}
    if missing := sorted(wanted - found):
        return f"Look at {missing[0]} again: is there a line with + or -?"
    if extra := sorted(found - wanted):
        return f"The diff says of {extra[0]} that it is unchanged."
    return ""


def _test_against_validation(answer: Any) -> str:
    found = number(answer)
    campaign = _campaign(FIRST)
    openings = campaign.refresh().openings
    if not openings or openings[0].trial not in campaign.state.tests:
        raise WrongKindError("The test split was not opened yet: run the cell above.")
    trial = openings[0].trial
    test = campaign.state.tests[trial].scores[trial].score
    gap = 100.0 * (test - campaign.trial(trial).feedback.score)
    if abs(found - gap) <= _CLOSE:
        return ""
    if abs(found + gap) <= _CLOSE:
        return "The other way round: test minus validation."
    if abs(100.0 * found - gap) <= _CLOSE:
        return "In points, that is in percent: a hundred times as much."
    return f"Take the two scores of {trial}, in percent, to one digit after the point."


def _campaign(*trials: str) -> Campaign:
    """The campaign of the notebook, as far as it was played.

    Raises:
        WrongKindError: It is not there, or not so far.
    """
    found = newest(CAMPAIGNS)
    if found is None:
        raise WrongKindError("There is no campaign here yet: run the notebook from its beginning.")
    known = found.refresh().trials
    for name in trials:
        if name not in known or not known[name].feedback:
            raise WrongKindError(f"{name} has no score yet: run the cells above.")
    return found


EXERCISES = {
    "01.1": Exercise(
        _wrong_items,
        "A score is a count. Ten wrong answers at most are shown, or one could train on them all.",
    ),
    "01.2": Exercise(
        _other_stages,
        "One stage changed, so what the score did has one cause; the others came from the cache.",
    ),
    "01.3": Exercise(
        _test_against_validation,
        "Two samples of questions give two numbers; look at both intervals before you explain it.",
    ),
}
