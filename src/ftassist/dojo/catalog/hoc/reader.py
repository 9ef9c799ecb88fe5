"""Hallmarks of Cancer: abstracts with their hallmarks; the data set has no split of its own.

Its repository has two files an abstract: the sentences, a line each, and their labels, each after
a "<", several joined by "AND", such as "Enabling replicative immortality--Senescence".
What stands before "--" is the hallmark. One file of JSON lines with the same fields is read, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import unused_set
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard
from ftassist.errors import DataError


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """All abstracts."""
    del card
    rows = _documents(files) if "texts" in files else all_rows(files, "evaluation")
    for row in rows:
        doc = {name: row[name] for name in ("document_id", "sentences", "hallmarks")}
        text = " ".join(row["sentences"])
        yield Record(str(row["document_id"]), "all", doc, {"abstract": text})


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """Abstracts that are in neither split."""
    del located
    yield from unused_set(card, divided.unused)


def _documents(files: Files) -> Iterator[dict[str, Any]]:
    """The abstracts of the repository's own files.

    Raises:
        DataError: An abstract has no labels.
    """
    labels = {path.name: path for path in files["labels"]}
    for path in files["texts"]:
        if path.name not in labels:
            raise DataError("the abstract has no file of labels", where=str(path))
        lines = path.read_text(encoding="utf-8").split("\n")
        yield {
            "document_id": path.stem,
            "sentences": [line.strip() for line in lines if line.strip()],
            "hallmarks": _hallmarks(labels[path.name].read_text(encoding="utf-8")),
        }


def _hallmarks(text: str) -> list[str]:
    """The hallmarks of an abstract, each once, in the order of their names."""
    written = [label.partition("--")[0].strip() for label in re.split("<| AND", text)]
    return sorted({hallmark for hallmark in written if hallmark not in ("", "NULL")})
