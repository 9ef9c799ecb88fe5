"""Where a person's rows are: a file, a folder, a Hub id, or an object in memory.

    rows.jsonl            a file; data.json:train is one list of a JSON document
    folder                files by part, as `datasets` names them, or a folder it saved
    org/name              a data set of the Hub: FTASSIST_DATA/org/name, the cache, or the host
    org/name@revision:config/split, org/name/file.csv

A source may hold several parts (`train`, `test`); where none is named, what the rows are for
decides. Gives tables; knows nothing of prompts and answers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ftassist.dojo.tables import columnar
from ftassist.dojo.tables.folders import folder_parts, sets_of
from ftassist.dojo.tables.hub_sets import HubSet, hub_set
from ftassist.dojo.tables.reader import FORMATS, holds_rows, read_table
from ftassist.dojo.tables.table import NoRowsError, OnBad, Table
from ftassist.errors import DataError, UnknownNameError

Role = Literal["train", "evaluation", "test"]
PREFERRED: Mapping[str, tuple[str, ...]] = {
    "train": ("train", "training"),
    "evaluation": ("validation", "valid", "val", "dev", "eval", "evaluation", "test"),
    "test": ("test", "eval", "evaluation", "validation", "valid", "val", "dev"),
}
"""Parts that are taken for a role where none is named, the first that is there."""
_HUB = re.compile(
    r"(?:hf://datasets/|https://huggingface\.co/datasets/)?"
    r"(?P<id>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})"
    r"(?:@(?P<revision>[\w.-]+))?(?P<file>/[^:]+)?(?::(?P<part>.+))?"
)


@dataclass(frozen=True)
class NamedRows:
    """Rows under a name.

    Attributes:
        name: What they are called, such as the file's name without its ending.
        origin: Where they are from, for people.
        tables: Their tables, in order: a set may be in several files.
    """

    name: str
    origin: str
    tables: tuple[Table, ...]

    def __len__(self) -> int:
        """The number of rows."""
        return sum(map(len, self.tables))


def read_source(source: Any, role: Role, on_bad: OnBad = "refuse") -> list[NamedRows]:
    """The rows of a source; several sets only where a folder has several files.

    Args:
        source: A path, a Hub id, or an object (see `columnar.object_rows`).
        role: What they are for: it decides which part is taken where none is named.
        on_bad: What is done with rows that cannot be read.

    Raises:
        DataError: It is nowhere, or cannot be read; names file and row.
        UnknownNameError: It has no such part.
    """
    if not isinstance(source, str | Path):
        parts = columnar.object_parts(source)
        return [_of_object(parts, "", role, f"{type(source).__name__} object")]
    text = str(source).strip() if isinstance(source, str) else str(source)
    path, part = _local(text) if text else (None, "")
    if path is not None:
        return _of_path(path, part, role, on_bad, path.name)
    match = _HUB.fullmatch(text)
    if match is None or _is_missing_file(text):
        raise DataError(
            "there is no such file or folder",
            where=str(Path(text).expanduser().absolute()),
            fix=f"name a file ({FORMATS}), a folder, or a Hub id such as organisation/name",
        )
    found = hub_set(match["id"], match["revision"] or "", (match["file"] or "").strip("/"))
    return _of_hub(found, match["part"] or "", role, on_bad)


def _local(text: str) -> tuple[Path | None, str]:
    """The path of a text and the part named behind it, where there is such a path."""
    whole = Path(text).expanduser()
    if _there(whole):
        return whole, ""
    head, colon, part = text.rpartition(":")
    if colon and _there(Path(head).expanduser()):
        return Path(head).expanduser(), part
    return None, ""


def _there(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except (OSError, ValueError):
        return False


def _is_missing_file(text: str) -> bool:
    """Whether a text reads like a file's name and not like a Hub id."""
    head = text.rpartition(":")[0] or text
    short = head.count("/") < 2 and not head.startswith("hf://")
    return text.startswith((".", "/", "~")) or (short and holds_rows(Path(head)))


def _of_hub(found: HubSet, part: str, role: Role, on_bad: OnBad) -> list[NamedRows]:
    sets = _of_path(found.path, part, role, on_bad, found.name)
    return [NamedRows(each.name, f"{found.told}, {each.origin}", each.tables) for each in sets]


def _of_path(path: Path, part: str, role: Role, on_bad: OnBad, name: str) -> list[NamedRows]:
    if not path.is_dir():
        table = read_table(path, part=part, prefer=PREFERRED[role], on_bad=on_bad)
        return [NamedRows(_stem(path, part), table.origin, (table,))]
    saved = columnar.saved_parts(path)
    if saved is not None:
        return [_of_object(saved, part, role, name)]
    path = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow the cache's links
    parts = folder_parts(path)
    chosen = _chosen(parts, part, role, str(path))
    sets = sets_of(parts[chosen])
    made = []
    for stem, files in sets.items():
        tables = tuple(read_table(file, prefer=PREFERRED[role], on_bad=on_bad) for file in files)
        shown = files[0].relative_to(path).as_posix()
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        made.append(NamedRows(stem if len(sets) > 1 else name, f"{shown}{more}", tables))
    return made


def _of_object(parts: Mapping[str, Any], part: str, role: Role, name: str) -> NamedRows:
    chosen = _chosen(parts, part, role, name)
    origin = f"{name}:{chosen}" if chosen else name
    table = columnar.object_rows(parts[chosen], origin)
    if not table.rows:
        raise NoRowsError("there are no rows", where=origin, fix="add rows")
    return NamedRows(chosen or name, origin, (table,))


def _chosen(parts: Mapping[str, Any], part: str, role: Role, where: str) -> str:
    """The part that is named, or that fits a role; the only one in any case."""
    if part:
        if part not in parts:
            raise UnknownNameError.of("part of the data set", part, parts)
        return part
    names: Sequence[str] = list(parts)
    wanted = [w for w in PREFERRED[role] for n in names if n.rpartition("/")[2] == w]
    fitting = [n for n in names if wanted and n.rpartition("/")[2] == wanted[0]]
    if len(names) == 1 or len(fitting) == 1:
        return (fitting or names)[0]
    raise DataError(
        f"the data set has several parts: {', '.join(fitting or names)[:300]}",
        where=where,
        fix=f"name one behind a colon, such as {where}:{(fitting or names)[0]}",
    )


def _stem(path: Path, part: str) -> str:
    """A file's name without its endings, and the part of it."""
    stem = path.name.split(".")[0] or path.name
    return f"{stem}_{part}" if part else stem
