"""What a campaign is expected to cost from here to its end, from what was measured in it.

Trials are priced by those that ran, else by the proposal that waits, else by a training of a few
steps; the finalist's seeds, the general panel and the sealed test by what scoring took. Nothing is
done, spent or written. What nothing measured tells is None, never a guess.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ftassist.agent.cost import speed_of, supervised_work
from ftassist.agent.situation import Situation
from ftassist.agent.time_record import off_by, seconds_of
from ftassist.campaign import general
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.proposing import context
from ftassist.errors import FtassistError
from ftassist.journal.state import BASE, HOUR, State, Trial
from ftassist.records.plan import OffBy, PartName, PlanPart

USUAL_EPOCHS = 2.0
"""Of a training of which nothing is known yet."""


@dataclass(frozen=True)
class Each:
    """What one trial is expected to cost.

    Attributes:
        seconds: Of one trial; None where nothing tells.
        low: The same as low as it may well be.
        high: The same as high as it may well be.
        basis: What that rests on, in words.
        memory_mb: Its peak memory.
        tokens: Tokens it trains on.
    """

    seconds: float | None
    low: float | None
    high: float | None
    basis: str
    memory_mb: float | None = None
    tokens: float | None = None


@dataclass(frozen=True)
class CostPlan:
    """What a campaign is expected to cost from here on.

    Attributes:
        parts: What is still to be done, in order.
        each: What one trial is expected to cost.
        off: How far off earlier estimates were.
        usd: For calls of the agent's models; None where nothing tells.
        device_hours: Of the parts that count against that cap, as far as they are known.
        ends: Which cap is expected to end it before its trials are used; "" for none.
    """

    parts: tuple[PlanPart, ...]
    each: Each
    off: OffBy | None
    usd: float | None
    device_hours: float | None
    ends: str

    def total(self, name: str) -> float | None:
        """The sum of the parts that are known, of "seconds", "low" or "high"; None for none."""
        known = [value for part in self.parts if (value := getattr(part, name)) is not None]
        return sum(known) if known else None

    @property
    def whole(self) -> bool:
        """Whether all parts are known."""
        return all(part.seconds is not None for part in self.parts)


def plan(campaign: Campaign) -> CostPlan:
    """What is still to be done in a campaign that goes on by itself, and what it will cost."""
    state = campaign.refresh()
    off = off_by(state.trials.values())
    each = _each(campaign, state, off)
    parts = tuple(_parts(campaign, state, each))
    counted = [p for p in parts if p.name in ("base", "trials", "seeds") and p.seconds is not None]
    devices = max((trial.devices for trial in state.trials.values()), default=1)
    held = sum(p.seconds or 0.0 for p in counted) * devices / HOUR if counted else None
    usd = _usd(state)
    return CostPlan(parts, each, off, usd, held, _ends(state, each, devices, usd))


def trials_left(state: State) -> int:
    """Trials of the budget that have not run yet; those that wait to run are among them."""
    waiting = sum(t.role == "trial" for t in state.with_status("accepted", "running"))
    return max(0, state.budget.trials - state.trials_used) + waiting


def _each(campaign: Campaign, state: State, off: OffBy | None) -> Each:
    scored = (t for t in state.with_status("scored") if t.role == "trial")
    ran = [t for t in scored if seconds_of(t) > 0]
    pending = [t for t in state.pending if t.proposal.estimate.seconds]
    if ran:
        return _as_before(ran)
    if pending:
        told = pending[0].proposal.estimate
        basis = f"as {pending[0].id}, which waits, is estimated"
        return _within(told.seconds or 0.0, off, basis, told.memory_mb, told.tokens)
    at = Situation.of(context(campaign, BASE), BASE)
    speed = speed_of(at)
    if speed is None:
        return Each(None, None, None, "not known before a few steps are measured")
    rows = {name: min(found.rows, at.row_cap) for name, found in at.sets.items()}
    whole = sum(rows.values())
    used = min(whole, at.row_cap) if whole else at.row_cap
    share = used / whole if whole else 1.0
    mix = {name: count * share for name, count in rows.items()} or {"": float(used)}
    work = supervised_work(mix, at, USUAL_EPOCHS)
    basis = f"a training on {used:,} rows, twice over, by the speed that is known here"
    measured = at.context.speed
    memory = round(measured.peak_memory / 2**20, 1) if measured.peak_memory else None
    tokens = work if measured.tokens_a_row else None
    return _within(speed.seconds(work), off, basis, memory, tokens)


def _as_before(ran: Sequence[Trial]) -> Each:
    taken = sorted(seconds_of(t) for t in ran)
    memory = [peak for t in ran if (peak := t.outcome.peak_memory_mb)]
    told = [float(n) for t in ran if (n := t.proposal.estimate.tokens)]
    count = f"the {len(ran)} trials" if len(ran) > 1 else ran[0].id
    return Each(
        taken[len(taken) // 2],
        taken[0] if len(ran) > 1 else None,
        taken[-1] if len(ran) > 1 else None,
        f"as {count} before took",
        max(memory, default=None),
        sorted(told)[len(told) // 2] if told else None,
    )


def _within(
    seconds: float, off: OffBy | None, basis: str, memory: float | None, tokens: float | None
) -> Each:
    low, high = (seconds * off.low, seconds * off.high) if off else (None, None)
    return Each(seconds, low, high, basis, memory, tokens)


def _parts(campaign: Campaign, state: State, each: Each) -> Iterable[PlanPart]:
    if state.base.status != "scored":
        yield PlanPart("base", 1, None, None, None, "not known before it is scored")
    if left := trials_left(state):
        yield _times("trials", left, each)
    seeds = state.fresh_seeds
    done = len(state.replicates(state.finalist)) if state.finalist else 0
    if not state.claim and seeds > done:
        yield _times("seeds", seeds - done, each)
    if general.wanted(state):
        todo = len(general.missing(state, state.finalist)) if state.finalist else 2
        if todo:
            yield _scored("panel", todo, _panel_seconds(state, each), "as the panel took before")
    if not state.openings:
        item = _item_seconds(state)
        size = _test_items(campaign)
        whole = None if item is None or size is None else item * size
        told = f"{size or '?'} items each, as validation took"
        yield _scored("test", 2 + seeds, whole, told)


def _times(name: PartName, count: int, each: Each) -> PlanPart:
    def times(value: float | None) -> float | None:
        return None if value is None else round(count * value, 1)

    low, high = times(each.low), times(each.high)
    return PlanPart(name, count, times(each.seconds), low, high, each.basis)


def _scored(name: PartName, count: int, seconds: float | None, basis: str) -> PlanPart:
    told = basis if seconds is not None else "not known before something is scored"
    return _times(name, count, Each(seconds, None, None, told))


def _item_seconds(state: State) -> float | None:
    """Seconds of scoring one item: of the last trained model, else of the base."""
    for trial in reversed(list(state.trials.values())):
        found = trial.feedback
        if trial.status == "scored" and found.seconds and found.n:
            return float(found.seconds) / found.items
    return None


def _panel_seconds(state: State, each: Each) -> float | None:
    """Seconds of asking one model: as before, or as scoring takes; within what is allowed."""
    taken = [s for t in state.trials.values() if (s := t.general.seconds)]
    item = _item_seconds(state)
    if taken or item is None:
        return taken[-1] if taken else None
    whole = item * general.questions()
    return whole if each.seconds is None else min(whole, general.SHARE * each.seconds)


def _test_items(campaign: Campaign) -> int | None:
    try:
        return campaign.task.size("test")
    except (FtassistError, OSError):
        return None


def _usd(state: State) -> float | None:
    """Dollars for the trials that are left, as those before cost; 0 where no model is asked."""
    if state.settings.backend != "anthropic":
        return 0.0
    cost, used = state.calls.cost, state.trials_used
    if not cost or not used:
        return None
    return cost / used * trials_left(state)


def _ends(state: State, each: Each, devices: int, usd: float | None) -> str:
    """Which cap comes before the last trial, in words; "" where none is expected to."""
    left, budget = trials_left(state), state.budget
    if not left:
        return ""
    found: list[tuple[float, str]] = []
    if each.seconds:
        if budget.device_hours is not None:
            held = HOUR * (budget.device_hours - state.device_hours_used) / devices
            found.append((held / each.seconds, f"{budget.device_hours:g} device-hours"))
        seconds = budget.seconds - state.seconds_used
        found.append((seconds / each.seconds, f"{budget.seconds:g} s of trials"))
    if usd:
        dollars = budget.usd - state.calls.cost
        found.append((dollars / (usd / left), f"${budget.usd:g} for calls"))
    if not found:
        return ""
    least = min(found)
    fits = max(0, math.ceil(least[0]))
    if fits >= left:
        return ""
    return f"the cap of {least[1]} is expected to end it after {fits} of {left} more trials"
