"""How many devices a trial asks for, read from its cells before it has a place.

A number that stands in the call counts; one that a cell computes is not known before it runs, and
is then refused by the recipe where there are fewer. Runs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from ftassist.recipes.arguments import MOST_DEVICES


def devices_of(cells: Mapping[str, str]) -> int:
    """The devices that the train cell names, as in `train.sft(..., devices=4)`; 1 for none."""
    try:
        tree = ast.parse(cells.get("train", ""))
    except (SyntaxError, ValueError):
        return 1
    named = [
        keyword.value.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "devices"
        and isinstance(keyword.value, ast.Constant)
        and type(keyword.value.value) is int
    ]
    return max((n for n in named if 0 < n <= MOST_DEVICES), default=1)
