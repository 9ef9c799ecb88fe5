"""Whether a document fits a JSON schema, told by place and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Misfit(NamedTuple):
    """Where a document does not fit, such as "hypothesis.low" ("" for the whole), and how."""

    place: str
    message: str


def misfit(document: Any, schema: Mapping[str, Any]) -> Misfit | None:
    """What does not fit, the most telling place first; None where all does.

    The schema itself is not checked: that takes twenty times as long, and it is our own.
    """
    from jsonschema.exceptions import best_match  # takes a second; what only shows does without
    from jsonschema.validators import validator_for

    rules = dict(schema)
    error = best_match(validator_for(rules)(rules).iter_errors(document))
    if error is None:
        return None
    return Misfit(".".join(str(part) for part in error.absolute_path), error.message)
