"""What a notebook keeps of a trial: the card's document, with HTML and text beside it.

A front end that knows the document's MIME type draws a card; every other one shows the HTML or
the text, which survive papermill, nbconvert, GitHub and VS Code. A notebook may be published, so
answers to evaluation items are left out of it.
"""

from __future__ import annotations

from typing import Any

from ftassist.documents.card import PROPOSAL_MIME, card_document
from ftassist.documents.card_html import card_html, card_text
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import Trial


def card_output(snapshot: Snapshot, trial: Trial, campaign_id: str = "") -> dict[str, Any]:
    """A trial as it stands now, by MIME type.

    Args:
        campaign_id: How the server names the campaign; "" where there is none.
    """
    card = card_document(snapshot, trial, campaign_id)
    card["live"] = {**card["live"], "wrong": []}
    return {
        PROPOSAL_MIME: card,
        "text/html": card_html(card),
        "text/plain": card_text(card),
    }
