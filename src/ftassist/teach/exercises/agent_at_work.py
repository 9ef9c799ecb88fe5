"""Exercises of notebook 08: the agent at work. What is asked of the recording is read from it."""

from __future__ import annotations

from functools import cache
from typing import Any

from ftassist.teach.answers import WrongKindError, function, number, texts, tried
from ftassist.teach.exercises.exercise import Exercise

TASK = "mini_math"
_LEAST_WORKED = 0.9


def _cost(answer: Any) -> str:
    found, calls = number(answer), [e for e in _recorded() if e["kind"] == "call.made"]
    right = sum(float(event["payload"].get("cost", 0.0)) for event in calls)
    if abs(found - right) <= 0.01 * right:
        return ""
    if abs(found - len(calls)) < 1e-9:
        return "So many calls were made; what did they cost together?"
    return "Add up `cost` in the payloads of the events `call.made`: all calls, not one role's."


def _pick(answer: Any) -> str:
    made = function(answer)
    found = texts(tried(made, [dict(each) for each in _sets()]))
    known = {each["name"]: each for each in _sets()}
    if unknown := [name for name in found if name not in known]:
        return f"There is no set {unknown[0]!r:.40}."
    for name in found:
        if known[name]["worked_share"] < _LEAST_WORKED:
            return f"{name}: how many of its answers are worked out?"
        if known[name]["conflicting_prompts"]:
            return f"{name}: the same question has several answers in it."
        if known[name]["leaking"]:
            return f"{name}: rows of it hold evaluation items."
    good = {name for name, each in known.items() if _is_good(each)}
    if left_out := sorted(good - set(found)):
        return f"{left_out[0]} has nothing against it; rows that are good are worth having."
    return ""


def _better(answer: Any) -> str:
    made = function(answer)
    cases = (
        (0.4, None, True, True), (0.4, 0.3, True, True), (0.3, 0.4, True, False),
        (0.3, 0.4, False, True), (0.4, 0.3, False, False), (0.0, None, False, True),
        (0.4, 0.4, True, False), (0.4, 0.0, False, False),
    )  # fmt: skip
    for score, best, higher, right in cases:
        found = tried(made, score, best, higher)
        if not isinstance(found, bool):
            raise WrongKindError("True or False is asked for.")
        if found != right:
            way = "higher" if higher else "lower"
            said = f"A score of {score} after a best of {best}, where {way} is better"
            return f"{said}: you say {found}."
    return ""


def _is_good(each: dict[str, Any]) -> bool:
    worked = each["worked_share"] >= _LEAST_WORKED
    return bool(worked and not each["conflicting_prompts"] and not each["leaking"])


@cache
def _recorded() -> tuple[dict[str, Any], ...]:
    from ftassist.teach.recordings import events

    return tuple(events("agent_at_work"))


@cache
def _sets() -> tuple[dict[str, Any], ...]:
    from ftassist.teach.recordings import sets_of

    return tuple(sets_of(TASK))


EXERCISES = {
    "08.1": Exercise(_cost, "Every call is an event with its tokens, its seconds and its price."),
    "08.2": Exercise(_better, "An agent that takes 'better' for 'greater' climbs down a hill."),
    "08.3": Exercise(
        _pick,
        "Counting took no training. What is left for trials is what counting does not tell.",
    ),
}
