"""The card of a raw training set: what its collector says of it. Reads no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ftassist.errors import DataError

MESSAGES = "messages"


@dataclass(frozen=True)
class SetCard:
    """What the collector of a raw set says about it; not all of it need be complete or right.

    Attributes:
        name: The set's folder.
        title: One line.
        description: What is in it.
        fields: Which field of a row plays which part: `prompt` and `response`, or `messages`.
        rows: How many rows it has.
        licence: Its licence.
        provenance: Where it is from.
        notes: The collector's remarks.
    """

    name: str
    title: str
    description: str
    fields: Mapping[str, str]
    rows: int
    licence: str
    provenance: str
    notes: str

    def turns(self, row: Mapping[str, Any]) -> tuple[str, str]:
        """The prompt and the final response of a row of this set."""
        if MESSAGES in self.fields:
            messages = row[self.fields[MESSAGES]]
            prompt = "\n".join(m["content"] for m in messages[:-1])
            return prompt, messages[-1]["content"]
        return row[self.fields["prompt"]], row[self.fields["response"]]


def read_set_card(path: Path) -> SetCard:
    """Reads the card of a set.

    Raises:
        DataError: A field is missing, unknown, or does not say what the prompt is.
    """
    try:
        card = SetCard(**yaml.safe_load(path.read_text(encoding="utf-8")))
    except (TypeError, yaml.YAMLError) as error:
        raise DataError(
            f"the card of the data set is not complete: {error}",
            where=str(path),
            fix="compare it with the card of another set",
        ) from error
    if set(card.fields) not in ({MESSAGES}, {"prompt", "response"}):
        raise DataError(
            f"fields must map prompt and response, or messages; it maps {sorted(card.fields)}",
            where=str(path),
            fix="write fields: {prompt: <field>, response: <field>} or {messages: <field>}",
        )
    return card
