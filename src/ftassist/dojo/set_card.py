"""The card of a raw training set: what its collector says of it. Reads no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from ftassist.dojo.tables.examples import check_fields, example_of
from ftassist.dojo.tables.table import OnBad, Row, check_on_bad
from ftassist.errors import DataError


@dataclass(frozen=True)
class SetCard:
    """What the collector of a raw set says about it; not all of it need be complete or right.

    Attributes:
        name: The set's folder.
        title: One line.
        description: What is in it.
        fields: Which field of a row plays which part: `prompt` and `response`, or `messages`, and
            what may stand beside them (see `tables.examples`).
        rows: How many rows it has.
        provenance: Where it is from.
        notes: The collector's remarks.
        on_bad: What is done with rows that cannot be used: "refuse" names the first one, "drop"
            leaves them out and counts them.
    """

    name: str
    title: str
    description: str
    fields: Mapping[str, str]
    rows: int
    licence: str
    provenance: str
    notes: str
    on_bad: OnBad = "refuse"

    def turns(self, row: Row) -> tuple[str, str]:
        """The prompt and the final response of a row of this set."""
        plain = [row.get(self.fields.get(part, "")) for part in ("prompt", "response")]
        if set(self.fields) == {"prompt", "response"} and all(isinstance(t, str) for t in plain):
            return str(plain[0]), str(plain[1])  # as it stands, also where one is empty
        example = example_of(row, self.fields, f"set {self.name!r}")
        return example.prompt, example.response


def read_set_card(path: Path) -> SetCard:
    """Reads the card of a set.

    Raises:
        DataError: A field is missing, unknown, or does not say what the prompt is.
    """
    try:
        card = SetCard(**yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, TypeError, yaml.YAMLError) as error:
        raise DataError(
            f"the card of the data set is not complete: {error}",
            where=str(path),
            fix="compare it with the card of another set",
        ) from error
    if not isinstance(card.fields, Mapping):
        raise DataError("fields must be a mapping", where=str(path), fix="compare another card")
    check_fields(card.fields, str(path))
    check_on_bad(card.on_bad)
    return card
