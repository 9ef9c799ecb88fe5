"""Wrong answers in groups, by the program: which view, how they fail.

Shapes of failure only, told from the texts; what causes them is for whoever reads the groups.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ftassist.agent.trial_view import WrongItem

SHOWN = 2
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class WrongGroup:
    """Wrong answers that fail alike.

    Attributes:
        view: Their view.
        shape: How they fail.
        count: How many of those shown.
        examples: A few of them.
    """

    view: str
    shape: str
    count: int
    examples: tuple[WrongItem, ...]


def group_wrong(items: Sequence[WrongItem]) -> list[WrongGroup]:
    """The groups, the largest first."""
    groups: dict[tuple[str, str], list[WrongItem]] = defaultdict(list)
    for item in items:
        groups[(item.view, shape_of(item.output.quoted, item.gold.quoted))].append(item)
    found = [WrongGroup(v, s, len(m), tuple(m[:SHOWN])) for (v, s), m in groups.items()]
    return sorted(found, key=lambda group: (-group.count, group.view, group.shape))


def shape_of(output: str, gold: str) -> str:
    """How an answer fails, from its text and the right one."""
    text, wanted = output.strip(), gold.strip()
    if not text:
        return "empty"
    if _loops(text):
        return "repeats itself"
    if not _NUMBER.fullmatch(wanted):
        return "holds the right answer among others" if wanted and wanted in text else "other text"
    numbers = _NUMBER.findall(text)
    if not numbers:
        return "no number"
    if wanted in numbers[:-1]:
        return "the right number, but not last"
    last, right = float(numbers[-1]), float(wanted)
    if last == -right != 0:
        return "wrong sign"
    if abs(last - right) <= 1:
        return "off by one"
    if right and last / right in (10, 100, 0.1, 0.01, 2, 0.5):
        return "off by a factor"
    return "another number"


def _loops(text: str) -> bool:
    """Whether the last words occur three times in a row."""
    parts = text.split()
    return any(
        len(parts) >= 3 * size
        and parts[-size:] == parts[-2 * size : -size] == parts[-3 * size : -2 * size]
        for size in (2, 3, 4, 5)
    )
