"""The raw sets as a backend sees them: what was counted, and a few quoted samples.

Titles, notes and rows are written by strangers: they are `Quoted`, and cut.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ftassist.agent.trial_view import quote

MOST = 50_000
"""Characters of the profiles of all raw sets; where they are more, samples are left out."""
_SAMPLE = 500


def view_profiles(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """All profiles, with as many samples and answers as there is room for."""
    for samples, answers in ((3, None), (1, 10), (0, 3)):
        found = {name: _profile(raw[name], samples, answers) for name in sorted(raw)}
        if len(json.dumps(found, default=asdict, ensure_ascii=False)) <= MOST:
            break
    return found


def _profile(raw: Mapping[str, Any], most: int, shares: int | None) -> dict[str, Any]:
    """A profile with its texts quoted and cut: so many samples and most frequent answers."""
    texts = ("title", "description", "notes", "provenance", "licence")
    kept = {k: v for k, v in raw.items() if k not in (*texts, "samples", "answers")}
    kept |= {key: quote(raw[key]) for key in texts if key in raw}
    answers = raw.get("answers", {})
    kept["answers"] = [
        {"answer": quote(k, 60), "share": v} for k, v in list(answers.items())[:shares]
    ]
    kept["samples"] = [
        quote("\n".join(_texts(sample)), _SAMPLE) for sample in raw.get("samples", ())[:most]
    ]
    return kept


def _texts(value: Any) -> list[str]:
    """The texts of a raw row, without its id and the roles of turns."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [t for k, v in value.items() if k not in ("id", "role") for t in _texts(v)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []
