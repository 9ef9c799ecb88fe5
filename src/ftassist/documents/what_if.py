"""What the search policy would do next, as a document and in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.search.outlook import Outlook


def what_if_document(outlook: Outlook, metric: Mapping[str, Any]) -> dict[str, Any]:
    """What would be done next, why, why not the runner-up, and what is believed of each trial.

    Args:
        outlook: From `queries.what_if`.
        metric: The headline metric; scores are given in its own direction.
    """
    sign = 1.0 if metric.get("higher_is_better", True) else -1.0
    beliefs = []
    for belief in outlook.beliefs:
        low, high = sorted((sign * belief.low, sign * belief.high))
        beliefs.append(
            {
                "trial": belief.trial,
                "mean": sign * belief.mean,
                "low": low,
                "high": high,
                "visits": belief.visits,
            }
        )
    return {
        "schema": "ftassist/what-if/1",
        "policy": outlook.policy,
        "next": [
            {"action": c.action, "trial": c.parent, "reason": c.reason, "instead": c.instead}
            for c in outlook.choices
        ],
        "recommended": outlook.recommended,
        "visible": outlook.visible,
        "beliefs": beliefs,
    }


def what_if_lines(document: Mapping[str, Any]) -> list[str]:
    """The same in sentences, without the table of beliefs."""
    if not document["next"]:
        return [f"{document['policy']} would wait: nothing has a score yet, or a trial is pending"]
    lines = []
    for choice in document["next"]:
        did = "grow from" if choice["action"] == "grow" else "train again, on a fresh seed,"
        lines.append(f"{document['policy']} would {did} {choice['trial']}: {choice['reason']}")
        if choice["instead"]:
            lines.append(f"  not the runner-up: {choice['instead']}")
    lines.append(f"recommended now: {document['recommended']}")
    if document["visible"] is not None:
        lines.append(
            f"two trials of one run each have to differ by {document['visible']:.3f} to be told "
            "apart (items and seeds, as far as they are known)"
        )
    return lines
