"""Changes of insights as a model wishes them, held to the rules before they become events.

An insight cites known trials; what people pinned, wrote or removed is theirs; one that says what
is said already is not added; and there is a cap. What falls out is told, never kept silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ftassist.agent.context import Context
from ftassist.agent.words import nearness, words
from ftassist.journal.events import Kind
from ftassist.records.insight import Insight

CAP = 12
"""Most insights of a campaign that people did not pin."""
SAME = 0.7
"""Two sentences that share so much of their words say the same."""


@dataclass(frozen=True)
class InsightChange:
    """An insight to add, or one to take back.

    Attributes:
        insight: The insight; when `retract_reason` is set, the one to take back.
        retract_reason: Why it does not hold any more; "" to add it.
    """

    insight: Insight
    retract_reason: str = ""

    def to_event(self) -> tuple[str, dict[str, Any]]:
        """The kind and payload of the event that records it."""
        if self.retract_reason:
            payload = {"id": self.insight.id, "reason": self.retract_reason}
            return Kind.INSIGHT_RETRACTED, payload
        return Kind.INSIGHT_ADDED, {"insight": asdict(self.insight.checked())}


@dataclass(frozen=True)
class InsightWish:
    """An insight a model wants to add, in place of others."""

    text: str
    trials: tuple[str, ...]
    replaces: tuple[str, ...] = ()


def settle(
    context: Context, wishes: Sequence[InsightWish], retract: Mapping[str, str]
) -> tuple[list[InsightChange], list[str]]:
    """The changes that hold, and what was left out with why.

    Args:
        context: What is known.
        wishes: Insights to add.
        retract: Reasons by id of insights to take back.
    """
    known = {insight.id: insight for insight in context.insights}
    theirs = {name for name, insight in known.items() if insight.pinned} | set(context.ruled)
    left_out: list[str] = []
    changes: list[InsightChange] = []
    for name, reason in retract.items():
        if name in known and name not in theirs and reason.strip():
            changes.append(InsightChange(known.pop(name), reason.strip()))
        else:
            left_out.append(f"{name} is not the agent's to take back")
    for wish in wishes:
        if why := _refused(context, wish, known.values()):
            left_out.append(f"“{wish.text[:80]}”: {why}")
            continue
        for name in wish.replaces:
            if name in known and name not in theirs:
                changes.append(InsightChange(known.pop(name), "merged into a newer one"))
        new = Insight(_next_id(context, changes), wish.text.strip(), wish.trials)
        known[new.id] = new
        changes.append(InsightChange(new))
    changes += _over_cap(known, theirs)
    return changes, left_out


def _refused(context: Context, wish: InsightWish, known: Any) -> str:
    """Why an insight is not added; "" when it is."""
    trials = {*context.trials, *(brief.id for brief in context.others)}
    if not wish.text.strip() or len(wish.text) > 500:
        return "it is empty or longer than 500 characters"
    if not wish.trials or not set(wish.trials) <= trials:
        return "it cites no trial, or one that is not in the record"
    removed = [text for text in context.ruled.values() if text]
    if any(_same(wish.text, text) for text in removed):
        return "a person removed or rewrote it"
    if any(_same(wish.text, i.text) for i in known if i.id not in wish.replaces):
        return "it says what is said already"
    return ""


def _same(one: str, other: str) -> bool:
    if not words(one):
        return one.strip() == other.strip()
    return nearness(one, [other]) >= SAME


def _next_id(context: Context, changes: Sequence[InsightChange]) -> str:
    used = [insight.id for insight in context.insights]
    used += [*context.ruled, *(change.insight.id for change in changes)]
    numbers = [int(n[1:]) for n in used if n[:1] == "i" and n[1:].isdigit()]
    return f"i{max([context.insights_made, *numbers], default=0) + 1:04d}"


def _over_cap(known: Mapping[str, Insight], theirs: set[str]) -> list[InsightChange]:
    """The oldest ones, taken back when there are too many."""
    own = [insight for name, insight in known.items() if name not in theirs]
    surplus = max(0, len(own) - CAP)
    oldest = sorted(own, key=lambda insight: insight.id)[:surplus]
    return [InsightChange(i, f"there is room for {CAP}; it was the oldest") for i in oldest]
