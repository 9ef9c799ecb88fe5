"""A draft of a task of one's own: a folder a person looks at, corrects, and seals into a task.

    tasks/mine.draft/draft.yaml         what was drafted, and made-up answers with their worth
    tasks/mine.draft/train.jsonl        rows to train on, as they were in the file
    tasks/mine.draft/evaluation.jsonl   rows that become items

Whoever drafted it is not believed: each made-up answer stands with what the scorer says of it, and
a draft is sealed only when the scorer says of each what the person says. Asks no model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from ftassist.dojo.own_check import PYTHON, check_own_scorer, judge_of, process_of
from ftassist.dojo.own_divided import EVALUATION, TRAIN, read_divided
from ftassist.dojo.own_rows import ColumnNames, OwnSet, Reading, check_names, read_own
from ftassist.dojo.own_task import OwnRows, OwnTask, answer_fields, make_task, splits_of
from ftassist.dojo.tables.shapes import columns
from ftassist.errors import DataError, FtassistError, UnknownNameError
from ftassist.files import write_atomic
from ftassist.records.task_draft import TaskDraft

ENDING = ".draft"
FILE = "draft.yaml"
RIGHT = 1.0
"""The score of a right answer by the metrics a draft can have; less is not right."""
Should = Literal["right", "wrong"]


@dataclass(frozen=True)
class MadeUpAnswer:
    """A made-up answer.

    Attributes:
        text: The answer.
        should: What it is worth.
        by: Who says so: "draft", or "person".
    """

    text: str
    should: Should
    by: str = "draft"


@dataclass(frozen=True)
class OwnDraft:
    """A draft as it stands.

    Attributes:
        wish: The person's sentence.
        about: What is asked and what a good answer is.
        title: One line.
        names: Which columns play which part.
        metric: As `task new --metric` names it.
        why: Why that metric.
        max_new_tokens: Limit of an answer.
        licence: Of the data.
        items: Made-up answers by the number of the row, from 1 on.
        planted: Texts in the rows that read like orders.
        sealed: The task that was made of it; "" while there is none.
    """

    folder: Path
    wish: str
    about: str
    title: str
    names: ColumnNames
    metric: str
    why: str = ""
    max_new_tokens: int = 64
    licence: str = "not stated"
    items: Mapping[int, tuple[MadeUpAnswer, ...]] = field(default_factory=dict)
    planted: tuple[str, ...] = ()
    sealed: str = ""


@dataclass(frozen=True)
class JudgedAnswer:
    """A made-up answer with what the scorer says of it.

    Attributes:
        label: Such as "3b": row and answer.
        score: What the scorer gives.
        agrees: Whether the scorer says of it what it should. By a metric of fractions a right
            answer has to get more than each wrong one to the same row.
    """

    label: str
    answer: MadeUpAnswer
    score: float
    agrees: bool


@dataclass(frozen=True)
class Looked:
    """A row with its right answers and the made-up ones."""

    number: int
    prompt: str
    right: tuple[str, ...]
    judged: tuple[JudgedAnswer, ...]


@dataclass(frozen=True)
class DraftStanding:
    """What a draft's task would have.

    Attributes:
        columns: The columns of the rows.
        unused: Those that play no part; a cell may still read them in training rows.
        train: Rows to train on.
        evaluation: Rows to score on, which become items.
        validation: Items to choose by.
        test: Items of the sealed split.
    """

    columns: tuple[str, ...]
    unused: tuple[str, ...]
    train: int
    evaluation: int
    validation: int
    test: int


def begin(
    folder: Path, wish: str, drafted: TaskDraft, planted: Sequence[str], licence: str
) -> OwnDraft:
    """Writes what was drafted into the folder of its rows."""
    items = {
        made.row: (
            *(MadeUpAnswer(text, "right") for text in made.right),
            *(MadeUpAnswer(text, "wrong") for text in made.wrong),
        )
        for made in sorted(drafted.items, key=lambda made: made.row)
    }
    draft = OwnDraft(
        folder,
        wish,
        drafted.about,
        drafted.title,
        _names(drafted),
        drafted.scorer,
        drafted.why_metric,
        drafted.max_new_tokens,
        licence,
        items,
        tuple(planted),
    )
    save(draft)
    return draft


def check_fits(folder: Path, drafted: TaskDraft) -> None:
    """Refuses a draft that does not fit the rows of a folder.

    Raises:
        DataError: A column is not there, a right answer cannot be compared, or the scorer calls
            right answers wrong or junk right.
    """
    names = _names(drafted)
    evaluation = _read(folder, names, drafted.scorer, EVALUATION)
    _read(folder, names, drafted.scorer, TRAIN)
    check_own_scorer(drafted.scorer, _items(evaluation))


def look(draft: OwnDraft) -> list[Looked]:
    """The rows of a draft with made-up answers, as its scorer judges them.

    Raises:
        DataError: Its mapping or its metric does not fit the rows.
    """
    evaluation = _read(draft.folder, draft.names, draft.metric, EVALUATION)
    items = _items(evaluation)
    judge = judge_of(draft.metric)
    looked = []
    for number, answers in draft.items.items():
        if number > len(items):
            continue
        item = items[number - 1]
        scores = judge([(item, answer.text) for answer in answers])
        agree = _agreements(answers, scores, fractions=draft.metric == "rougeL")
        judged = tuple(
            JudgedAnswer(_label(number, place), answer, scores[place], agree[place])
            for place, answer in enumerate(answers)
        )
        row = evaluation.rows[number - 1]
        looked.append(Looked(number, row.example.prompt, evaluation.references(row), judged))
    return looked


def standing(draft: OwnDraft) -> DraftStanding:
    """What a draft's task would have.

    Raises:
        DataError: Its mapping or its metric does not fit the rows, or an item is lacking.
    """
    training = _read(draft.folder, draft.names, draft.metric, TRAIN)
    evaluation = _read(draft.folder, draft.names, draft.metric, EVALUATION)
    rows = OwnRows([training], [evaluation])
    divided = splits_of(_own(draft, draft.folder), rows)
    sizes = {split: len(items) for split, items in divided.items()}
    known = columns([row.raw for one in (training, evaluation) for row in one.rows])
    unused = tuple(name for name in evaluation.unused if name in training.unused)
    return DraftStanding(
        tuple(known),
        unused,
        len(training.rows),
        len(evaluation.rows),
        sizes["validation"],
        sizes["test"],
    )


def check_named(draft: OwnDraft) -> None:
    """Refuses a column or a metric that is not there; `where` is the part, such as "answer".

    Raises:
        UnknownNameError: There is no such column or metric.
        DataError: The metric's pattern is not valid.
    """
    if not draft.metric.startswith(f"{PYTHON}:"):
        process_of(draft.metric)
    rows = [row for file in (TRAIN, EVALUATION) for row in read_divided(draft.folder / file)]
    for part, source in vars(draft.names).items():
        check_names(ColumnNames(**{part: source}), rows, part)


def marked(draft: OwnDraft, label: str, should: Should | None) -> OwnDraft:
    """The draft with a person's word on a made-up answer; None takes the answer out.

    Raises:
        UnknownNameError: There is no such answer.
    """
    known = {
        _label(number, place): (number, place)
        for number, answers in draft.items.items()
        for place in range(len(answers))
    }
    if label not in known:
        raise UnknownNameError.of("made-up answer", label, known)
    number, place = known[label]
    answers = list(draft.items[number])
    if should is None:
        del answers[place]
    else:
        answers[place] = MadeUpAnswer(answers[place].text, should, "person")
    return replace(draft, items={**draft.items, number: tuple(answers)})


def seal(draft: OwnDraft) -> Path:
    """Makes the task of a draft.

    Raises:
        DataError: The scorer does not say of each made-up answer what it should, calls a right
            answer wrong or junk right, or the rows do not fit.
        FtassistError: There is a task of that name, or the draft is sealed.
    """
    if draft.sealed:
        raise FtassistError(f"it is sealed as {draft.sealed}", where=str(draft.folder))
    judged = [one for row in look(draft) for one in row.judged]
    if not judged:
        raise DataError(
            "there is no made-up answer to try the scorer with",
            where=str(draft.folder / FILE),
            fix="draft it again, or write answers into its items",
        )
    if wrong := [one for one in judged if not one.agrees]:
        raise DataError(
            f"the scorer does not say what it should of {', '.join(o.label for o in wrong[:8])}"
            f"{' and more' if len(wrong) > 8 else ''} ({len(wrong)} of {len(judged)})",
            where=str(draft.folder),
            fix="correct the metric or the mapping, or say of each answer what it is worth: "
            "`ftassist task correct`",
        )
    folder = draft.folder.with_name(draft.folder.name.removesuffix(ENDING))
    made = make_task(_own(draft, folder))
    save(replace(draft, sealed=str(folder)))
    return made


def save(draft: OwnDraft) -> None:
    """Writes a draft."""
    document: dict[str, Any] = {
        "wish": draft.wish,
        "title": draft.title,
        "about": draft.about,
        "mapping": {k: v for k, v in vars(draft.names).items() if v},
        "metric": draft.metric,
        "why_metric": draft.why,
        "max_new_tokens": draft.max_new_tokens,
        "licence": draft.licence,
        "items": {n: [dict(vars(a)) for a in answers] for n, answers in draft.items.items()},
        "planted": list(draft.planted),
        "sealed": draft.sealed,
    }
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=96)
    write_atomic(draft.folder / FILE, text)


def load(folder: Path) -> OwnDraft:
    """Reads a draft, a person's changes to its file included.

    Raises:
        DataError: There is none, or it is not complete.
    """
    place = folder / FILE
    try:
        raw = yaml.safe_load(place.read_text(encoding="utf-8"))
        items = {
            int(number): tuple(MadeUpAnswer(**answer) for answer in answers)
            for number, answers in raw["items"].items()
        }
        names = ColumnNames(**raw["mapping"])
        return OwnDraft(
            folder,
            str(raw["wish"]),
            str(raw["about"]),
            str(raw["title"]),
            names,
            str(raw["metric"]),
            str(raw.get("why_metric", "")),
            int(raw.get("max_new_tokens", 64)),
            str(raw.get("licence", "not stated")),
            items,
            tuple(map(str, raw.get("planted", ()))),
            str(raw.get("sealed", "")),
        )
    except OSError as error:
        raise DataError(
            "there is no draft here", where=str(folder), fix="make one with `ftassist task draft`"
        ) from error
    except (yaml.YAMLError, TypeError, KeyError, ValueError, AttributeError) as error:
        raise DataError(
            f"the draft is not complete: {error}", where=str(place), fix="draft it again"
        ) from error


def _label(number: int, place: int) -> str:
    return f"{number}{chr(ord('a') + place)}"


def _agreements(
    answers: Sequence[MadeUpAnswer], scores: Sequence[float], *, fractions: bool
) -> list[bool]:
    pairs = list(zip(answers, scores, strict=True))
    if not fractions:
        return [(score >= RIGHT) == (answer.should == "right") for answer, score in pairs]
    least = min((score for answer, score in pairs if answer.should == "right"), default=RIGHT)
    most = max((score for answer, score in pairs if answer.should == "wrong"), default=0.0)
    return [score > most if a.should == "right" else score < least for a, score in pairs]


def _own(draft: OwnDraft, folder: Path) -> OwnTask:
    return OwnTask(
        folder=folder,
        train=str(draft.folder / TRAIN),
        evaluation=str(draft.folder / EVALUATION),
        metric=draft.metric,
        title=draft.title,
        about=draft.about,
        licence=draft.licence,
        max_new_tokens=draft.max_new_tokens,
        names=draft.names,
    )


def _names(drafted: TaskDraft) -> ColumnNames:
    return ColumnNames(drafted.prompt, drafted.answer, drafted.system, "", drafted.view)


def _read(folder: Path, names: ColumnNames, metric: str, file: str) -> OwnSet:
    role: Literal["train", "evaluation"] = "train" if file == TRAIN else "evaluation"
    (found,) = read_own(str(folder / file), role, Reading(names, "refuse", metric))
    return found


def _items(evaluation: OwnSet) -> list[dict[str, Any]]:
    golds = [evaluation.references(row) for row in evaluation.rows]
    return [
        {"id": str(n), "view": "all", "prompt": row.example.prompt}
        | answer_fields(golds, n, "accuracy")
        for n, row in enumerate(evaluation.rows)
    ]
