"""Wrong answers of several trials, each item told once, the trials by what they answered.

Trials are wrong on the same items again and again, so an item has a number, and a trial's answers
name it. All of one kind stands in one quoted text, behind one fence. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ftassist.agent.trial_view import Quoted, TrialView, WrongItem
from ftassist.agent.wrong_groups import group_wrong


class WrongTable:
    """The items on which trials were wrong, numbered from 1 in the order they come.

    Args:
        views: The trials whose wrong answers are told.
    """

    def __init__(self, views: Iterable[TrialView]) -> None:
        self._numbers: dict[tuple[str, str, str], int] = {}
        for view in views:
            for item in view.wrong:
                self._numbers.setdefault(_key(item), len(self._numbers) + 1)

    def items(self) -> Quoted:
        """The items: number, view, prompt, right answer."""
        return Quoted(
            "\n".join(
                f"#{number} [{view}] {prompt} => {gold}"
                for (view, prompt, gold), number in self._numbers.items()
            )
        )

    def answers(self, view: TrialView) -> Quoted:
        """What a trial answered to them."""
        return Quoted(
            "\n".join(f"#{self._numbers[_key(i)]}: {i.output.quoted}" for i in view.wrong)
        )

    def groups(self, wrong: Sequence[WrongItem]) -> list[dict[str, Any]]:
        """A trial's wrong answers in groups by view and how they fail, with numbers of items."""
        return [
            {
                "view": group.view,
                "shape": group.shape,
                "count": group.count,
                "examples": [self._numbers[_key(item)] for item in group.examples],
            }
            for group in group_wrong(wrong)
        ]


def _key(item: WrongItem) -> tuple[str, str, str]:
    return item.view, item.prompt.quoted, item.gold.quoted
