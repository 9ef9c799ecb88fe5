"""What readers give: evaluation records and raw training sets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ftassist.dojo.tables.reader import read_rows

Files = Mapping[str, Sequence[Path]]
"""The files of a source by part; a part may have several (shards)."""


Part = Literal["", "test", "validation", "training"]


@dataclass(frozen=True)
class Record:
    """One evaluation record.

    Attributes:
        id: Unique in the task.
        view: The view it belongs to.
        doc: The record in the benchmark's own schema, as its scorer wants it.
        extra: More names for the prompt template, such as a table written out.
        part: Where the benchmark itself has divided its records: "test", "validation" (the
            validation split is drawn from these) or "training". "" where it has not.
    """

    id: str
    view: str
    doc: Mapping[str, Any]
    extra: Mapping[str, Any] = field(default_factory=dict)
    part: Part = ""


@dataclass(frozen=True)
class RawSet:
    """A raw training set, ready for the data repository.

    Attributes:
        name: Its folder.
        title: One line.
        description: What is in it, and what was done to it.
        rows: Its rows; `prompt` and `response` are fields of them.
        provenance: Where it is from.
        notes: Remarks on quality.
        prompt: The field with the prompt.
        response: The field with the response.
        fields: All fields that play a part, where there are others than those two.
    """

    name: str
    title: str
    description: str
    rows: Sequence[Mapping[str, Any]]
    provenance: str
    notes: str
    prompt: str = "prompt"
    response: str = "response"
    fields: Mapping[str, str] = field(default_factory=dict)


def all_rows(files: Files, part: str) -> list[dict[str, Any]]:
    """The rows of all files of a part, in the order of their names."""
    return [row for path in files.get(part, ()) for row in read_rows(path)]


def as_text(value: Any) -> str:
    """A value as text: texts as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
