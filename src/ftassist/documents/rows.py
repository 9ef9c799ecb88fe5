"""A trial's training rows, as its page shows them: lengths, a few samples, what leaked.

Lengths, samples and the rows that were refused were written by the program; what the curate cell
dropped before comes from its own data card and is believed no further than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftassist.journal.state import Trial
from ftassist.records.check import last_check

MOST_PLACES = 20
LONGEST_TEXT = 500
"""Most characters of an excerpt."""


def rows_part(trial: Trial | None) -> dict[str, Any]:
    """What is known of a trial's training rows; empty parts where nothing is.

    Returns:
        `lengths`: {"prompt" and "answer": {edges, counts, median, longest}} in characters;
        `samples`: a few rows; `refused`, `dropped`: rows with the words that an evaluation item
        shares, found by the check and by the cell; `leaking`: how many the check found.
    """
    if trial is None:
        return {"lengths": {}, "samples": [], "refused": [], "dropped": [], "leaking": 0}
    schema, leakage = (last_check(name, trial.checks).summary for name in ("schema", "leakage"))
    return {
        "lengths": dict(schema.get("lengths") or {}),
        "samples": [dict(sample) for sample in schema.get("samples") or ()],
        "refused": [_place(place) for place in leakage.get("places") or ()],
        "dropped": [_place(place) for place in _dropped(trial)][:MOST_PLACES],
        "leaking": int(leakage.get("leaking") or 0),
    }


def _dropped(trial: Trial) -> Iterator[Mapping[str, Any]]:
    """Places of rows that the steps of the data card dropped."""
    card = trial.outcome.data or trial.ran("curate").document
    steps = card.get("steps")
    for step in steps if isinstance(steps, list) else ():
        places = step.get("places") if isinstance(step, Mapping) else None
        for place in places if isinstance(places, list) else ():
            if isinstance(place, Mapping):
                yield place


def _place(place: Mapping[str, Any]) -> dict[str, Any]:
    text = str(place.get("text", ""))[:LONGEST_TEXT]
    start = _within(place.get("start"), 0, len(text))
    return {
        "row": place["row"] if isinstance(place.get("row"), int) else None,
        "id": str(place.get("id", ""))[:200],
        "kind": str(place.get("kind", ""))[:40],
        "text": text,
        "start": start,
        "end": _within(place.get("end"), start, len(text)),
    }


def _within(value: object, low: int, high: int) -> int:
    return min(max(value, low), high) if isinstance(value, int) else low
