"""What the four ChemCoTBench tasks share: record fields, how an answer text is read.

Source of the rules: opencompass/datasets/chemcotbench/ of Jensen246/opencompass at abc7c91a.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.dojo.scorers.extraction import first_group, loaded, unfenced, without_thinking
from ftassist.dojo.scorers.scorer import Doc

_SMILES_LIKE = re.compile(r"[A-Za-z][A-Za-z0-9@\[\]\(\)=#\-\+\.\\\/]{4,}")


def answer_text(prediction: str) -> str:
    """The text the patterns are tried on: without thinking, inside its fence."""
    return unfenced(without_thinking(prediction.strip()))


def answer_object(text: str) -> Mapping[str, Any] | None:
    """The JSON object a text is, once its line ends and four-blank indents are taken out."""
    value = loaded(text.replace("\n    ", "").replace("\n", ""))
    return value if isinstance(value, dict) else None


def molecule_text(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    """The molecule in a text that is no JSON object, by the official rule.

    What a pattern finds; else the longest run of five or more characters that could stand in a
    SMILES; else all of it.
    """
    found = first_group(patterns, text)
    if found is None:
        found = max(_SMILES_LIKE.findall(text), key=len, default=text)
    return found.strip()


def quoted(*keys: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for `"key": "value"`, in any case, one for each key."""
    return tuple(re.compile(rf'"{re.escape(key)}"\s*:\s*"([^"]*)"', re.IGNORECASE) for key in keys)


def meta_of(doc: Doc) -> Mapping[str, Any]:
    """The record's `meta`, which the benchmark keeps as JSON text; empty if it cannot be read.

    Raises:
        KeyError: There is none.
    """
    meta = doc["meta"]
    if isinstance(meta, str):
        try:
            meta = json.loads(meta)
        except ValueError:
            return {}
    return meta if isinstance(meta, Mapping) else {}


def view_of(doc: Doc, views: tuple[str, ...]) -> str | None:
    """The record's subtask, where it is one of the views."""
    subtask = doc.get("subtask")
    return subtask if subtask in views else None
