"""JSON as it is sent: numbers that JSON does not know become null. Compact, in UTF-8."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any


def to_json(document: Any) -> bytes:
    """A document as JSON."""
    try:
        return _dump(document)
    except ValueError:
        return _dump(_finite(document))


def with_list(document: Mapping[str, Any], name: str, items: Iterable[bytes]) -> bytes:
    """A document with one more field: a list whose items are JSON already."""
    return b'%s,"%s":[%s]}' % (to_json(document)[:-1], name.encode(), b",".join(items))


def _dump(document: Any) -> bytes:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A lone surrogate from a broken log cannot be sent as it is.
    return text.encode("utf-8", errors="replace")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
