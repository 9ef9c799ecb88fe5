"""Drafting a task from words, for the command line and notebooks alike."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ftassist.agent.backends.link import Progress
from ftassist.agent.task_draft import Drafted, draft_task
from ftassist.dojo import own_divided, own_draft
from ftassist.dojo.own_rows import set_name
from ftassist.errors import FtassistError
from ftassist.records.task_draft import ITEMS, TaskDraft

TASKS = Path("tasks")
_PARTS = ("prompt", "answer", "system", "view")
Hear = Callable[[Progress], None]


def _silent(_: Progress) -> None:
    """Hears nothing."""


@dataclass(frozen=True)
class MadeDraft:
    """A draft that was just made, and what it took."""

    draft: own_draft.OwnDraft
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
    progress: Hear = _silent,
) -> MadeDraft:
    """Divides a file's rows, has a model draft a task of them, and keeps what it handed in.

    Args:
        file: The rows.
        wish: What the model should learn, in a sentence.
        folder: Where; else ./tasks/<file>.draft.
        licence: Of the data.
        usd: US dollars that may be spent.
        seed: Of dividing the rows.
        options: Which model, where and how (`AgentSettings`).
        progress: Hears how far the model's call has come.

    Raises:
        FtassistError: The rows cannot be used, there is such a draft, or no draft came; nothing
            is left behind then.
    """
    place = folder or TASKS / set_name(file.name.split(".")[0], [])
    if not place.name.endswith(own_draft.ENDING):
        place = place.with_name(place.name + own_draft.ENDING)
    rows = own_divided.divide_file(file, place, seed)
    try:
        found = _asked(wish, rows, place, usd, options, progress)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)  # made here, a moment ago
        raise
    return MadeDraft(own_draft.begin(place, wish, found.draft, found.planted, licence), found)


@dataclass(frozen=True)
class Changes:
    """What a person changes of a draft; None, or nothing, leaves as it is.

    Attributes:
        metric: As `task new --metric` names it.
        prompt: A column or a template.
        answer: The column of the right answer.
        system: A column or a template of a system turn; "" for none.
        view: The column that groups rows; "" for none.
        title: One line.
        about: What is asked, what a good answer is.
        max_new_tokens: Limit of an answer.
        evaluation_rows: Rows to score on, of all there are; the others are trained on.
        right: Labels of made-up answers that should count.
        wrong: Of those that should not.
        drop: Of those that say nothing.
    """

    metric: str | None = None
    prompt: str | None = None
    answer: str | None = None
    system: str | None = None
    view: str | None = None
    title: str | None = None
    about: str | None = None
    max_new_tokens: int | None = None
    evaluation_rows: int | None = None
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


def correct(draft: own_draft.OwnDraft, changes: Changes) -> own_draft.OwnDraft:
    """Corrects a draft; it is kept only where its scorer can judge then.

    Raises:
        FtassistError: It is sealed, a label is unknown, or mapping, metric or sizes do not fit
            the rows; `where` is what a person named, such as "answer", where that is known.
    """
    _refuse_sealed(draft)
    given = {k: v for k, v in vars(changes).items() if v is not None and not isinstance(v, tuple)}
    named = {part: given.pop(part) for part in _PARTS if part in given}
    scored = given.pop("evaluation_rows", None)
    changed = replace(draft, names=replace(draft.names, **named), **given)
    for label in changes.right:
        changed = own_draft.marked(changed, label, "right")
    for label in changes.wrong:
        changed = own_draft.marked(changed, label, "wrong")
    for label in sorted(changes.drop, reverse=True):
        changed = own_draft.marked(changed, label, None)
    own_draft.check_named(changed)
    if scored is not None:
        own_divided.divide_again(draft.folder, scored)
    own_draft.look(changed)
    own_draft.save(changed)
    return changed


def again(
    draft: own_draft.OwnDraft,
    words: str,
    *,
    usd: float = 1.0,
    options: Mapping[str, Any],
    progress: Hear = _silent,
) -> own_draft.OwnDraft:
    """Has a model draft a task once more of the same rows, told in words what was wrong.

    What a person marked before is not kept: the answers are new.

    Raises:
        FtassistError: It is sealed, or no draft came; the draft stays as it is then.
    """
    _refuse_sealed(draft)
    told = f"{draft.wish}\nOf an earlier draft they say: {words}"
    place = draft.folder
    rows = own_divided.read_divided(place / own_divided.EVALUATION)[:ITEMS]
    found = _asked(told, rows, place, usd, options, progress)
    return own_draft.begin(place, draft.wish, found.draft, found.planted, draft.licence)


def _asked(
    wish: str,
    rows: Sequence[Mapping[str, Any]],
    place: Path,
    usd: float,
    options: Mapping[str, Any],
    progress: Hear,
) -> Drafted:
    """What a model drafts of rows, once it fits all of them."""

    def fits(made: TaskDraft) -> None:
        own_draft.check_fits(place, made)

    return draft_task(wish, rows, fits, options=options, usd=usd, progress=progress)


def _refuse_sealed(draft: own_draft.OwnDraft) -> None:
    if draft.sealed:
        raise FtassistError(f"it is sealed as {draft.sealed}", where=str(draft.folder))
