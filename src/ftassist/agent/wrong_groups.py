"""Wrong answers in groups, by the program: which view, how they fail.

Shapes of failure only, told from the texts; what causes them is for whoever reads the groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ftassist.agent.trial_view import WrongItemView
from ftassist.dojo.near_misses import near_miss
from ftassist.dojo.scorers.numbers import found_numbers, only_number
from ftassist.dojo.scorers.thinking import answer_of

SHOWN = 2
_FACTORS = {power for by in (2, 10, 100) for power in (Fraction(by), Fraction(1, by))}


@dataclass(frozen=True)
class WrongGroup:
    """Wrong answers that fail alike.

    Attributes:
        shape: How they fail.
        count: How many of those shown.
        examples: A few of them.
    """

    view: str
    shape: str
    count: int
    examples: tuple[WrongItemView, ...]


def group_wrong(items: Sequence[WrongItemView]) -> list[WrongGroup]:
    """The groups, the largest first."""
    groups: dict[tuple[str, str], list[WrongItemView]] = defaultdict(list)
    for item in items:
        groups[(item.view, shape_of(item.output.quoted, item.gold.quoted, item.label))].append(
            item
        )
    found = [WrongGroup(v, s, len(m), tuple(m[:SHOWN])) for (v, s), m in groups.items()]
    return sorted(found, key=lambda group: (-group.count, group.view, group.shape))


def shape_of(output: str, gold: str, label: str = "") -> str:
    """How an answer fails, from its text, the right one, and the wrong label that it is."""
    text, wanted = answer_of(output).strip(), gold.strip()
    if not text:
        return "thinks, and gives no answer" if output.strip() else "empty"
    if _loops(text):
        return "repeats itself"
    try:
        right = only_number(wanted)
    except ValueError:
        return _shape_of_text(text, wanted, label)
    found = found_numbers(text)
    if not found:
        return "no number"
    if any(one.value == right for one in found[:-1]):
        return "the right number, but not last"
    last = found[-1].value
    if last is None:
        return "digits that are no single number"
    if last == -right != 0:
        return "wrong sign"
    if abs(last - right) <= 1:
        return "off by one"
    if right and last / right in _FACTORS:
        return "off by a factor"
    return "another number"


def _shape_of_text(text: str, wanted: str, label: str) -> str:
    if label:
        return "another label of the set"
    if wanted and wanted in text:
        return "holds the right answer among others"
    return near_miss(text, wanted) or "other text"


def _loops(text: str) -> bool:
    """Whether the last words occur three times in a row."""
    parts = text.split()
    return any(
        len(parts) >= 3 * size
        and parts[-size:] == parts[-2 * size : -size] == parts[-3 * size : -2 * size]
        for size in (2, 3, 4, 5)
    )
