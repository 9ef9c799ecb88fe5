"""The scorer of a task: the one in its folder of the catalog, imported when it is asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ftassist.dojo.scorers.scorer import Scorer
from ftassist.dojo.task_code import module_of, tasks_with
from ftassist.errors import DataError

_OWN = "own_labels"
"""What the card of a task of one's own names whose headline is the macro-F1 of its labels."""


def scorer_keys() -> list[str]:
    """The tasks of the catalog that have a scorer."""
    return tasks_with("scorer")


@cache
def scorer_for(key: str) -> Scorer:
    """The scorer of a task.

    Raises:
        UnknownNameError: No task of that name has one; names the nearest.
        DataError: It has one that cannot be used.
    """
    if key == _OWN:
        from ftassist.dojo.scorers.own_labels import OwnLabels

        return OwnLabels()
    module = import_module(module_of(key, "scorer"))
    made = [
        found
        for found in vars(module).values()
        if isinstance(found, type) and found.__module__ == module.__name__
        if issubclass(found, Scorer)
    ]
    if len(made) != 1:
        raise DataError(
            f"the scorer of the task {key!r} is {len(made)} classes, and not one",
            where=str(module.__file__),
            fix="define one subclass of ftassist.dojo.scorers.Scorer in it",
        )
    scorer: Scorer = made[0]()
    return scorer
