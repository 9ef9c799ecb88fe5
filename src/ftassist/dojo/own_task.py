"""Makes a task folder from training and evaluation rows of one's own.

Rows come from whatever `tables` reads. The evaluation rows are divided into a validation and a
test split, near-duplicates on one side, unless the test rows are given; a view may be named in
each row. The folder is a task like those of the catalog: `ftassist init --task FOLDER` starts a
campaign on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.dojo.own_check import PYTHON, REGEX, check_own_scorer
from ftassist.dojo.own_rows import (
    ColumnNames,
    OwnSet,
    Reading,
    items_of,
    raw_set,
    read_own,
    set_name,
)
from ftassist.dojo.record import RawSet, Record
from ftassist.dojo.scorers.references import ACCEPTED
from ftassist.dojo.splits import divide, near_duplicates
from ftassist.dojo.tables.table import OnBad
from ftassist.dojo.task import Splits
from ftassist.dojo.task_files import Item, TaskFiles, render_template, write_task
from ftassist.errors import DataError, FtassistError, UnknownNameError

METRICS: Mapping[str, tuple[str, str]] = {
    "exact_match": ("exact_match", "The right answer and nothing else."),
    "accuracy": ("accuracy", "The right label; case, quotes and closing marks do not count."),
    "macro_f1": ("macro_f1", "The right label; case, quotes and closing marks do not count."),
    "rougeL": ("rouge_l", "A text; it is compared with the right one by ROUGE-L."),
    "numeric": ("numeric", "A text whose last number is the right one."),
}
NOTHING_SAID = "Made by `ftassist task new`; say here what the task is about."
SHORT_SET = 10
"""Labels of a closed answer set that are still said; more would be longer than a question."""


@dataclass(frozen=True)
class OwnTask:
    """What a person says about a task of their own.

    Attributes:
        folder: The task folder to make; its name is the task's key.
        train: Training rows: a file, a folder, a Hub id or an object, or a list of paths.
        evaluation: Evaluation rows.
        metric: A name of `METRICS`, `regex:PATTERN` or `python:FILE.py`.
        title: One line.
        about: What is asked and what a good answer is; "" for a card that leaves it to be said.
        licence: Of the data.
        max_new_tokens: Generation limit of an answer.
        max_length: Longest training row, in tokens.
        test: Rows of the test split, where they are not to be taken from `evaluation`.
        names: Which columns play which part.
        on_bad: What is done with rows that cannot be used: "refuse" or "drop".
    """

    folder: Path
    train: Any
    evaluation: Any
    metric: str
    title: str = ""
    about: str = ""
    licence: str = "not stated"
    max_new_tokens: int = 64
    max_length: int = 512
    test: Any = None
    names: ColumnNames = field(default_factory=ColumnNames)
    on_bad: OnBad = "refuse"


@dataclass(frozen=True)
class OwnRows:
    """The rows of a task, read and mapped; nothing is written yet."""

    training: Sequence[OwnSet]
    evaluation: Sequence[OwnSet]
    test: Sequence[OwnSet] = ()

    @property
    def sets(self) -> list[OwnSet]:
        """All of them."""
        return [*self.training, *self.evaluation, *self.test]


def read_rows(own: OwnTask) -> OwnRows:
    """Reads and maps the rows of a task; writes nothing.

    Raises:
        DataError: The rows or the metric cannot be used.
        UnknownNameError: There is no such metric or column; names the nearest.
        FtassistError: The folder exists.
    """
    key = own.folder.name
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", key):
        raise DataError(
            f"the folder's name {key!r} cannot be a task's key",
            where=str(own.folder),
            fix="use letters, digits, _ and -",
        )
    _scoring(own.metric, key)
    if own.folder.exists():
        raise FtassistError(
            "there is a folder of that name already",
            where=str(own.folder),
            fix="name another one with --folder, or remove it",
        )
    several = isinstance(own.train, list | tuple) and all(
        isinstance(source, str | Path) for source in own.train
    )
    sources = list(own.train) if several else [own.train]
    how = Reading(own.names, own.on_bad, own.metric)
    return OwnRows(
        [each for source in sources for each in read_own(source, "train", how)],
        read_own(own.evaluation, "evaluation", how),
        read_own(own.test, "test", how) if own.test is not None else (),
    )


def make_task(own: OwnTask, rows: OwnRows | None = None) -> Path:
    """Writes the task folder.

    Args:
        own: What the person said.
        rows: Its rows, where they were read before.

    Raises:
        DataError: A file cannot be used: no rows, no prompt or answer, one row for two splits; or
            the metric calls a right answer wrong, or junk right.
        UnknownNameError: There is no such metric; names the nearest.
        FtassistError: The folder exists.
    """
    rows = rows or read_rows(own)
    key = own.folder.name
    scoring, contract = _scoring(own.metric, key)
    divided = splits_of(own, rows)
    items = [*divided["validation"], *divided["test"]]
    check_own_scorer(own.metric, items)
    return write_task(
        own.folder,
        TaskFiles(
            card=_card(own, items, contract),
            harness=render_template(
                "harness.yaml.j2",
                key=key,
                max_new_tokens=own.max_new_tokens,
                higher_is_better="true",
            ),
            files={"scoring.py": scoring},
            items=divided,
            sets=_raw_sets(rows.training),
            licence=own.licence,
        ),
    )


def splits_of(own: OwnTask, rows: OwnRows) -> dict[str, list[Item]]:
    """The items of both splits.

    Raises:
        DataError: They are too few, or share ids.
    """
    items, tests = _numbered(rows.evaluation), _numbered(rows.test)
    if {item["id"] for item in items} & {item["id"] for item in tests}:
        tests = [{**item, "id": f"test-{item['id']}"} for item in tests]
    judged = _with_answers([*items, *tests], own.metric)
    items, tests = judged[: len(items)], judged[len(items) :]
    if tests:
        kept = _unlike(items, tests)
        if not kept:
            raise DataError(
                "every evaluation row repeats a test row",
                where=rows.evaluation[0].origin,
                fix="give other rows, or leave --test away: then the rows are divided",
            )
        return {"validation": kept, "test": tests}
    divided = divided_items(items)
    if not all(divided.values()):
        raise DataError(
            f"{len(items)} evaluation rows are too few for two splits",
            where=rows.evaluation[0].origin,
            fix="give more rows that differ from each other",
        )
    return divided


def _unlike(items: Sequence[Item], tests: Sequence[Item]) -> list[Item]:
    """The items that are near-duplicates of no test item: what is sealed is seen nowhere else."""
    groups = near_duplicates([_record(item) for item in (*items, *tests)])
    sealed = set(groups[len(items) :])
    return [item for item, group in zip(items, groups, strict=False) if group not in sealed]


def _record(item: Item) -> Record:
    said = {"prompt": item["prompt"], "answer": item["answer"]}
    return Record(str(item["id"]), str(item["view"]), said)


def _numbered(sets: Sequence[OwnSet]) -> list[Item]:
    """The items of several files; ids carry the file's name where there are several."""
    prefix = len(sets) > 1
    return [item for own in sets for item in items_of(own, f"{own.name}/" if prefix else "")]


def _with_answers(items: Sequence[Item], metric: str) -> list[Item]:
    """Items of both splits with what each holds of its right answers."""
    golds = [tuple(item[ACCEPTED]) for item in items]
    bare = [{key: value for key, value in item.items() if key != ACCEPTED} for item in items]
    return [{**item, **answer_fields(golds, n, metric)} for n, item in enumerate(bare)]


def answer_fields(golds: Sequence[tuple[str, ...]], number: int, metric: str) -> dict[str, Any]:
    """What an item holds of its right answers: the first, and all where any row has several.

    Args:
        golds: The right answers of all rows.
        number: The item's place among them.
        metric: The task's metric.
    """
    mine = golds[number]
    found: dict[str, Any] = {"answer": mine[0]}
    if any(len(gold) > 1 for gold in golds):
        found[ACCEPTED] = list(mine)
    if metric == "macro_f1":
        labels = sorted({text for gold in golds for text in gold})
        found |= {"view": "all", "record": json.dumps({**found, "labels": labels})}
    return found


def _raw_sets(training: Sequence[OwnSet]) -> list[RawSet]:
    """The raw sets; one alone is called `train`."""
    if len(training) == 1:
        return [raw_set(training[0], "train")]
    made: list[RawSet] = []
    for own in training:
        made.append(raw_set(own, set_name(own.name, [each.name for each in made])))
    return made


def divided_items(items: Sequence[Item], sizes: Splits | None = None) -> dict[str, list[Item]]:
    """Items by split, divided by what their prompts and answers say."""
    by_id = {str(item["id"]): item for item in items}
    found = divide([_record(item) for item in items], sizes, "ours")
    return {
        "validation": [by_id[record.id] for record in found.validation],
        "test": [by_id[record.id] for record in found.test],
    }


def _card(own: OwnTask, items: Sequence[Item], contract: str) -> str:
    """The task's card."""
    name = own.metric.partition(":")[0]
    macro = name == "macro_f1"
    text = render_template(
        "own_card.yaml.j2",
        key=own.folder.name,
        title=own.title or own.folder.name,
        about=own.about or NOTHING_SAID,
        contract=contract + _labels_said(own.metric, items),
        views=sorted({str(item["view"]) for item in items}),
        metric={REGEX: "accuracy", PYTHON: "score"}.get(name, name),
        binary=str(name not in {"rougeL", PYTHON}),
        max_new_tokens=own.max_new_tokens,
        max_length=own.max_length,
        licence=own.licence,
    )
    if macro:
        text = text.replace("reduction: items", "reduction: scorer\nscorer: own_labels")
    return text


def _labels_said(metric: str, items: Sequence[Item]) -> str:
    """The labels of a task whose answers are a short closed set; "" for any other."""
    labels = sorted({str(item["answer"]) for item in items})
    closed = metric in ("accuracy", "macro_f1") and 2 <= len(labels) <= SHORT_SET
    return f" One of: {', '.join(labels)}." if closed and len(items) >= 3 * len(labels) else ""


def _scoring(metric: str, key: str) -> tuple[str, str]:
    """The scoring file and the output contract of a metric."""
    name, _, rest = metric.partition(":")
    if name == PYTHON:
        return _python(Path(rest)), "As the task's scoring.py reads it."
    if name == REGEX:
        return _regex(rest, key), f"A text with a match of {rest}"
    if metric not in METRICS:
        raise UnknownNameError.of("metric", metric, [*METRICS, "regex:PATTERN", "python:FILE.py"])
    function, contract = METRICS[metric]
    if metric == "macro_f1":
        text = render_template("published_scoring.py.j2", key=key, scorer="own_labels")
        return text, contract
    text = render_template(
        "own_scoring.py.j2", key=key, metric=metric, function=function, arguments="()"
    )
    return text, contract


def _regex(pattern: str, key: str) -> str:
    """The scoring file of a pattern.

    Raises:
        DataError: The pattern is missing or not valid.
    """
    try:
        re.compile(pattern)
    except re.error as error:
        raise DataError(
            f"the pattern is not valid: {error}", where=pattern, fix="write regex:PATTERN"
        ) from error
    if not pattern:
        raise DataError("the pattern is missing", fix=r"write regex:PATTERN, such as regex:#(\d+)")
    return render_template(
        "own_scoring.py.j2", key=key, metric=REGEX, function=REGEX, arguments=f"({pattern!r})"
    )


def _python(path: Path) -> str:
    """A person's own scoring file.

    Raises:
        DataError: It cannot be read or has no `process_results`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(
            f"the scoring file cannot be read: {error.strerror}",
            where=str(path),
            fix="write python:FILE.py",
        ) from error
    if not re.search(r"^(def )?process_results\b", text, re.MULTILINE):
        raise DataError(
            "the scoring file has no process_results(item, results)",
            where=str(path),
            fix='define it; it returns {"score": number, "parsed": 0 or 1}',
        )
    return text
