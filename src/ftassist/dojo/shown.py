"""Which validation items an agent may be shown, and which are kept to choose by.

An agent that reads its wrong answers learns those items, with or without meaning to, and so does a
choice that is made by them. So a seeded part of the validation items is there to be shown, and the
others give the score, the verdict and the choice. The test split has no such part: nothing of it
is shown. A run in part is scored on a seeded part of those that select (`partial_items`). Pure;
the evaluator divides by it and writes beside each item score whether it was shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ftassist.files import hash_text

FEWEST_ITEMS = 200
"""With fewer validation items there is no part to spare: all are shown, and all select."""

SHARE = 0.25
FEWEST_SHOWN = 60
KEPT_OF_A_VIEW = 2
"""Items of each view that must be left to compare by."""

PARTIAL_SHARE = 0.5
FEWEST_PARTIAL = 60
"""Items a run in part is scored on, at least, where there are so many."""


def shown_items(items: Iterable[tuple[str, str]], seed: int | None) -> frozenset[str]:
    """The ids of the items that may be shown: a quarter, at least 60, views in proportion.

    The same for every model of a campaign, whatever order the items come in. Empty where nothing
    is set apart: without a seed, with fewer than 200 items, or where views are so small that 60
    cannot be spared.

    Args:
        items: Id and view of each validation item.
        seed: Of the draw; None for campaigns in which what is shown also selects.
    """
    known = sorted(set(items))
    if seed is None or len(known) < FEWEST_ITEMS:
        return frozenset()
    views: dict[str, list[str]] = {}
    for item, view in known:
        views.setdefault(view, []).append(item)
    total = max(FEWEST_SHOWN, math.ceil(SHARE * len(known)))
    quotas = _quotas({view: len(own) for view, own in views.items()}, total)
    if sum(quotas.values()) < FEWEST_SHOWN:
        return frozenset()
    return _drawn(views, quotas, ("shown", str(seed)))


def partial_items(items: Iterable[tuple[str, str]], seed: int | None) -> frozenset[str]:
    """The ids of the items a run in part is scored on: half of those that select, at least 60.

    The same for every trial and rung of a campaign; views in proportion. None of them may be
    shown. All that select where there are no more than 60.

    Args:
        items: Id and view of each validation item.
        seed: As of `shown_items`.
    """
    known = sorted(set(items))
    shown = shown_items(known, seed)
    views: dict[str, list[str]] = {}
    for item, view in known:
        if item not in shown:
            views.setdefault(view, []).append(item)
    sizes = {view: len(own) for view, own in views.items()}
    count = sum(sizes.values())
    total = min(count, max(FEWEST_PARTIAL, math.ceil(PARTIAL_SHARE * count)))
    return _drawn(views, _quotas(sizes, total, kept=0), ("partial", str(seed)))


def _drawn(
    views: Mapping[str, list[str]], quotas: Mapping[str, int], draw: tuple[str, str]
) -> frozenset[str]:
    """So many items of each view, by the order of the draw."""
    return frozenset(
        item
        for view, own in views.items()
        for item in sorted(own, key=lambda each: hash_text(*draw, each))[: quotas[view]]
    )


def _quotas(sizes: Mapping[str, int], total: int, kept: int = KEPT_OF_A_VIEW) -> dict[str, int]:
    """How many items of each view, by largest remainder; each view keeps some to compare by."""
    room = {view: max(0, size - kept) for view, size in sizes.items()}
    exact = {view: total * size / sum(sizes.values()) for view, size in sizes.items()}
    quotas = {view: min(math.floor(exact[view]), room[view]) for view in sizes}
    while sum(quotas.values()) < total:
        open_views = [view for view in sizes if quotas[view] < room[view]]
        if not open_views:
            break
        quotas[max(open_views, key=lambda view: (exact[view] - quotas[view], view))] += 1
    return quotas
