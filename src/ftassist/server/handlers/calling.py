"""How a checked body becomes a call of the one door for writes (`campaign.commands`)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ftassist.campaign import Campaign
from ftassist.journal.events import Event
from ftassist.records.kinds import Json
from ftassist.server.bodies import BodyError

Act = Callable[..., Event]
_FIELDS = {
    "words": "wish",
    "name": "tag",
    "number": "note",
    "mode": "review",
    "limits": "budget",
    "attempt": "try",
}
"""Arguments that the interface calls otherwise."""


def call(act: Act, campaign: Campaign, body: Mapping[str, Any], actor: str) -> Event:
    """Does an act with what a body says of its arguments; other fields are of other acts.

    Raises:
        BodyError: An argument that it needs is not there.
    """
    given: Json = {"actor": actor, **({"seen": body["seen"]} if "seen" in body else {})}
    _, *taken = inspect.signature(act).parameters.values()
    for each in (one for one in taken if one.kind is not one.VAR_KEYWORD):
        field = _FIELDS.get(each.name, each.name)
        if field in body:
            given[each.name] = body[field]
        elif each.default is each.empty:
            kind = body.get("action") or body.get("decision")
            raise BodyError(f"{kind} needs a {field}", where=field, fix=f"send `{field}`, too")
    return act(campaign, **given)
