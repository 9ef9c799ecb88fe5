"""Drafting a task from words, for the command line and notebooks alike."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.agent.task_drafting import Drafted, draft_task
from ftassist.dojo import own_draft
from ftassist.dojo.own_rows import set_name

TASKS = Path("tasks")


@dataclass(frozen=True)
class Made:
    """A draft that was just made, and what it took."""

    draft: own_draft.Draft
    drafted: Drafted

    @property
    def sentence(self) -> str:
        """Who drafted, for what, and what they did not do."""
        return (
            f"drafted by {self.drafted.model} for ${self.drafted.usd:.4f}; it chose a metric and "
            "wrote no code"
        )


def draft(
    file: Path,
    wish: str,
    folder: Path | None = None,
    *,
    licence: str = "not stated",
    usd: float = 1.0,
    seed: int = 0,
    options: Mapping[str, Any],
) -> Made:
    """Divides a file's rows, has a model draft a task of them, and keeps what it handed in.

    Args:
        file: The rows.
        wish: What the model should learn, in a sentence.
        folder: Where; else ./tasks/<file>.draft.
        licence: Of the data.
        usd: US dollars that may be spent.
        seed: Of dividing the rows.
        options: Which model, where and how (`AgentSettings`).

    Raises:
        FtassistError: The rows cannot be used, there is such a draft, or no draft came; nothing
            is left behind then.
    """
    place = folder or TASKS / set_name(file.name.split(".")[0], [])
    if not place.name.endswith(own_draft.ENDING):
        place = place.with_name(place.name + own_draft.ENDING)
    rows = own_draft.divide_file(file, place, seed)
    try:
        found = draft_task(
            wish, rows, lambda made: own_draft.check_fits(place, made), options=options, usd=usd
        )
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)  # made here, a moment ago
        raise
    return Made(own_draft.begin(place, wish, found.draft, found.planted, licence), found)
