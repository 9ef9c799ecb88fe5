"""What a trial kept of what the base could do, as an agent is told it: numbers, and no question.

The general panel's items are evaluation items that nobody who writes cells may see: neither their
texts nor answers to them are here, and a part is told by its name alone.
"""

from __future__ import annotations

from typing import Any

from ftassist.records.panel import PanelScore


def view_general(found: PanelScore) -> dict[str, Any]:
    """A model's result on the panel in few words; empty where it was not asked.

    Of the base the share of right answers by part, of a trial its difference to the base with the
    95 % interval (all greater is better), and in `parts` those it lost in, the worst first.
    """
    if not found:
        return {}
    if found.failed:
        return {"found": "not known"}
    against = found.against
    if against is None:
        right = {part: short(share) for part, share in found.views.items()}
        return {"right": short(found.score), "questions": found.n, "parts": right}
    worst = sorted(against.views.items(), key=lambda entry: (entry[1], entry[0]))
    return {
        "found": against.kind,
        "difference": short(against.difference),
        "low": short(against.low),
        "high": short(against.high),
        "margin": against.margin,
        "questions": found.n if against.n is None else against.n,
        "parts": {part: _part(found, part) for part, moved in worst if moved < 0},
    }


def _part(found: PanelScore, part: str) -> list[float | None]:
    """The difference in a part, and the ends of its interval where they are known."""
    assert found.against is not None  # as the caller made sure
    known = found.against.parts.get(part)
    moved = short(found.against.views[part])
    return [moved, short(known.low), short(known.high)] if known else [moved]


def short(value: float | None) -> float | None:
    """A share to three digits."""
    return None if value is None else round(value, 3)
