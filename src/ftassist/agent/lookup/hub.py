"""Data sets on the Hugging Face Hub, by its public search. `HF_ENDPOINT` names another server."""

from __future__ import annotations

import json
import os
from typing import Any

from ftassist.agent.lookup.fetching import address, fetch
from ftassist.agent.survey import MOST, Source
from ftassist.errors import FtassistError


def search_sets(query: str) -> list[Source]:
    """The most downloaded data sets a query finds.

    Raises:
        FtassistError: The Hub cannot be reached, or answers something else.
    """
    root = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    wanted = {"search": query, "limit": str(MOST), "sort": "downloads", "full": "true"}
    raw = fetch(f"{root}/api/datasets", wanted)
    try:
        found = json.loads(raw)
        if not isinstance(found, list):
            raise TypeError("not a list")
        return [_source(item, root) for item in found if isinstance(item, dict) and "id" in item]
    except (ValueError, TypeError, RecursionError) as error:
        raise FtassistError("its answer could not be read", where=root) from error


def _source(item: dict[str, Any], root: str) -> Source:
    tags = [str(tag) for tag in item.get("tags") or ()]
    licences = [tag.partition(":")[2] for tag in tags if tag.startswith("license:")]
    name = str(item["id"])
    return Source(
        kind="data set",
        name=name,
        title=" ".join(str(item.get("description") or "").split())[:300],
        licence=", ".join(licences),
        url=address(f"{root}/datasets/{name}"),
    )
