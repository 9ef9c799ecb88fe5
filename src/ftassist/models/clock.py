"""The day that chat templates are told: one for a whole campaign.

Some templates write today's date into every chat. A campaign records the day it was created, and
its trainings, its scorings and every re-run tell templates that day, so that a model is scored
with the prompts it was trained on. Outside a campaign it is today.
"""

from __future__ import annotations

import os
from datetime import date

from ftassist.errors import FtassistError

DAY_VARIABLE = "FTASSIST_DAY"
"""The environment variable that tells trainings and scorings the campaign's day."""


def template_day() -> date:
    """The campaign's day, or today where no campaign names one.

    Raises:
        FtassistError: The environment variable holds no date.
    """
    named = os.environ.get(DAY_VARIABLE, "")
    return parse_day(named) if named else date.today()


def parse_day(text: str) -> date:
    """A day written as 2026-11-28.

    Raises:
        FtassistError: It is not written so.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FtassistError(
            f"{text!r} is no day", where=DAY_VARIABLE, fix="write it as 2026-11-28, or unset it"
        ) from error
