"""Makes a task folder from a training and an evaluation file of one's own.

Rows are JSON lines with a prompt and an answer. The evaluation rows are divided into a validation
and a test split, near-duplicates on one side; a view may be named in each row. The folder is a
task like those of the catalog: `ftassist init --task FOLDER` starts a campaign on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftassist.dojo.readers.record import RawSet, Record
from ftassist.dojo.scorers.references import ACCEPTED, check_reference, texts_of
from ftassist.dojo.scorers.thinking import answer_of
from ftassist.dojo.splits import divide
from ftassist.dojo.task import Splits
from ftassist.dojo.task_files import Item, TaskFiles, render_template, write_task
from ftassist.errors import DataError, UnknownNameError
from ftassist.files import read_jsonl

METRICS: Mapping[str, tuple[str, str]] = {
    "exact_match": ("exact_match", "The right answer and nothing else."),
    "accuracy": ("accuracy", "The right label; case, quotes and closing marks do not count."),
    "macro_f1": ("macro_f1", "The right label; case, quotes and closing marks do not count."),
    "rougeL": ("rouge_l", "A text; it is compared with the right one by ROUGE-L."),
    "numeric": ("numeric", "A text whose last number is the right one."),
}
REGEX, PYTHON = "regex", "python"
PROMPTS = ("prompt", "question", "input", "instruction")
ANSWERS = ("answer", "response", "output", "label", "target")


@dataclass(frozen=True)
class OwnTask:
    """What a person says about a task of their own.

    Attributes:
        folder: The task folder to make; its name is the task's key.
        train: Training rows.
        evaluation: Evaluation rows.
        metric: A name of `METRICS`, `regex:PATTERN` or `python:FILE.py`.
        title: One line.
        licence: Of the data.
        max_new_tokens: Generation limit of an answer.
        max_length: Longest training row, in tokens.
    """

    folder: Path
    train: Path
    evaluation: Path
    metric: str
    title: str = ""
    licence: str = "not stated"
    max_new_tokens: int = 64
    max_length: int = 512


def make_task(own: OwnTask) -> Path:
    """Writes the task folder.

    Raises:
        DataError: A file cannot be used: no rows, no prompt or answer, one row for two splits.
        UnknownNameError: There is no such metric; names the nearest.
        FtassistError: The folder exists.
    """
    key = own.folder.name
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", key):
        raise DataError(
            f"the folder's name {key!r} cannot be a task's key",
            where=str(own.folder),
            fix="use letters, digits, _ and -",
        )
    scoring, contract = _scoring(own.metric, key)
    items = _evaluation(own.evaluation, own.metric)
    divided = divided_items(items)
    if not all(divided.values()):
        raise DataError(
            f"{len(items)} evaluation rows are too few for two splits",
            where=str(own.evaluation),
            fix="give more rows that differ from each other",
        )
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
            sets=[_training(own.train)],
            licence=own.licence,
        ),
    )


def divided_items(items: Sequence[Item], sizes: Splits | None = None) -> dict[str, list[Item]]:
    """Items by split, divided by what their prompts and answers say."""
    by_id = {str(item["id"]): item for item in items}
    records = [
        Record(str(i["id"]), str(i["view"]), {"prompt": i["prompt"], "answer": i["answer"]})
        for i in items
    ]
    found = divide(records, sizes, "ours")
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
        contract=contract,
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


def _evaluation(path: Path, metric: str) -> list[dict[str, Any]]:
    """The evaluation rows as items."""
    rows = _rows(path)
    prompt, answer = _field(rows, PROMPTS, path), _field(rows, ANSWERS, path)
    golds = [_references(row[answer], answer, metric, path, n) for n, row in enumerate(rows, 1)]
    items: list[dict[str, Any]] = [
        {
            "id": str(row.get("id", number)),
            "view": str(row.get("view", "all")),
            "prompt": str(row[prompt]),
            **answer_fields(golds, number, metric),
        }
        for number, row in enumerate(rows)
    ]
    if len({item["id"] for item in items}) < len(items):
        raise DataError("two evaluation rows share an id", where=str(path), fix="make ids unique")
    return items


def _references(value: Any, field: str, metric: str, path: Path, number: int) -> tuple[str, ...]:
    """The right answers of a row, each one that the metric can compare with.

    Raises:
        DataError: One is not; names the row.
    """
    where = f"{path} row {number}"
    found = texts_of(value, where, field)
    for text in found:
        check_reference(metric, text, where)
    return tuple(map(answer_of, found))


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


def _training(path: Path) -> RawSet:
    """The training rows as a raw set, with their own fields."""
    rows = _rows(path)
    prompt, answer = _field(rows, PROMPTS, path), _field(rows, ANSWERS, path)
    golds = [texts_of(row[answer], f"{path} row {n}", answer) for n, row in enumerate(rows, 1)]
    texts = [
        {**row, prompt: str(row[prompt]), answer: gold[0]}
        for row, gold in zip(rows, golds, strict=True)
    ]
    return RawSet(
        name="train",
        title="Own training rows",
        description=f"The rows of {path.name}.",
        rows=texts,
        provenance=path.name,
        notes="As given.",
        prompt=prompt,
        response=answer,
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file.

    Raises:
        DataError: It cannot be read or has none.
    """
    try:
        rows = list(read_jsonl(path))
    except OSError as error:
        raise DataError(
            f"the rows cannot be read: {error.strerror}",
            where=str(path),
            fix="name a JSON-lines file",
        ) from error
    if not rows:
        raise DataError("the file has no rows", where=str(path), fix="add rows")
    return rows


def _field(rows: Sequence[Mapping[str, Any]], names: Sequence[str], path: Path) -> str:
    """The field that plays a part, the same in all rows.

    Raises:
        DataError: None of the names is in every row; names the first row that lacks it.
    """
    found = next((name for name in names if name in rows[0]), None)
    if found is None:
        raise DataError(
            f"the rows have none of the fields {', '.join(names)}",
            where=f"{path} row 1",
            fix=f"name the field {names[0]!r}",
        )
    for number, row in enumerate(rows, start=1):
        if row.get(found) is None:
            raise DataError(
                f"field {found!r} is missing", where=f"{path} row {number}", fix="add it"
            )
    return found
