"""The licence an export inherits from its base, in the Hub's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftassist.models import registry, store

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign

_OPEN = ("apache-2.0", "mit", "bsd-3-clause", "bsd-2-clause")
_IDS = (*_OPEN, "gemma", "llama3.1", "llama3.2", "llama3.3", "llama3", "cc-by-4.0", "cc-by-nc-4.0")


@dataclass(frozen=True)
class Licence:
    """A licence.

    Attributes:
        text: As its source states it; "unknown" where nothing does.
        id: The Hub's identifier; "other" for what it has none for, "unknown" for none known.
        name: Its name where the identifier is "other"; "" elsewhere.
        terms: What has to be read and agreed to before the model is passed on; "" for nothing.
    """

    text: str
    id: str
    name: str = ""
    terms: str = ""


def inherited(campaign: Campaign) -> Licence:
    """The licence of a campaign's base, as the registry or its import states it."""
    named = campaign.state.settings.model
    known = registry.find(named)
    if known:
        return licence_of(known.licence, known.page)
    if named == "tiny":
        return licence_of("Apache-2.0")
    origin = store.origin_of(campaign.base.path)
    return licence_of(origin.licence if origin else "")


def licence_of(text: str, page: str = "") -> Licence:
    """A licence by its name.

    >>> licence_of("Apache-2.0").id
    'apache-2.0'
    >>> licence_of("").terms
    'No licence of the base is known: find out what it allows before the model is passed on.'
    """
    stated = text.strip()
    if not stated:
        what = "find out what it allows before the model is passed on"
        return Licence("unknown", "unknown", "", f"No licence of the base is known: {what}.")
    short = stated.casefold().replace(" ", "-")
    where = f" ({page})" if page else ""
    terms = "" if short in _OPEN else (
        f"The terms of {stated} bind whoever passes the model on: read them{where}."
    )  # fmt: skip
    if short in _IDS:
        return Licence(stated, short, "", terms)
    return Licence(stated, "other", short[:64], terms)
