"""A trial's wrong answers as its page shows them: how each failed, and the parent's beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ftassist.journal.state import Trial

LONGEST = 2000
"""Most characters of the parent's answer."""

Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Answered:
    """What a trial and its parent answered to the items that are shown, by item id."""

    own: Answers = field(default_factory=dict)
    parent: Answers = field(default_factory=dict)


def wrong_part(trial: Trial, answered: Answered) -> list[dict[str, Any]]:
    """The wrong answers that the evaluator told, with their kind and the parent's answer.

    Returns:
        Beside the evaluator's own fields: `kind` ("cut off" by the limit of tokens, "unreadable",
        or "wrong"), and `parent`: {output, right}, or None where the parent's is not known.
    """
    return [
        {
            **item.to_dict(),
            "kind": _kind(answered.own.get(item.id, {})),
            "parent": _parent(answered.parent.get(item.id)),
        }
        for item in trial.feedback.wrong
    ]


def _kind(item: Mapping[str, Any]) -> str:
    if item.get("truncated"):
        return "cut off"
    return "wrong" if item.get("parsed", True) else "unreadable"


def _parent(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if item is None or not isinstance(item.get("output"), str):
        return None
    return {"output": item["output"][:LONGEST], "right": float(item.get("score") or 0.0) >= 1.0}
