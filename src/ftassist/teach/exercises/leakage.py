"""Exercises of notebook 06: leakage and cheating.

A disguise is tried on validation items of `mini_math`, which the notebook's reader, a person in
charge, may read as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ftassist.teach.answers import WrongKindError, function, number, tried
from ftassist.teach.exercises.exercise import Exercise

TASK = "mini_math"
RAW_SET = "exam_archive"
TRIED = 40
"""Items that a disguise is tried on: enough to be found as a group."""

GUARDS = {
    "copies items into its data": "leakage check",
    "writes itself a score": "evaluator",
    "opens the file of items": "isolation",
    "trains on items in mirror writing": "nothing but the sealed test",
}
_WHY_NOT = {
    "copies items into its data": "Who compares rows with items before a training begins?",
    "writes itself a score": "Who loads the weights and says what they score?",
    "opens the file of items": "What does a cell see of the evaluation folder, and why?",
    "trains on items in mirror writing": "Section 3: was that found? What is left then?",
}


def _disguise(answer: Any) -> str:
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise WrongKindError("A pair of functions is asked for: (disguise, undo).")
    disguise, undo = function(answer[0]), function(answer[1])
    prompts = [str(item["prompt"]) for item in _items()[-TRIED:]]
    hidden = [tried(disguise, prompt) for prompt in prompts]
    if not all(isinstance(text, str) for text in hidden):
        raise WrongKindError("A disguise is a text.")
    for prompt, text in zip(prompts, hidden, strict=True):
        if (back := tried(undo, text)) != prompt:
            return f"undo(disguise({prompt!r})) gave {back!r:.120}: it is not undone."
        if text in (prompt[::-1], _base64(prompt)):
            return "That is one of the ways above; find one of your own."
    if found := _index().find(hidden):
        kinds = ", ".join(sorted({leak.kind for leak in found}))
        example = hidden[found[0].row]
        return f"{len(found)} of {TRIED} were found ({kinds}), such as {example!r:.100}."
    return ""


def _clean_rows(answer: Any) -> str:
    found, total, leaking = number(answer), *_counts()
    if found == total - leaking:
        return ""
    if found == leaking:
        return "So many are to be dropped; how many are left?"
    if found == total:
        return "Those are all of its rows."
    return f"It has {total} rows; leak_report says which of them hold an item."


def _guards(answer: Any) -> str:
    if not isinstance(answer, Mapping):
        raise WrongKindError("A dictionary is asked for, attempt to guard.")
    if missing := [name for name in GUARDS if name not in answer]:
        return f"Nothing is said of {missing[0]!r}."
    for name, wanted in GUARDS.items():
        if answer[name] not in GUARDS.values():
            return f"{answer[name]!r:.60} is none of the guards."
        if answer[name] != wanted:
            return f"{name!r}: {_WHY_NOT[name]}"
    return ""


@cache
def _items() -> list[dict[str, Any]]:
    from ftassist.dojo.task_loader import load_task

    return load_task(TASK).items("validation")


@cache
def _index() -> Any:
    from ftassist.dojo.leakage import LeakIndex
    from ftassist.dojo.task_loader import load_task

    return LeakIndex.build(_items() + load_task(TASK).items("test"))


@cache
def _counts() -> tuple[int, int]:
    """The rows of the raw set, and those of them that hold an item."""
    from ftassist.recipes import curate

    rows = curate.load(TASK, [RAW_SET])
    return len(rows), len(rows) - len(curate.decontaminate(rows, find=_index().find))


def _base64(text: str) -> str:
    import base64

    return base64.b64encode(text.encode()).decode()


EXERCISES = {
    "06.1": Exercise(
        _disguise,
        "No comparison of texts is complete. Whoever can read the items can leak them: so trials "
        "cannot read them, and there is a split that nobody opens.",
    ),
    "06.2": Exercise(_clean_rows, "The rest is as good as its card says."),
    "06.3": Exercise(_guards, "Several walls, because each has a door."),
}
