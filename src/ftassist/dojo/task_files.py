"""Writes a task folder: card, harness definition, scoring, items and raw sets.

What `preparation` (published tasks), `ftassist task new` (tasks of one's own) and `harness_task`
have in common. The folder is written under another name and moved into place, whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ftassist.dojo.record import RawSet
from ftassist.errors import FtassistError
from ftassist.files import templates_folder

Item = Mapping[str, Any]
"""An evaluation item: id, view, prompt, answer and what its scoring needs."""


@dataclass(frozen=True)
class TaskFiles:
    """What a task folder is made of.

    Attributes:
        card: `card.yaml`, as the text of the file.
        harness: `harness.yaml`.
        files: Other files by name, such as `scoring.py`.
        items: Evaluation items by split.
        sets: Raw training sets.
        licence: The licence written on the sets' cards.
    """

    card: str
    harness: str
    files: Mapping[str, str]
    items: Mapping[str, Sequence[Item]]
    sets: Iterable[RawSet] = ()
    licence: str = ""


def write_task(folder: Path, files: TaskFiles) -> Path:
    """Writes a task folder.

    Raises:
        FtassistError: The folder exists or cannot be written.
    """
    if folder.exists():
        raise FtassistError(
            "there is a folder of that name already",
            where=str(folder),
            fix="name another one, or remove it",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise FtassistError(
            f"the task folder cannot be written: {error.strerror}",
            where=str(folder),
            fix="name a folder you may write to",
        ) from error
    try:
        _fill(made, files)
        made.chmod(0o755)
        _move(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _move(made: Path, folder: Path) -> None:
    """Moves a finished folder into place; another process may have made the same one meanwhile."""
    try:
        os.rename(made, folder)  # noqa: PTH104 - Path.rename would follow no other rule
    except OSError:
        if not (folder / "card.yaml").is_file():
            raise


def _fill(folder: Path, files: TaskFiles) -> None:
    """Writes all files of a task."""
    (folder / "card.yaml").write_text(files.card, encoding="utf-8")
    (folder / "harness.yaml").write_text(files.harness, encoding="utf-8")
    for name, text in files.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    for split, items in files.items.items():
        write_rows(folder / "evaluation" / f"{split}.jsonl", items)
    (folder / "repository").mkdir()
    for raw in files.sets:
        if not raw.rows:
            continue
        write_rows(folder / "repository" / raw.name / "rows.jsonl", raw.rows)
        card = folder / "repository" / raw.name / "card.yaml"
        card.write_text(_set_card(raw, files.licence), encoding="utf-8")


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def render_template(name: str, **names: Any) -> str:
    """A file from the task templates."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(templates_folder() / "task"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(**names)


def _set_card(raw: RawSet, licence: str) -> str:
    """The card of a raw set."""
    document = {
        "name": raw.name,
        "title": raw.title,
        "description": raw.description,
        "fields": dict(raw.fields) or {"prompt": raw.prompt, "response": raw.response},
        "rows": len(raw.rows),
        "licence": licence,
        "provenance": raw.provenance,
        "notes": raw.notes,
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=96)
