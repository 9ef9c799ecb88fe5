"""The campaign in a few honest sentences: what may be claimed, what was spent, what waits.

Reads a snapshot. A claim is told only when the journal holds one (`claim.made`); the best
score alone is never called an improvement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from ftassist.campaign import rungs
from ftassist.campaign.outage import outage
from ftassist.documents import words
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import BASE
from ftassist.records.feedback import NO_FEEDBACK
from ftassist.records.final import OpenedTest


@dataclass(frozen=True)
class Meter:
    """A budget: what is used of what there is."""

    name: str
    used: float
    limit: float | None
    text: str

    @property
    def share(self) -> float:
        """The used share, at most 1; 0 without a limit."""
        return min(1.0, self.used / self.limit) if self.limit else 0.0


def claim(snapshot: Snapshot) -> str:
    """What may honestly be said about the result, in one sentence."""
    state, best = snapshot.state, snapshot.best
    if state.claim:
        verdict, name = state.claim.verdict, state.claim.trial
        text = words.verdict_sentence(
            replace(verdict, against=verdict.against or "the base model")
        )
        fresh = sum(t.status == "scored" for t in state.replicates(name))
        over = f", over its own seed and {fresh} fresh ones" if fresh > 1 else ""
        general = words.general_sentence(state.trials[name]) if name in state.trials else ""
        beside = f"; {general}" if general else ""
        size = verdict.family or 0
        paid = f", paid for as one of {size} comparisons on these items" if size > 1 else ""
        return f"{name} is {text.replace('t0000', 'the base model')}{over}{paid}{beside}."
    if best is None:
        return "Nothing has been scored yet."
    if best == "t0000":
        return "No trial scored above the untouched base model so far."
    shown = words.score(state.trials[best])
    if state.finalist:
        return (
            f"{state.finalist} was chosen as the finalist; no improvement is claimed before "
            "its repeats on other seeds are scored."
        )
    return (
        f"{best} scores highest so far ({shown}); no improvement is claimed before it is "
        "repeated on other seeds."
    )


def baselines(snapshot: Snapshot) -> str:
    """What classical models reach on the same items, in one sentence; "" where none was fitted."""
    found = sorted(snapshot.state.baselines, key=lambda one: -one.score)
    if not found:
        return ""
    said = ", ".join(
        f"{words.clean(one.name)} {words.percent(one.score)} {words.interval(one.low, one.high)}"
        for one in found
    )
    return f"Without a language model, from {found[0].rows:,} training rows: {said}."


def smallest_effect(snapshot: Snapshot) -> str:
    """What the validation set can show at all; "" until the base is scored on 0/1 items.

    Said for a parent that gets half of the items right, where a gain is hardest to see.
    """
    items = snapshot.state.base.feedback.n if snapshot.state.trials else 0
    gain = _smallest_gain(items) if items else None
    if gain is None:
        return ""
    return (
        f"With {items} validation items, one comparison finds a true gain of about "
        f"{100 * gain:.0f} points four times in five; smaller gains mostly show as tied."
    )


def set_apart(snapshot: Snapshot) -> str:
    """Which validation items an agent is shown; "" in a campaign from before there was a part."""
    base = snapshot.state.base.feedback if snapshot.state.trials else NO_FEEDBACK
    if not base or not snapshot.state.settings.feedback_part:
        return ""
    if base.shown:
        return (
            f"{base.shown.n} of the {base.items} validation items are there to be shown to an "
            f"agent; scores, verdicts and choices are over the other {base.n}."
        )
    return (
        f"{base.n} validation items are too few to set some apart: what an agent is shown also "
        "selects, so it may have learned items that it is judged by."
    )


def first_word(snapshot: Snapshot) -> str:
    """The same before anything was decided, so that nobody sees a winner where there is none."""
    others = [t for t in snapshot.state.trials.values() if t.role != "base"]
    waits = all(trial.status == "proposed" for trial in others)
    return smallest_effect(snapshot) if waits else ""


@cache
def _smallest_gain(items: int) -> float | None:
    from ftassist.statistics.power import minimum_detectable_effect

    return minimum_detectable_effect(items, 0.5)


def damaged(snapshot: Snapshot) -> str:
    """A warning when the journal is damaged; "" for a sound one."""
    if not snapshot.damage:
        return ""
    return (
        f"The journal is damaged at {words.clean(snapshot.damage)}. What is shown is what came "
        "before; nothing more can be written to it."
    )


def stand_in(snapshot: Snapshot) -> str:
    """A caution when the model is the tiny stand-in that ships; "" for any other."""
    if snapshot.state.settings.model != words.STAND_IN:
        return ""
    return (
        "The model “tiny” is a teaching and testing stand-in that ships with ftassist: these "
        "numbers show how the loop works, not how well a real model learns the task."
    )


def meters(snapshot: Snapshot) -> list[Meter]:
    """Trials and seconds used of the budget, and device-hours where they have a cap."""
    state = snapshot.state
    limits, used = state.budget, state.trials_used
    spent = words.duration(state.seconds_used)
    seconds = f"{spent} of {words.duration(limits.seconds)}"
    found = [
        Meter("trials", used, limits.trials, f"{used}/{limits.trials:.0f} trials"),
        Meter("seconds", state.seconds_used, limits.seconds, seconds),
    ]
    if limits.device_hours is not None:
        held = state.device_hours_used
        text = f"{held:.3g} of {words.hours(limits.device_hours)}"
        found.append(Meter("device_hours", held, limits.device_hours, text))
    return found


def saved(snapshot: Snapshot) -> str:
    """What partial runs have saved, in one sentence; "" in a campaign without any."""
    found = rungs.saved(snapshot.state)
    if found is None:
        return ""
    count = f"{found.trials or 'no'} trial{'s' if found.trials > 1 else ''}"
    verb = "rest" if found.trials > 1 else "rests"
    if found.seconds < 0:
        return (
            f"Partial runs: {count} {verb}; for having rested, those that came to their end took "
            f"about {words.duration(-found.seconds)} longer than that saved."
        )
    rows = f"{found.rows:,} rows and " if found.rows else ""
    return (
        f"Partial runs: {count} {verb}; that saved {rows}about {words.duration(found.seconds)} so "
        "far. A score at a rung is compared with others there and is no score of a trial."
    )


def settings_line(snapshot: Snapshot) -> str:
    """One line: "mini_math · tiny · playbook · greedy · review: always"."""
    settings = snapshot.state.settings
    named = [words.task_name(name or "?") for name in (settings.task, settings.model)]
    chosen = [name or "?" for name in (settings.backend, settings.policy)]
    parts = [words.clean(part) for part in (*named, *chosen)]
    return " · ".join([*parts, f"review: {snapshot.state.review}"])


def phase_line(snapshot: Snapshot) -> str:
    """Where the campaign stands, and why."""
    state = snapshot.state
    resting = state.phase in ("paused", "stopped", "finished")
    reason = f" ({words.one_line(state.reason)})" if state.reason and resting else ""
    runner = "runner alive" if snapshot.alive else "no runner"
    return f"{state.phase}{reason} · {runner} · event {state.seq}"


def stalled(snapshot: Snapshot) -> dict[str, str] | None:
    """Why nothing moves although something should; None where all is well.

    Returns:
        `kind`: "gone" where a trial runs by the journal and no runner is there, "waiting" where
        something waits for a runner; `sentence`: the same in words.
    """
    state = snapshot.state
    if snapshot.alive or snapshot.damage:
        return None
    if running := state.with_status("running"):
        return {"kind": "gone", "sentence": words.gone(running[0])}
    if state.phase not in ("new", "running"):
        return None
    queued = [t.id for t in state.with_status("accepted") if t.role != "base" and not t.paused]
    wanted = queued or (["the wish for a proposal"] if state.asked.seq else [])
    if not wanted:
        return None
    sentence = f"{', '.join(wanted)} {'wait' if len(wanted) > 1 else 'waits'}: no runner is there"
    return {"kind": "waiting", "sentence": sentence}


def waiting(snapshot: Snapshot) -> str:
    """What waits for the person, with what to type; "" when nothing does."""
    if snapshot.state.phase == "paused" and snapshot.state.waits_for:
        return words.one_line(snapshot.state.reason, 600)
    pending = snapshot.state.pending
    if pending:
        names = ", ".join(t.id for t in pending)
        verb = "waits" if len(pending) == 1 else "wait"
        return f"{names} {verb} for your decision: accept, edit or veto"
    if found := outage(snapshot.state):
        return words.outage(found)
    if snapshot.state.asked.failed:
        return f"the last proposal failed: {words.one_line(snapshot.state.asked.failed)}"
    if snapshot.state.asked.seq and snapshot.state.base.status != "scored":
        return "a proposal is made once the base model is scored"
    if snapshot.state.asked.seq:
        return "a proposal is being made"
    return ""


def test_sentence(trial: str, found: OpenedTest) -> str:
    """What the test split says about a trial, in one sentence."""
    verdict = found.verdict
    if verdict.against in ("", BASE):
        verdict = replace(verdict, against="the base model")
    return f"on the sealed test split, {trial} is {words.verdict_sentence(verdict)}"


def opened_tests(snapshot: Snapshot) -> list[str]:
    """One sentence for each opening of the sealed test split."""
    lines = []
    for count, opening in enumerate(snapshot.state.openings, start=1):
        again = "" if count == 1 else f" (opening number {count}, asked for by name)"
        reason = words.one_line(opening.reason)
        lines.append(f"opened for {opening.trial}{again}{': ' + reason if reason else ''}")
    return lines
