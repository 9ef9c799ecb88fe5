"""Verbs on a draft of a task: made from a sentence and a file, looked at, corrected, sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from ftassist.ui.links import shown
from ftassist.ui.verbs.face import Face, VerbAnswer
from ftassist.ui.verbs.verb import Verb

if TYPE_CHECKING:
    from ftassist.dojo.own_draft import OwnDraft

DraftFolder = Annotated[Path, "The draft's folder, such as tasks/mine.draft."]
Model = Annotated[str | None, "The model that drafts."]
Address = Annotated[str | None, "The server of that model."]
Dialect = Annotated[str | None, "What it speaks: messages, or chat."]


def draft(
    face: Face,
    file: Annotated[Path, "Rows: JSON lines, JSON, CSV, Parquet, ..."],
    wish: Annotated[str, "What the model should learn, in a sentence."],
    *,
    folder: Annotated[Path | None, "Where; else ./tasks/<file>.draft."] = None,
    licence: Annotated[str, "Of the data."] = "not stated",
    usd: Annotated[float, "US dollars for the draft at most."] = 1.0,
    agent_model: Model = None,
    base_url: Address = None,
    dialect: Dialect = None,
    seed: Annotated[int, "Of dividing the rows."] = 0,
) -> VerbAnswer:
    """Have a language model draft a task from a sentence and a file, for you to correct."""
    from ftassist.ui import drafting

    options = {"model": agent_model, "base_url": base_url, "dialect": dialect}
    made = drafting.draft(file, wish, folder, licence=licence, usd=usd, seed=seed, options=options)
    return _page(face, made.draft, made.sentence)


def look(face: Face, folder: DraftFolder) -> VerbAnswer:
    """Show a draft: columns, metric, and made-up answers as the scorer judges them."""
    from ftassist.dojo import own_draft

    return _page(face, own_draft.load(folder))


def correct(
    face: Face,
    folder: DraftFolder,
    *,
    metric: Annotated[str | None, "exact_match, accuracy, ..., regex:PATTERN."] = None,
    prompt: Annotated[str | None, "A column or a template."] = None,
    answer: Annotated[str | None, "The column of the right answer."] = None,
    system: Annotated[str | None, "A column or a template of a system turn; '' for none."] = None,
    view: Annotated[str | None, "The column that groups rows; '' for none."] = None,
    title: Annotated[str | None, "One line."] = None,
    about: Annotated[str | None, "What is asked, what a good answer is."] = None,
    max_new_tokens: Annotated[int | None, "Limit of an answer."] = None,
    evaluation_rows: Annotated[int | None, "Rows to score on; the others are trained on."] = None,
    right: Annotated[Sequence[str], "A made-up answer that should count, such as 3b."] = (),
    wrong: Annotated[Sequence[str], "One that should not."] = (),
    drop: Annotated[Sequence[str], "One that says nothing."] = (),
    words: Annotated[
        str | None, "What is wrong with it, for the model that drafts it once more."
    ] = None,
    usd: Annotated[float, "US dollars for that at most."] = 1.0,
    agent_model: Model = None,
    base_url: Address = None,
    dialect: Dialect = None,
) -> VerbAnswer:
    """Correct a draft, and see at once what its scorer says then."""
    from ftassist.dojo import own_draft
    from ftassist.ui import drafting

    known = own_draft.load(folder)
    if words:
        options = {"model": agent_model, "base_url": base_url, "dialect": dialect}
        known = drafting.again(known, words, usd=usd, options=options)
    changes = drafting.Changes(
        metric, prompt, answer, system, view, title, about, max_new_tokens, evaluation_rows,
        tuple(right), tuple(wrong), tuple(drop),
    )  # fmt: skip
    return _page(face, drafting.correct(known, changes))


def seal(face: Face, folder: DraftFolder) -> VerbAnswer:
    """Make the task of a draft, once its scorer says what it should of each made-up answer."""
    from ftassist.dojo import own_draft

    made = own_draft.seal(own_draft.load(folder))
    place = shown(made)
    begin = "ftassist init --task" if face.said == "ftassist" else f"{face.said} task"
    return VerbAnswer(
        lambda: {"task": made.name, "folder": str(made.resolve())},
        lambda: [
            f"task {made.name} in {place}",
            f"next: look at {place}/card.yaml, then `{begin} {place}`",
        ],
    )


DRAFT = Verb(draft, ('draft tickets.csv "say which team a ticket is for"',), on_campaign=False)
LOOK = Verb(look, ("look tasks/tickets.draft",), on_campaign=False)
CORRECT = Verb(
    correct, ("correct tasks/tickets.draft --metric accuracy --right 3b",), on_campaign=False
)
SEAL = Verb(seal, ("seal tasks/tickets.draft",), on_campaign=False)


def _page(face: Face, draft: OwnDraft, sentence: str = "") -> VerbAnswer:
    """A draft, with what its scorer says of it."""
    from ftassist.documents.task_draft import draft_document
    from ftassist.dojo import own_draft
    from ftassist.ui import draft_text

    looked, standing = own_draft.look(draft), own_draft.standing(draft)

    def parts() -> Iterator[Any]:
        if sentence:
            yield sentence
        yield draft_text.page(draft, looked, standing)
        if not draft.sealed:
            in_shell = face.said == "ftassist"
            correct = "ftassist task correct" if in_shell else "!ftassist task correct"
            seal = "ftassist task seal" if in_shell else f"{face.said} seal"
            place = shown(draft.folder)
            yield f"next: `{correct} {place} ...`, or `{seal} {place}`"

    return VerbAnswer(lambda: draft_document(draft, looked, standing), parts)
