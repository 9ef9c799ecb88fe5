"""Whether a document fits a JSON schema, told by place and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Misfit(NamedTuple):
    """Where a document does not fit, such as "hypothesis.low" ("" for the whole), and how."""

    place: str
    message: str


def misfit(document: Any, schema: Mapping[str, Any]) -> Misfit | None:
    """What does not fit, the most telling place first; None where all does."""
    import jsonschema  # takes a second; what only shows documents does without

    try:
        jsonschema.validate(document, dict(schema))
    except jsonschema.ValidationError as error:
        return Misfit(".".join(str(part) for part in error.absolute_path), error.message)
    return None
