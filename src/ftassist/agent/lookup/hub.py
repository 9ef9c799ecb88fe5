"""Data sets on the Hugging Face Hub, by its public search. `HF_ENDPOINT` names another server."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ftassist.agent.lookup.request import address, fetch
from ftassist.agent.survey import MOST
from ftassist.errors import FtassistError
from ftassist.hub_reach import endpoint
from ftassist.records.survey import OutsideSource

_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_TOLD = ("language", "size_categories", "task_categories", "format")


@dataclass(frozen=True)
class DataSet:
    """A data set as its page on the Hub tells it: untrusted text.

    Attributes:
        id: Such as "org/sums".
        description: Its description, in a few lines.
        licence: As stated there; "" where none is.
        tags: Languages, sizes and kinds of tasks, as tagged.
        gated: Whether its rows are given to those only who ask for them.
        downloads: How often it was fetched in the last month.
        url: Its address.
        card: The text of its card, without the head for machines; "" where it was not read.
    """

    id: str
    description: str
    licence: str
    tags: tuple[str, ...]
    gated: bool
    downloads: int
    url: str
    card: str = ""

    def source(self, text: str = "") -> OutsideSource:
        """The data set as a source; `text` is what was read of it."""
        return OutsideSource(
            "data set", self.id, self.description[:300], self.licence, self.url, text
        )


def search_sets(query: str) -> list[OutsideSource]:
    """The most downloaded data sets a query finds.

    Raises:
        FtassistError: The Hub cannot be reached, or answers something else.
    """
    return [found.source() for found in find(endpoint(), query)]


def find(root: str, query: str) -> list[DataSet]:
    """The most downloaded data sets a query finds.

    Raises:
        FtassistError: The server cannot be reached, or answers something else.
    """
    wanted = {"search": query, "limit": str(MOST), "sort": "downloads", "full": "true"}
    found = _json(root, "/api/datasets", list, wanted)
    return [_data_set(item, root) for item in found if isinstance(item, dict) and "id" in item]


def read(root: str, name: str) -> DataSet:
    """A data set with its card.

    Raises:
        FtassistError: There is none, or the server cannot be reached, or answers something else.
    """
    about = _data_set({"id": name, **_json(root, f"/api/datasets/{name}", dict)}, root)
    try:
        raw = fetch(f"{root}/datasets/{name}/raw/main/README.md")
    except FtassistError as error:
        card = f"(its card could not be read: {error.what})"
    else:
        card = _HEAD.sub("", raw.decode("utf-8", "replace").replace("\r\n", "\n")).strip()
    return replace(about, card=card)


def _json(root: str, path: str, kind: type, parameters: dict[str, str] | None = None) -> Any:
    raw = fetch(f"{root}{path}", parameters)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise FtassistError("its answer could not be read", where=root) from error
    if not isinstance(found, kind):
        raise FtassistError("its answer could not be read", where=root)
    return found


def _data_set(item: Mapping[str, Any], root: str) -> DataSet:
    tags = [str(tag) for tag in item.get("tags") or ()]
    licences = [tag.partition(":")[2] for tag in tags if tag.startswith("license:")]
    name = str(item["id"])
    return DataSet(
        id=name,
        description=" ".join(str(item.get("description") or "").split()),
        licence=", ".join(licences),
        tags=tuple(tag for tag in tags if tag.partition(":")[0] in _TOLD),
        gated=bool(item.get("gated")),
        downloads=_count(item.get("downloads")),
        url=address(f"{root}/datasets/{name}"),
    )


def _count(raw: Any) -> int:
    return raw if isinstance(raw, int) else 0
