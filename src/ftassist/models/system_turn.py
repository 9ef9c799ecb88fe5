"""Whether a chat template's own system turn is written: one decision for a whole task.

Many templates put a system turn of their own before a chat that has none ("You are a helpful
assistant named ..."). It costs some twenty tokens a row, as much as a short question, and says
nothing of the task. A task's card decides: "own" writes it, "none" leaves it out, in training and
scoring alike. Outside a campaign it is written.
"""

from __future__ import annotations

import os

from ftassist.errors import FtassistError

SYSTEM_VARIABLE = "FTASSIST_SYSTEM_TURN"
"""The environment variable that tells trainings and scorings the task's decision."""
OWN, NONE = "own", "none"


def own_system_turn() -> str:
    """The task's decision, "own" where nothing says otherwise.

    Raises:
        FtassistError: The environment variable holds something else.
    """
    return checked(os.environ.get(SYSTEM_VARIABLE, "") or OWN)


def checked(value: str) -> str:
    """A decision that is one.

    Raises:
        FtassistError: It is neither "own" nor "none".
    """
    if value not in (OWN, NONE):
        raise FtassistError(
            f"{value!r} says nothing of a system turn",
            where=SYSTEM_VARIABLE,
            fix=f'write "{OWN}" or "{NONE}"',
        )
    return value
