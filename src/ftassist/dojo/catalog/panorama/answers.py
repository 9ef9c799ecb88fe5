"""What the three PANORAMA tasks share: the answer's JSON, letters and keys as the data hold them.

Source of the rules: opencompass/datasets/panorama/ of Jensen246/opencompass at abc7c91a.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from ftassist.dojo.scorers.extraction import loaded, unfenced


def answer_of(prediction: str) -> tuple[str, Any]:
    """The text inside its fence, and what it is as JSON (None if it is none)."""
    text = unfenced(prediction.strip())
    return text, loaded(text)


def letters(value: Any) -> frozenset[str]:
    """The letters in a list or in a text separated by commas and blanks.

    As released, a token counts if it lies between "A" and "H" as text: "AND" and "F." do.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return frozenset().union(*map(letters, value))
    tokens = re.split(r"[,\s]+", str(value).upper()) if value else ()
    return frozenset(token for token in tokens if token and "A" <= token <= "H")


def option_keys(value: Any) -> frozenset[int]:
    """The whole numbers in a number, a list or a text."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, int | float):
        return frozenset({int(value)} if value else ())
    if isinstance(value, str):
        return frozenset(map(int, re.findall(r"\d+", value)))
    found = set()
    for entry in value or ():
        with suppress(ValueError, TypeError):
            found.add(int(entry))
    return frozenset(found)
