"""What a trial answered to some evaluation items, as the evaluator wrote it down."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ftassist.files import open_inside


def answers(folder: Path, trial: str, items: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Score, output and how it could be read, of each of these items on validation, by id.

    Only what is asked for by name: items that nobody has been shown stay where they are.

    Args:
        folder: The campaign's folder.
        trial: The trial's id.
        items: Ids of items.
    """
    if not items:
        return {}
    try:
        with open_inside(folder, "scores", f"{trial}.validation.json") as file:
            found = json.load(file)["items"]
        return {item["id"]: item for item in found if item["id"] in items}
    except (OSError, ValueError, TypeError, KeyError):
        return {}
