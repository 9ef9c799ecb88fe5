"""From what is spoken of and how, to what is to be avoided and what is to be tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ftassist.agent.knobs import METHODS, NUMBERS, Knob, set_wish
from ftassist.agent.mentions import Mention, sets_with
from ftassist.agent.sets import SetView
from ftassist.numerals import plain
from ftassist.records.understanding import Wish

if TYPE_CHECKING:
    from ftassist.agent.knobs import Direction

Wishes = tuple[list[Wish], list[Wish]]
"""What to avoid, and what to try."""
_ROWS = next(knob for knob in NUMBERS if knob.key == "curate.load:rows")


@dataclass(frozen=True)
class Sign:
    """What the words around a mention say of it."""

    no: bool = False
    double: bool = False
    keep: bool = False
    remove: bool = False
    only: bool = False
    yes: bool = False
    change: bool = False
    excess: bool = False
    lack: bool = False
    direction: str = ""
    bad: bool = False

    @property
    def silent(self) -> bool:
        """Whether they say nothing."""
        return self == Sign()

    @property
    def only_direction(self) -> bool:
        """Whether they say no more than which way it should go."""
        return bool(self.direction) and replace(self, direction="") == Sign()

    def turned(self) -> Sign:
        """The other half of "not this, that"."""
        return Sign(yes=True)


def resolve(mention: Mention, sign: Sign, sets: Mapping[str, SetView]) -> Wishes:
    """What a mention amounts to; two empty lists where it cannot be told."""
    if mention.kind == "number":
        assert mention.knob is not None
        return _number(mention.knob, sign, mention.value)
    if mention.kind == "side":
        assert mention.knob is not None
        return _side(mention.knob, sign)
    if mention.kind == "method":
        assert mention.knob is not None
        return _method(mention.knob, sign)
    if mention.kind == "switch":
        assert mention.knob is not None
        return _switch(mention.knob, sign, mention.verb, sets)
    if mention.kind in ("only", "flaw"):
        return [], []
    return _sets(mention, sign)


def _number(knob: Knob, sign: Sign, value: float | None) -> Wishes:
    way: Direction = "any"
    if sign.direction in ("up", "down"):
        way = "up" if sign.direction == "up" else "down"
    elif sign.remove:
        way = "down"
    if sign.excess or sign.lack:
        wrong, right = ("up", "down") if sign.excess else ("down", "up")
        avoid = [knob.wish("up" if wrong == "up" else "down")]
        if value is not None:
            return avoid, [Wish(knob.key, f"{knob.words} {plain(value)}", value)]
        return avoid, [] if sign.no else [knob.wish("up" if right == "up" else "down")]
    if sign.keep:
        held = Wish(knob.key, f"any change of the {knob.words}")
        return ([], [knob.wish()]) if sign.no else ([held], [])
    if sign.no:
        words = knob.wish(way) if way != "any" else Wish(knob.key, f"changes of the {knob.words}")
        return ([], []) if value is not None and way == "any" else ([words], [])
    if sign.bad:
        return ([knob.wish(way)], []) if way != "any" else ([], [])
    if value is not None and way == "any":
        return [], [Wish(knob.key, f"{knob.words} {plain(value)}", value)]
    if way != "any":
        wish = knob.wish(way, value)
        told = wish.words if value is None else f"{wish.words} ({plain(value)})"
        return [], [replace(wish, words=told)]
    return [], [knob.wish()] if sign.yes or sign.change or sign.only else []


def _side(knob: Knob, sign: Sign) -> Wishes:
    if knob.key == "data" and (sign.direction or sign.lack or sign.excess):
        return _number(_ROWS, sign, None)
    held = Wish(knob.key, f"any change of {knob.words}")
    if sign.no or sign.keep:
        return ([], [held]) if sign.no and sign.keep else ([held], [])
    if sign.bad or sign.remove:
        return [], []
    wanted = Wish(knob.key, f"a change of {knob.words}")
    return [], [wanted] if sign.yes or sign.change or sign.only else []


def _method(knob: Knob, sign: Sign) -> Wishes:
    others = [Wish(other.key, other.words) for other in METHODS if other.key != knob.key]
    if sign.keep and not sign.no:
        return others, []
    if sign.no and (sign.keep or sign.remove):
        return (others, []) if sign.remove else ([], others[:0])
    if sign.no or sign.remove or sign.excess or sign.bad:
        return [knob.wish()], []
    wanted = sign.yes or sign.change or sign.only or sign.direction == "up"
    return [], [knob.wish()] if wanted else []


def _switch(knob: Knob, sign: Sign, verb: bool, sets: Mapping[str, SetView]) -> Wishes:
    out = Wish(f"{knob.key}:remove", f"leaving out {knob.words}")
    if (sign.keep and not sign.no) or (sign.no and sign.remove):
        return [out], []
    if sign.no and sign.keep:
        return [], [out]
    against = sign.no or sign.excess or sign.bad or sign.direction == "down"
    if against or (sign.remove and not knob.key.startswith("curate.")):
        named = sets_with("synthetic", sets) if knob.key == "curate.synthesise" else ()
        return [knob.wish(), *map(set_wish, named)], []
    if sign.remove:
        return [], [out]
    wanted = sign.yes or sign.change or sign.only or sign.lack or verb or sign.direction == "up"
    return [], [knob.wish()] if wanted else []


def _sets(mention: Mention, sign: Sign) -> Wishes:
    names = mention.names
    by_flaw = mention.kind == "sets"
    if by_flaw:
        # A flaw is named to be refused; nobody asks for noisy rows.
        return ([], []) if sign.yes and not sign.no else ([set_wish(n) for n in names], [])
    if (sign.keep and not sign.no) or (sign.no and sign.remove):
        kept = [Wish(f"curate.load:drop:{n}", f"leaving {n} out") for n in names]
        return [*kept, *(Wish(f"curate.load:swap:{n}", f"swapping {n}") for n in names)], []
    if sign.no or sign.remove or sign.excess or sign.bad or sign.keep:
        return [set_wish(n) for n in names], []
    if sign.direction == "down":
        return [], [Wish(f"curate.load:less:{n}", f"fewer rows of {n}") for n in names]
    wanted = sign.yes or sign.change or sign.lack or sign.only or sign.direction == "up"
    return [], [set_wish(n) for n in names] if wanted else []
