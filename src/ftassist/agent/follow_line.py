"""How a proposal follows the vetoes before it, in one line, computed from its cells.

It says only what is so: a wish that is met is named with the change that meets it, one that is not
met is said not to be, and what was ruled out and comes all the same is called by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ftassist.agent.context import Context, Veto
from ftassist.agent.difference import Difference, difference
from ftassist.agent.knobs import matches
from ftassist.agent.plan import Plan
from ftassist.agent.reasons import read_reason
from ftassist.agent.sets import read_sets
from ftassist.agent.vetoes import (
    Ban,
    Cells,
    UntriedWish,
    keys_of,
    open_wishes,
    read_bans,
    understanding,
)
from ftassist.records.understanding import Wish

LONGEST = 400
_UNTRIED = ("vetoed", "set_aside", "proposed")


def follow_line(context: Context, parent: str, cells: Cells) -> str:
    """How a new proposal follows; "" where no veto asks for anything.

    Args:
        context: What the proposal was made from.
        parent: The trial it starts from.
    """
    sets = read_sets(context.profiles, context.task)
    wishes = open_wishes(context, sets)

    def keys(veto: Veto) -> frozenset[str]:
        return keys_of(context, parent, cells, veto)

    met = [
        one
        for one in wishes
        if matches(one.wish.key, keys(one.veto)) or _has_value(one.wish, cells)
    ]
    changes = [_change(context, parent, cells, one) for one in met]
    parts = [f"{text} (your wish)" for text in dict.fromkeys(changes)]
    latest = _latest(context)
    bans = {ban.veto.trial: ban for ban in read_bans(context, sets)}
    for veto in latest:
        ban = bans[veto.trial]
        note = understanding(veto, sets).note
        parts += _told(veto, ban, ban.broken(keys(veto)), note=note)
    missed = [one.wish for one in reversed(wishes) if one.veto in latest and one not in met]
    if missed:
        parts.append(f"does not try {_listed(missed)} yet")
    text = " · ".join(parts)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def wish_line(context: Context, parent: str, cells: Cells, *, by_rules: bool) -> str:
    """How a new proposal meets what it was asked for in words; "" where nobody did.

    Args:
        context: What the proposal was made from.
        parent: The trial it starts from.
        by_rules: Whether rules made it, which follow only what they can read.
    """
    if not context.wish:
        return ""
    read = read_reason(context.wished, read_sets(context.profiles, context.task))
    if read.note:
        return "your wish was not understood by the rules" if by_rules else ""
    keys = keys_of(context, parent, cells)
    met = [w for w in read.try_ if matches(w.key, keys) or _has_value(w, cells)]
    missed = [w for w in read.try_ if w not in met]
    against = [w for w in read.avoid if matches(w.key, keys)]
    parts = [f"{_listed(met)} (your wish)"] if met else []
    parts += [f"does not try {_listed(missed)} yet"] if missed else []
    parts += [f"against your wish: {_listed(against)}"] if against else []
    return " · ".join(parts)


def _told(veto: Veto, ban: Ban, broken: Sequence[Wish], *, note: bool) -> list[str]:
    """What else is to be said of one veto."""
    if note:
        return [f"your reason for the veto of {veto.trial} is kept as a note"]
    heeded = [wish for wish in ban.avoid if wish not in broken]
    parts = []
    if broken:
        parts.append(f"against your veto of {veto.trial}: {_listed(broken)}")
    if heeded:
        parts.append(f"avoids {_listed(heeded)} (your veto of {veto.trial})")
    return parts


def _has_value(wish: Wish, cells: Cells) -> bool:
    """Whether cells hold the value that was named, be it within another method."""
    name = wish.key.removeprefix("train.").partition(":")[0]
    return wish.value is not None and Plan.of(cells).training.get(name) == wish.value


def _latest(context: Context) -> list[Veto]:
    """The vetoes since the last trial that anybody let run."""
    run = [view.id for view in context.trials.values() if view.status not in _UNTRIED]
    run += [brief.id for brief in context.others if brief.status not in _UNTRIED]
    last = max((int(name[1:]) for name in run), default=0)
    return [veto for veto in context.vetoes if int(veto.trial[1:]) > last]


def _change(context: Context, parent: str, cells: Cells, one: UntriedWish) -> str:
    """What changes, where it is what was wished for."""
    before = context.trials[parent].cells if parent in context.trials else {}
    texts = _texts(difference(before, cells), one.wish)
    vetoed = context.trials.get(one.veto.trial)
    if not texts and vetoed is not None:
        texts = _texts(difference(vetoed.cells, cells), one.wish)
    return ", ".join(texts) or one.wish.words


def _texts(found: Difference, wish: Wish) -> list[str]:
    return [part.text for part in found.parts if matches(wish.key, part.keys)]


def _listed(wishes: Iterable[Wish]) -> str:
    return ", ".join(dict.fromkeys(wish.words for wish in wishes))
