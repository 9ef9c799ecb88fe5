"""What the search policy would do next, and what is believed, as a document and in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ftassist.campaign.queries import front_of, policy_of, what_if
from ftassist.documents import words
from ftassist.journal.state import BASE, State
from ftassist.records.verdict import VerdictKind
from ftassist.records.what_if import Believed, OnFront, WhatIf
from ftassist.search.apart import MORE_ITEMS, Visible
from ftassist.search.front import Front
from ftassist.search.outlook import Outlook
from ftassist.search.policies import POLICIES

if TYPE_CHECKING:
    from ftassist.campaign import Campaign

_WAITS = "nothing has a score yet, a trial is pending, or nothing is left to run"
_NAMED = 5
"""Trials of a tied set that a sentence names."""
_EXACT = 6
"""Decimals of what is believed: those behind differ between machines."""
_MEANT = 0.05
"""The chance of being the best from which a trial is named."""
_DID = {
    "grow": "grow from",
    "repeat": "train again, on a fresh seed,",
    "promote": "run further",
    "ablate": "leave a change out of",
}


def what_if_document(campaign: Campaign, slots: int = 1, policy: str = "") -> WhatIf:
    """What would be done next, why, why not the runner-up, and what is believed of each trial.

    Args:
        slots: How many trials may be chosen; 0 asks only for what is believed.
        policy: Another policy than the campaign's.

    Raises:
        UnknownNameError: There is no such policy.
    """
    outlook = what_if(campaign, slots, policy)
    beliefs = _beliefs(outlook, 1.0 if campaign.card.metric.higher_is_better else -1.0)
    front = front_of(campaign.state, campaign.card)
    return {
        "schema": "ftassist/what-if/1",
        "policy": outlook.policy,
        "own": policy_of(campaign.state).name,
        "policies": sorted(POLICIES),
        "next": [
            {"action": c.action, "trial": c.parent, "reason": c.reason, "instead": c.instead}
            for c in outlook.choices
        ],
        "recommended": outlook.recommended,
        "tied": list(outlook.tied),
        "tied_sentence": _tied_sentence(outlook, beliefs, _settled(campaign.state, outlook)),
        "sure": _sure(outlook),
        "front": _front(front),
        "front_sentence": front_sentence(front, campaign.card.metric.name),
        "visible": round(outlook.visible.now, _EXACT) if outlook.visible else None,
        "beliefs": beliefs,
    }


def what_if_lines(document: Mapping[str, Any]) -> list[str]:
    """The same in sentences, without the table of beliefs."""
    taken = [f"recommended now: {document['recommended']}"] if document["next"] else []
    return [*next_lines(document), *taken, *believed_lines(document)]


def next_lines(document: Mapping[str, Any]) -> list[str]:
    """What would be done next, why, and why not the runner-up."""
    if not document["next"]:
        return [f"{document['policy']} would wait: {_WAITS}"]
    lines = []
    for choice in document["next"]:
        did = _DID[choice["action"]]
        lines.append(f"{document['policy']} would {did} {choice['trial']}: {choice['reason']}")
        if choice["instead"]:
            lines.append(f"  not the runner-up: {choice['instead']}")
    return lines


def believed_lines(document: Mapping[str, Any]) -> list[str]:
    """What cannot be told apart, how sure one may be, and what would tell; a sentence each."""
    lines = (document["tied_sentence"], document["front_sentence"], *document["sure"])
    return [line for line in lines if line]


def front_sentence(front: Front | None, improved: str) -> str:
    """Which trials no other beats in every metric, and what each got.

    Args:
        front: The front; None for a task with one metric.
        improved: The metric that the campaign improves.
    """
    if front is None or front.compared < 2:
        return ""
    names = words.listed(
        [f"{m.name} ({'more' if m.higher_is_better else 'less'} is better)" for m in front.metrics]
    )
    shown = list(front.values.items())[-_NAMED:]
    told = "; ".join(
        f"{_named(trial)} " + ", ".join(words.number(value, 3) for value in values)
        for trial, values in shown
    )
    more = len(front.values) - len(shown)
    rest = f"; and {more} earlier ones" if more else ""
    count = len(front.values)
    are = "1 is" if count == 1 else f"{count} are"
    return (
        f"By {names}, {are} beaten by no other of the {front.compared} scored trials in all of "
        f"them: {told}{rest}. The campaign improves {words.clean(improved)}; these are values as "
        "measured, their noise is not counted."
    )


def _front(front: Front | None) -> list[OnFront]:
    if front is None:
        return []
    names = [metric.name for metric in front.metrics]
    return [
        {"trial": trial, "values": dict(zip(names, values, strict=True))}
        for trial, values in front.values.items()
    ]


def _beliefs(outlook: Outlook, sign: float) -> list[Believed]:
    """What is believed of each trial, in the metric's own direction."""
    found: list[Believed] = []
    for belief in outlook.beliefs:
        low, high = sorted((sign * belief.low, sign * belief.high))
        found.append(
            {
                "trial": belief.trial,
                "mean": round(sign * belief.mean, _EXACT),
                "low": round(low, _EXACT),
                "high": round(high, _EXACT),
                "visits": belief.visits,
                "chance": round(belief.chance, 3),
            }
        )
    return found


def _tied_sentence(
    outlook: Outlook, beliefs: Sequence[Believed], settled: tuple[VerdictKind | None, str]
) -> str:
    """What was tested of the trial that is taken, whom it cannot be told apart from, and why it.

    The test and the belief answer different questions (better than its parent? the best of
    all?), so that both may hold: side by side, not in two places, where they read as a
    contradiction.
    """
    if len(beliefs) < 2 or not outlook.tied:
        return ""
    taken, *others = outlook.tied
    why = _why_taken(outlook, {b["trial"]: b["mean"] for b in beliefs})
    kind, tested = settled
    if not others:
        but = f" {tested} alone; with all trials together it" if kind == "tied" else ""
        return f"{_named(taken)}{but} can be told apart from every other scored trial; {why}."
    shown = [_named(name) for name in others[: _NAMED - 1]]
    more = len(others) - len(shown)
    names = words.listed([*shown, f"{more} more"] if more > 0 else shown)
    if kind not in ("better", "worse"):
        return f"{_named(taken)} cannot be told apart from {names} for the first place; {why}."
    return (
        f"{_named(taken)} {tested}; for the first place, where the luck of seeds and of being "
        f"picked counts too, it cannot be told apart from {names}; {why}."
    )


def _settled(state: State, outlook: Outlook) -> tuple[VerdictKind | None, str]:
    """What a paired test said of the trial that is taken; the claim, where there is one of it."""
    if not outlook.tied:
        return None, ""
    taken = outlook.tied[0]
    if state.claim.trial == taken:
        verdict, over, against = state.claim.verdict, "over all its seeds", BASE
    else:
        verdict, over = state.trials[taken].verdict, "on the same items"
        against = words.clean(verdict.against)
    other = _named(BASE) if against == BASE else f"its parent {against}".rstrip()
    if verdict.kind == "tied":
        return "tied", f"is not distinguishable from {other} {over}"
    return verdict.kind, f"is {verdict.kind} than {other} {over}"


def _why_taken(outlook: Outlook, means: Mapping[str, float]) -> str:
    """Why one of a tied set is taken, with the numbers where they are what decides."""
    taken, *others = outlook.tied
    if taken != outlook.recommended:
        return f"{_named(taken)} is the finalist, chosen when it looked best"
    why = f"{_named(taken)} is taken because its {outlook.yardstick} is the best"
    if outlook.yardstick != "posterior mean" or not others:
        return why
    against = words.listed([words.number(means[name], 3) for name in others[: _NAMED - 1]])
    return f"{why} ({words.number(means[taken], 3)} against {against})"


def _sure(outlook: Outlook) -> list[str]:
    """The chance that the trial that is taken is the best, and what would make it surer."""
    if len(outlook.beliefs) < 2 or outlook.visible is None or not outlook.tied:
        return []
    chances = {belief.trial: belief.chance for belief in outlook.beliefs}
    taken = outlook.tied[0]
    rivals = sorted(
        (name for name in chances if name != taken and chances[name] >= _MEANT),
        key=lambda name: -chances[name],
    )[: _NAMED - 1]
    of = "".join(f", of {_named(name)} {_chance(chances[name])}" for name in rivals)
    first = (
        f"The chance that {_named(taken)} truly is the best of the {len(chances)} scored trials "
        f"is {_chance(chances.get(taken, 0.0))}{of}."
    )
    return [first, _buys(outlook.visible), *_stopping(outlook.visible, outlook.left)]


def _buys(seen: Visible) -> str:
    """What can be seen now, and what one more seed or more items would buy."""
    said = (
        f"Two trials of one run each have to differ by {words.number(seen.now, 3)} to be told "
        f"apart; one more seed of each would make that {words.number(seen.seed, 3)}"
    )
    if seen.items is not None and seen.both is not None:
        said += (
            f", {MORE_ITEMS} more validation items {words.number(seen.items, 3)}, "
            f"both {words.number(seen.both, 3)}"
        )
    assumed = "" if seen.measured else " (how much seeds differ is assumed: none was repeated)"
    return f"{said}{assumed}."


def _stopping(seen: Visible, left: float | None) -> list[str]:
    """That one may stop, where the smallest visible effect exceeds what is left to gain."""
    if left is None or left >= seen.now:
        return []
    return [
        f"The smallest visible effect ({words.number(seen.now, 3)}) exceeds what is left to gain: "
        f"by the steps so far the next trial gets at most {words.number(left, 3)} above the best "
        "(95 %). Stop, or make more visible first."
    ]


def _chance(share: float) -> str:
    """A chance in words: it is known from draws, so never quite none or all."""
    if share < 0.01:
        return "below 1 %"
    return "above 99 %" if share > 0.99 else words.percent(share)


def _named(trial: str) -> str:
    return f"the base ({trial})" if trial == BASE else trial
