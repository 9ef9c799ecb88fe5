"""A trial's notebook on its way home: the node's places of its inputs become the head's.

Only the cell of parameters names places, so only that cell is changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping


def renamed(raw: bytes, places: Mapping[str, str]) -> bytes:
    """A notebook whose parameters name other places; as it is where it cannot be read.

    Args:
        raw: The notebook.
        places: What stands there, and what is to stand there.
    """
    places = {there: here for there, here in places.items() if there != here}
    if not places:
        return raw
    try:
        notebook = json.loads(raw)
        cells = [c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return raw
    for cell in cells:
        source = cell["source"]
        text = source if isinstance(source, str) else "".join(source)
        for there, here in places.items():
            for literal in (json.dumps, repr):
                text = text.replace(literal(there), literal(here))
        cell["source"] = text
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
