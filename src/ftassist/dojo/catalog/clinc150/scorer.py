"""CLINC150: which of 150 intents a request has, or none (see `scorers.intents`).

Beside the accuracy over all requests stand that over requests in scope and the recall of those out
of scope, as its paper reports them.
"""

from __future__ import annotations

from ftassist.dojo.scorers.intents import Intents
from ftassist.dojo.scorers.scorer import COUNT, Array, Sums, overall, ratio


class Clinc150(Intents):
    """Accuracy over all requests, those out of scope among them."""

    key = "clinc150"
    views = (
        "banking", "credit_cards", "kitchen_and_dining", "home", "auto_and_commute", "travel",
        "utility", "work", "small_talk", "meta", "out_of_scope",
    )  # fmt: skip

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Accuracy over all, over what is in scope, and the recall of what is not."""
        inside = {view: found for view, found in sums.items() if view != "out_of_scope"}
        more = {"in_scope_accuracy": overall(inside, "correct")} if inside else {}
        if outside := sums.get("out_of_scope"):
            more["out_of_scope_recall"] = ratio(outside["correct"], outside[COUNT])
        return {**super().metrics(sums), **more}
