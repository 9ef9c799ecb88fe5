"""The cells of an idea that changes one argument of the training: written by the program.

Such an idea says all there is to say, so no call is made for it. What is not exactly that (two
arguments, another recipe, a cell that is code of its own, a value that is none) is left to the
Executor.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

from ftassist.agent.plan import Plan, changed_parts, with_training
from ftassist.records.proposal import Change

_KEY = re.compile(r"train\.([a-z_]+)(?::[\w.+-]+)?")
_WORD = re.compile(r"[a-z][a-z_]*")
_OURS = ("seed", "trainer")


def cells_of(
    before: Mapping[str, str], changes: tuple[str, ...], change: Change
) -> dict[str, str] | None:
    """The cells with that argument set; None where they are not so simply told.

    Args:
        before: The parent's cells.
        changes: What the hypothesis says is changed.
        change: The one thing changed, its new value in `after`.
    """
    key, plan = _KEY.fullmatch(change.key), Plan.of(before)
    if key is None or key[1] in _OURS or plan.train is None or changes != ("training",):
        return None
    value = _value(change.after.strip().removeprefix(f"{key[1]}="))
    if value is None or len(change.parts) > 1 or plan.training.get(key[1]) == value:
        return None
    cells = plan.with_stage("train", with_training(plan.train, **{key[1]: value}))
    return cells if len(changed_parts(plan, Plan.of(cells))) == 1 else None


def _value(text: str) -> Any:
    """A number, a truth value or a word; None for anything else."""
    plain = text.strip()
    if _WORD.fullmatch(plain):
        return plain
    try:
        found = ast.literal_eval(plain)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found if isinstance(found, int | float | str) else None
