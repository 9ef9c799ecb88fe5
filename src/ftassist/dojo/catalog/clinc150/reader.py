"""CLINC150: requests to an assistant, each of one of 150 intents or out of scope.

The benchmark's test set is the test split; validation is drawn from its validation set. The rest
of that and the training set are raw sets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.readers.packed import packed_json, packed_rows
from ftassist.dojo.record import Files, Part, RawSet, Record
from ftassist.dojo.scorers.intents import OUT_OF_SCOPE, label_words
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard

_PARTS: Mapping[str, Part] = {
    "test": "test",
    "oos_test": "test",
    "val": "validation",
    "oos_val": "validation",
    "train": "training",
    "oos_train": "training",
}


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The test set, the validation set and the training set, out-of-scope requests with each."""
    del card
    yield from requests(files, _PARTS)


def requests(files: Files, names: Iterable[str]) -> Iterator[Record]:
    """The requests of some parts, with their intents as words; the domain is the view."""
    found = packed_json(files["all"][0])
    views = _views(files)
    for name in names:
        for number, (text, intent) in enumerate(found[name]):
            doc = {"text": text.strip(), "label": _label(intent)}
            view = views.get(intent, "out_of_scope")
            yield Record(f"{name}-{number}", view, doc, part=_PARTS[name])


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """Training requests, what is left of the validation set, and a bank's questions."""
    if located.source.id != card.key:
        yield _questions(located, card)
        return
    sets = (
        ("clinc_train", "training", "Requests with their intents", "its training set"),
        ("clinc_rest", "validation", "More requests with their intents", "its validation set"),
    )
    for name, part, title, what in sets:
        yield RawSet(
            name=name,
            title=title,
            description=f"CLINC150, {what}, without the validation items and without what is "
            "nearly the same as an evaluation item, each with the task's prompt around it.",
            rows=training_rows(card, [r for r in divided.unused if r.part == part]),
            provenance=f"CLINC150 (CC BY 3.0), {what}",
            notes="Intents are equally frequent; out-of-scope requests are few (100 of 15,100 in "
            "the training set), against every sixth item of the test set.",
        )


def _questions(located: Located, card: TaskCard) -> RawSet:
    """Banking77's training questions."""
    rows = [row for path in located.files["train"] for row in packed_rows(path)]
    found = [
        Record(f"banking77-{number}", "banking", {"text": row["text"].strip(), "label": label})
        for number, row in enumerate(rows)
        if (label := label_words(row["category"]))
    ]
    return RawSet(
        name="banking77_questions",
        title="Questions to a bank, with the intents of another data set",
        description="Banking77's training set with its own 77 intents as answers.",
        rows=training_rows(card, found),
        provenance="Banking77 (CC BY 4.0), its training set",
        notes="Its intents are none of this task's 150: they mislead where they are trained on as "
        "they are. Many questions are out of this task's scope.",
    )


def _views(files: Files) -> dict[str, str]:
    """The domain of each intent."""
    domains: dict[str, Any] = json.loads(files["domains"][0].read_text(encoding="utf-8"))
    return {intent: name for name, intents in domains.items() for intent in intents}


def _label(intent: str) -> str:
    return OUT_OF_SCOPE if intent == "oos" else label_words(intent)
