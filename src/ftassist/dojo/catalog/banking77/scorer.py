"""Banking77: which of 77 intents a customer's question has (see `scorers.intents`)."""

from __future__ import annotations

from ftassist.dojo.scorers.intents import Intents


class Banking77(Intents):
    """Accuracy over all questions."""

    key = "banking77"
    views = ("card", "payment", "cash", "top_up", "transfer", "exchange", "account")
