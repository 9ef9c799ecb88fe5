"""A folded state as it is to be told: what older journals did not write down is derived here.

Edited trials speak for the person who edited them (`agent/edited.py`), and the reason of every
veto has a reading (`agent/reasons.py`). Pure, and cheap where there is nothing to derive.
"""

from __future__ import annotations

from dataclasses import replace

from ftassist.agent.edited import as_run
from ftassist.agent.reasons import read_reason
from ftassist.agent.sets import known_sets
from ftassist.journal.state import State
from ftassist.records.decision import Decision
from ftassist.records.understanding import Understanding


def as_told(state: State) -> State:
    """The state with all that follows from it; the same object where that is nothing."""
    return with_readings(as_run(state))


def with_readings(state: State) -> State:
    """The state with a reading of every veto's reason; those that were recorded stand."""
    unread = [veto for veto in state.vetoes if not veto.understood]
    if not unread:
        return state
    sets = known_sets(state.profiles, lambda: None)
    read = {veto.trial: read_reason(veto.reason, sets) for veto in unread}
    vetoes = tuple(
        veto if veto.understood else replace(veto, understood=read[veto.trial])
        for veto in state.vetoes
    )
    trials = {
        name: replace(
            trial,
            decision=_with(trial.decision, read[name]),
            decisions=tuple(_with(made, read[name]) for made in trial.decisions),
        )
        if name in read
        else trial
        for name, trial in state.trials.items()
    }
    return replace(state, vetoes=vetoes, trials=trials)


def _with(decision: Decision, read: Understanding) -> Decision:
    return replace(decision, understood=read) if decision.kind == "veto" else decision
