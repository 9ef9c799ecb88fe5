"""The fold from events to state: pure and incremental.

`fold(state, events)` gives the state after the events and leaves its argument as it was, so any
process that has read the same events shows the same state. It reads no files and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable

from ftassist.journal.events import Event, Kind
from ftassist.journal.handlers import campaign, findings, proposals, trials
from ftassist.journal.handlers.draft import STATE_FIELDS, Draft
from ftassist.journal.state import State, Trial

_HANDLERS = {
    **campaign.HANDLERS,
    **proposals.HANDLERS,
    **trials.HANDLERS,
    **findings.HANDLERS,
}
_CREATES = frozenset({Kind.PROPOSAL_MADE, Kind.REPLICATE_MADE})


def fold(state: State, events: Iterable[Event]) -> State:
    """The state after `events`, which must follow `state.seq` without a gap.

    An event of an unknown kind, or one about a trial nobody proposed, changes nothing but the
    sequence number: a newer version's journal still opens.
    """
    draft = Draft({name: getattr(state, name) for name in STATE_FIELDS})
    seq = state.seq
    for event in events:
        seq = event.seq
        handler = _HANDLERS.get(event.kind)
        if handler is None:
            continue
        known = event.trial in draft.touched or event.trial in draft.state["trials"]
        if event.trial is not None and not known and event.kind not in _CREATES:
            continue
        handler(draft, event)
    if seq == state.seq:
        return state
    if draft.touched:
        built = {name: Trial(**values) for name, values in draft.touched.items()}
        draft.state["trials"] = {**draft.state["trials"], **built}
    draft.state["seq"] = seq
    return State(**draft.state)
