"""The profiles of raw sets as a model is told them: one table, and a quoted text for each set.

The same content as `Context.profiles`, said once: what all sets have in common stands once, a
number in a row of a table, and what strangers wrote of a set (title, notes, frequent answers,
samples) in one text behind one fence. Deterministic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.agent.prompt import without_empty
from ftassist.agent.trial_view import Quoted

_QUANTILES = ("min", "p50", "p90", "p99", "max")
_BRIEF = (
    "rows", "worked_share", "conflicting_rows", "exact_duplicates", "near_duplicates", "bad_rows",
    "quality",
)  # fmt: skip


def profile_table(profiles: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """All profiles: `same` of all sets, `columns` and `rows` of numbers, `texts` by set."""
    plain = {name: _plain(one) for name, one in profiles.items()}
    keys = list(dict.fromkeys(key for one in plain.values() for key in one))
    known = {key: [one.get(key) for one in plain.values()] for key in keys}
    same = {
        key: values[0]
        for key, values in known.items()
        if len(values) > 1 and all(value == values[0] for value in values)
    }
    columns = [key for key in keys if key not in same]
    return {
        "same": same,
        "columns": ["set", *columns],
        "rows": [[name, *(one.get(key) for key in columns)] for name, one in plain.items()],
        "texts": {name: _text(one) for name, one in profiles.items()},
    }


def brief_table(profiles: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """How large and how clean each set is: what a reading of results needs of them."""
    return {
        "columns": ["set", *_BRIEF],
        "rows": [[name, *(one.get(key) for key in _BRIEF)] for name, one in profiles.items()],
    }


def _plain(profile: Mapping[str, Any]) -> dict[str, Any]:
    """What of a profile no stranger wrote; quantiles as lists."""
    kept = without_empty(
        {k: v for k, v in profile.items() if k not in ("name", "answers", "samples")}
    )
    return {
        (f"{key} ({', '.join(_QUANTILES)})" if _is_quantiles(value) else key): (
            [value[name] for name in _QUANTILES] if _is_quantiles(value) else value
        )
        for key, value in kept.items()
        if not isinstance(value, Quoted)
    }


def _is_quantiles(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == set(_QUANTILES)


def _text(profile: Mapping[str, Any]) -> Quoted:
    """What strangers wrote of a set, or in it."""
    lines = [
        f"{key}: {value.quoted}"
        for key, value in profile.items()
        if isinstance(value, Quoted) and value.quoted
    ]
    answers = profile.get("answers") or ()
    if told := "; ".join(f"{_words(one['answer'])} {one['share']:g}" for one in answers):
        lines.append(f"most frequent answers, with shares: {told}")
    lines += [f"sample: {_words(one)}" for one in profile.get("samples", ())]
    return Quoted("\n".join(lines))


def _words(value: Any) -> str:
    return str(getattr(value, "quoted", value))
