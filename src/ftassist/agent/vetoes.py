"""Vetoes and their reasons: what may not be proposed and until when, and what is wished for.

Two things follow from a veto. The vetoed change itself (its key) is not proposed again until the
evidence changes: a trial judged after the veto, that the new proposal rests on, with another
verdict than the trial the vetoed one started from. And its reason, as it is understood
(`agent/reasons.py`), is a standing order until the person says otherwise: what is to be avoided
is kept out, and what is to be tried comes next, until a trial has tried it. Whether a change does
either is computed from its cells, never taken from its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ftassist.agent.context import Context, Veto
from ftassist.agent.difference import difference
from ftassist.agent.knobs import matches
from ftassist.agent.reasons import read_reason
from ftassist.agent.sets import SetView
from ftassist.records.proposal import Evidence
from ftassist.records.understanding import Understanding, Wish

Cells = Mapping[str, str]
_SIDES = frozenset({"data", "training"})


@dataclass(frozen=True)
class Ban:
    """What a veto's reason keeps out.

    Attributes:
        avoid: What may not be proposed.
    """

    veto: Veto
    avoid: tuple[Wish, ...] = ()

    @property
    def sets(self) -> frozenset[str]:
        """Raw sets that may not be added."""
        found = [wish.key for wish in self.avoid if wish.key.startswith("set:")]
        return frozenset(key.removeprefix("set:") for key in found)

    def broken(self, keys: frozenset[str]) -> tuple[Wish, ...]:
        """What of it a change with these keys would do all the same."""
        return tuple(wish for wish in self.avoid if matches(wish.key, keys))


@dataclass(frozen=True)
class UntriedWish:
    """Something a person asked for that no trial has tried since."""

    veto: Veto
    wish: Wish


def understanding(veto: Veto, sets: Mapping[str, SetView]) -> Understanding:
    """How the reason of a veto is understood: as it was recorded, else as its words are read."""
    return veto.understood or read_reason(veto.reason, sets)


def read_bans(context: Context, sets: Mapping[str, SetView]) -> tuple[Ban, ...]:
    """The bans that the reasons of all vetoes amount to.

    What a later veto asks for is ruled out no more.
    """
    bans: list[Ban] = []
    asked: list[str] = []
    for veto in reversed(context.vetoes):
        read = understanding(veto, sets)
        kept = tuple(w for w in read.avoid if not any(matches(w.key, [key]) for key in asked))
        bans.append(Ban(veto, kept))
        asked += [wish.key for wish in read.try_]
    return tuple(reversed(bans))


def open_wishes(context: Context, sets: Mapping[str, SetView]) -> tuple[UntriedWish, ...]:
    """What people asked for and nothing has tried since, the newest veto first.

    What a later veto rules out is asked for no more, and what it asks for again is its own.
    """
    found: list[UntriedWish] = []
    later: list[str] = []
    for veto in reversed(context.vetoes):
        tried = _tried_since(context, veto)
        read = understanding(veto, sets)
        found += [
            UntriedWish(veto, wish)
            for wish in read.try_
            if not any(matches(wish.key, keys) for keys in tried)
            and not any(matches(key, [wish.key]) for key in later)
        ]
        later += [wish.key for wish in (*read.avoid, *read.try_)]
    return tuple(found)


def with_wish(context: Context) -> Context:
    """The same, with what a proposal is asked for in words as the newest word of a person.

    It stands among the vetoes as one of no trial: what it asks for comes first, what it speaks
    against stays out, and nothing before it counts as having tried it.
    """
    if not context.wish or any(not veto.trial for veto in context.vetoes):
        return context
    asked = Veto(trial="", key="", description="", reason=context.wished, actor="")
    return replace(context, vetoes=(*context.vetoes, asked))


def keys_of(
    context: Context, parent: str, cells: Cells, veto: Veto | None = None
) -> frozenset[str]:
    """The keys that a change goes by, seen from its parent.

    A first training has nothing before it: there it is also compared with the vetoed one.
    """
    before = context.trials[parent].cells if parent in context.trials else {}
    keys = difference(before, cells).keys
    if any(before.get(stage, "").strip() for stage in ("curate", "train")):
        return keys
    keys -= _SIDES
    vetoed = context.trials.get(veto.trial) if veto else None
    if vetoed is not None and vetoed.parent == parent:
        keys |= difference(vetoed.cells, cells).keys
    return keys


def still_vetoed(
    context: Context, key: str, evidence: Sequence[Evidence], parent: str
) -> Veto | None:
    """The veto that keeps this change out, or None when there is none or the evidence changed."""
    for veto in reversed(context.vetoes):
        if veto.key == key and not _changed(context, veto, evidence, parent):
            return veto
    return None


def _changed(context: Context, veto: Veto, evidence: Sequence[Evidence], parent: str) -> bool:
    """Whether a trial judged since the veto speaks differently than the one it rested on."""
    old = context.trials.get(veto.parent)
    before = old.verdict if old else ""
    for name in dict.fromkeys([parent, *(item.trial for item in evidence)]):
        view = context.trials.get(name)
        if view is None or not view.verdict or name in veto.seen or name in veto.evidence:
            continue
        if view.verdict != before:
            return True
    return False


def _tried_since(context: Context, veto: Veto) -> list[frozenset[str]]:
    """The keys of what was proposed after a veto."""
    if not veto.trial:
        return []
    later = [
        v for v in context.trials.values() if v.parent and _number(v.id) > _number(veto.trial)
    ]
    return [keys_of(context, str(view.parent), view.cells, veto) for view in later]


def _number(trial: str) -> int:
    return int(trial[1:]) if trial[1:].isdigit() else 0
