"""The rows of a task of one's own: read, mapped, and shown before anything is written.

Training sets become raw sets, evaluation rows become items. What each column is taken for is told
with three rows, so that a person sees it first. Writes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.dojo.record import RawSet
from ftassist.dojo.scorers.references import ACCEPTED, check_reference
from ftassist.dojo.scorers.thinking import answer_of
from ftassist.dojo.tables.examples import Example, example_of, used_columns
from ftassist.dojo.tables.shapes import Shape, columns, recognise
from ftassist.dojo.tables.sources import NamedRows, Role, read_source
from ftassist.dojo.tables.table import BadRow, OnBad, Raw, Rejects
from ftassist.dojo.tables.templates import FIXED, is_template, needed_of, text_at
from ftassist.dojo.tables.values import is_nothing, rest_of
from ftassist.errors import DataError, UnknownNameError

SHOWN = 3
WORKED = "####"
"""What stands before the final answer in rows that show the work, as GSM8K writes them."""
_OWN = ("prompt", "response", "system", "messages", "rejected", "label")


@dataclass(frozen=True)
class ColumnNames:
    r"""Which columns a person says play which part; "" where it is to be found out.

    `prompt`, `answer` and `system` may be templates, such as `{question}\n{options}`.
    """

    prompt: str = ""
    answer: str = ""
    system: str = ""
    id: str = ""
    view: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """The parts that are named, as on a set's card."""
        named = {"prompt": self.prompt, "response": self.answer, "system": self.system}
        return {part: source for part, source in named.items() if source}


@dataclass(frozen=True)
class Reading:
    """How a person's rows are read.

    Attributes:
        names: Which columns play which part.
        on_bad: What is done with rows that cannot be used.
        metric: What answers will be compared by; each right answer must be one it can compare.
    """

    names: ColumnNames = field(default_factory=ColumnNames)
    on_bad: OnBad = "refuse"
    metric: str = ""


@dataclass(frozen=True)
class OwnRow:
    """A row that was read."""

    where: str
    raw: Raw
    example: Example


@dataclass(frozen=True)
class OwnSet:
    """The rows of one source, read.

    Attributes:
        name: What it is called.
        origin: Where it is from.
        role: What it is for.
        shape: What its columns were taken for.
        bad: Rows that were left out.
        worked: Whether the answer that counts is what follows `####`.
    """

    name: str
    origin: str
    role: Role
    shape: Shape
    rows: Sequence[OwnRow]
    bad: Sequence[BadRow] = ()
    worked: bool = False
    names: ColumnNames = field(default_factory=ColumnNames)

    @property
    def unused(self) -> list[str]:
        """Columns that play no part."""
        first = self.rows[0].raw
        known = columns([row.raw for row in self.rows])
        told = {self.names.id or "id", self.names.view or "view"}
        used = used_columns(dict.fromkeys(known), self.shape.fields)
        used |= {name for name in told if name in first}
        return [name for name in known if name not in used]

    def references(self, row: OwnRow) -> tuple[str, ...]:
        """The answers an evaluation row accepts."""
        return references(row.example, self.worked)


def read_own(source: Any, role: Role, how: Reading) -> list[OwnSet]:
    """Reads and maps the rows of a source.

    Args:
        source: A file, a folder, a Hub id or an object.
        role: What its rows are for.
        how: What a person said of them.

    Raises:
        DataError: The rows cannot be read or mapped; names file and row.
        UnknownNameError: A column that was named is not there.
    """
    return [_mapped(found, role, how) for found in read_source(source, role, how.on_bad)]


def items_of(own: OwnSet, prefix: str = "") -> list[dict[str, Any]]:
    """Evaluation rows as items.

    An item has all its right answers as `answers`, and `messages` where there is more to ask than
    one turn. Rows that say their answer is not wanted are no items.

    Raises:
        DataError: Two rows share an id.
    """
    items: list[dict[str, Any]] = []
    places: dict[str, str] = {}
    for number, row in enumerate(own.rows):
        if row.example.label is False:
            continue
        key = prefix + _told(row, own.names.id, "id", str(number))
        if key in places:
            raise DataError(
                f"two evaluation rows share the id {key!r}",
                where=f"{places[key]} and {row.where}",
                fix="make ids unique, or name another column with --id",
            )
        places[key] = row.where
        items.append(_item(own, row, key))
    return items


def raw_set(own: OwnSet, name: str) -> RawSet:
    """Training rows as a raw set: prompt and response, or messages, with the columns left over."""
    chats = any(len(row.example.messages) > 2 or row.example.untrained for row in own.rows)
    fields = {"messages": "messages"} if chats else {"prompt": "prompt", "response": "response"}
    for part in ("rejected", "label"):
        if any(getattr(row.example, part) is not None for row in own.rows):
            fields[part] = part
    return RawSet(
        name=name,
        title=f"Own training rows: {own.name}",
        description=f"{len(own.rows):,} rows of {own.origin}.",
        rows=[_training_row(own, row, chats) for row in own.rows],
        provenance=own.origin,
        notes=f"Read as {own.shape.name}: "
        + "; ".join(f"{part} from {source}" for part, source in own.shape.fields.items())
        + ".",
        fields=fields,
    )


def preview(own: OwnSet) -> dict[str, Any]:
    """What a source was taken for, with three rows, as JSON values."""
    return {
        "role": own.role,
        "name": own.name,
        "origin": own.origin,
        "shape": own.shape.name,
        "fields": own.shape.fields,
        "unused": own.unused,
        "worked": own.worked,
        "rows": len(own.rows),
        "left_out": [{"where": bad.where, "what": bad.what} for bad in own.bad],
        "examples": [_shown(own, row) for row in own.rows[:SHOWN]],
    }


def references(example: Example, worked: bool) -> tuple[str, ...]:
    """The right answers of an example: what follows thinking, and `####` where rows show work."""
    found = [a.rpartition(WORKED)[2].strip() if worked else a for a in example.answers]
    return tuple(answer_of(answer) for answer in found)


def _mapped(found: NamedRows, role: Role, how: Reading) -> OwnSet:
    everything = [row for table in found.tables for row in table.rows]
    check_names(how.names, everything, found.origin)
    shape = recognise(everything, how.names.fields, f"{found.tables[0].origin} row 1")
    rejects = Rejects(how.on_bad)
    rejects.rows += [bad for table in found.tables for bad in table.bad]
    rows: list[OwnRow] = []
    for table in found.tables:
        for where, raw in table.placed():
            try:
                rows.append(OwnRow(where, raw, example_of(raw, shape.fields, where)))
            except DataError as error:
                rejects.add(error)
    worked = role != "train" and all(_is_worked(row.example) for row in rows)
    if role != "train":
        rows = [row for row in rows if _can_be_compared(row, worked, how.metric, rejects)]
    if not rows:
        first = rejects.rows[0]
        raise DataError(
            f"none of the {len(rejects.rows)} rows can be used; {first.where}: {first.what}",
            where=found.origin,
            fix="say what the columns are with --prompt and --answer",
        )
    return OwnSet(found.name, found.origin, role, shape, rows, rejects.rows, worked, how.names)


def _is_worked(example: Example) -> bool:
    return all(f"\n{WORKED}" in answer for answer in example.answers)


def _can_be_compared(row: OwnRow, worked: bool, metric: str, rejects: Rejects) -> bool:
    """Whether a metric can compare with a row's right answers; a row it cannot is bad."""
    try:
        for answer in row.example.answers:
            text = answer.rpartition(WORKED)[2].strip() if worked else answer
            check_reference(metric, text, row.where)
    except DataError as error:
        rejects.add(error)
        return False
    return True


def check_names(names: ColumnNames, rows: Sequence[Raw], where: str) -> None:
    """Checks that columns a person named are there.

    Raises:
        UnknownNameError: One is in no row; names the nearest.
    """
    there = {str(name) for row in rows for name in row}
    sources = [*names.fields.values(), names.id, names.view]
    for name in (name for source in sources for name in needed_of(source)):
        if name not in there and name.partition(".")[0] not in there and name != "options":
            error = UnknownNameError.of("column", name, columns(rows))
            fix = f"{error.fix}; a text that is the same in each row is written '{FIXED}{name}'"
            raise UnknownNameError(error.what, where=where, fix=fix if " " in name else error.fix)


def _told(row: OwnRow, named: str, usual: str, otherwise: str) -> str:
    """What a row says of its id or view."""
    source = named or usual
    if not is_template(source) and is_nothing(row.raw.get(source)):
        return otherwise
    try:
        return text_at(row.raw, source, row.where)
    except DataError:
        if named:
            raise
        return otherwise  # a column of that name which nobody mapped, and which is something else


def _item(own: OwnSet, row: OwnRow, key: str) -> dict[str, Any]:
    example = row.example
    item: dict[str, Any] = {
        "id": key,
        "view": _told(row, own.names.view, "view", "all"),
        "prompt": example.prompt,
        ACCEPTED: list(own.references(row)),
    }
    if len(example.messages) > 2:
        item["messages"] = json.dumps(example.messages[:-1], ensure_ascii=False)
    return item


def _training_row(own: OwnSet, row: OwnRow, chats: bool) -> dict[str, Any]:
    """A training row under the names its set's card uses; a column of such a name moves."""
    rest = rest_of(row.raw, used_columns(row.raw, own.shape.fields))
    kept = {f"own_{name}" if name in _OWN else name: value for name, value in rest.items()}
    example = row.example
    if chats:
        marked = set(example.untrained)
        turns = [
            {**turn, "weight": 0} if place in marked else dict(turn)
            for place, turn in enumerate(example.messages)
        ]
        made: dict[str, Any] = {"messages": turns}
    else:
        made = {"prompt": example.prompt, "response": example.response}
    beside = {"rejected": example.rejected, "label": example.label}
    return {**kept, **made, **{part: v for part, v in beside.items() if v is not None}}


def _shown(own: OwnSet, row: OwnRow) -> dict[str, Any]:
    """A row as a person sees it."""
    example = row.example
    shown: dict[str, Any] = {"where": row.where, "messages": [dict(t) for t in example.messages]}
    if own.role == "train":
        beside = {"rejected": example.rejected, "label": example.label}
        marks = list(example.untrained)
        shown |= {k: v for k, v in beside.items() if v is not None}
        return shown | ({"untrained": marks} if marks else {})
    return shown | {"answers": list(own.references(row))}


def set_name(name: str, taken: Sequence[str]) -> str:
    """A folder's name for a raw set, other than those that are taken."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(name).name).strip("_")[:60] or "rows"
    made, number = plain, 2
    while made in taken:
        made, number = f"{plain}_{number}", number + 1
    return made
