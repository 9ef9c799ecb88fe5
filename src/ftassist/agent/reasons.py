"""How the reason of a veto is understood: what to avoid, what to try, or a note for the agent.

Both halves of a sentence count ("no more rows, change the learning rate instead"). What is not
understood rules nothing out and is carried as text. Reads words by rules only, in English; a model
that reads better, or the person, may put its reading in this one's place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ftassist.agent import clauses
from ftassist.agent.clauses import Clause
from ftassist.agent.knobs import matches, set_wish
from ftassist.agent.mentions import Mention, find_mentions
from ftassist.agent.resolution import Sign, resolve
from ftassist.agent.sets import SetView
from ftassist.records.understanding import Understanding, Wish


def read_reason(reason: str, sets: Mapping[str, SetView]) -> Understanding:
    """What a reason says, as far as it can be told from its words.

    >>> read_reason("no more rows, change the learning rate instead", {})["try"]
    [{'key': 'train.learning_rate', 'words': 'another learning rate'}]
    """
    text = clauses.plain_text(reason)
    if not clauses.readable(text):
        return Understanding()
    reading = _Reading(sets)
    for sentence in clauses.sentences(text):
        reading.read(clauses.clauses(sentence))
    return reading.result()


@dataclass
class _State:
    """What the clause before said, for one that has no cue of its own."""

    sign: Sign | None = None
    cue: str = ""
    kind: str = ""


class _Reading:
    """A reason while it is read."""

    def __init__(self, sets: Mapping[str, SetView]) -> None:
        self._sets = sets
        self._avoid: dict[str, Wish] = {}
        self._try: dict[str, Wish] = {}
        self._only: set[str] = set()
        self._unclear = False
        self._last: Mention | None = None

    def result(self) -> Understanding:
        """What was understood; a reason that contradicts itself is a note."""
        others = [name for name in self._sets if self._only and name not in self._only]
        self._avoid.update({wish.key: wish for wish in map(set_wish, others)})
        avoid, attempt = tuple(self._avoid.values()), tuple(self._try.values())
        if self._unclear or any(matches(a.key, [t.key]) for a in avoid for t in attempt):
            return Understanding()
        return Understanding(avoid, attempt)

    def read(self, found: Sequence[Clause]) -> None:
        """Takes in a sentence."""
        state = _State()
        for place, clause in enumerate(found):
            mentions = find_mentions(clause.text, self._sets, self._last)
            listed = any(later.joint in ("or", "nor") for later in found[place : place + 4])
            turns = place + 1 < len(found) and found[place + 1].joint in AGAINST
            for number, mention in enumerate(mentions):
                joint = clause.joint if number == 0 else "and"
                if turns and number == len(mentions) - 1 and not joint:
                    mention = replace(mention, turns=True)
                state = self._mention(mention, joint, listed, state)
                self._last = mention

    def _mention(self, mention: Mention, joint: str, listed: bool, state: _State) -> _State:
        sign = _sign_of(mention, joint)
        if sign.double:
            self._unclear = True
            return state
        inherited = _inherited(mention, sign, joint, listed, state)
        if inherited == "unclear":
            self._unclear = True
            return state
        if isinstance(inherited, Sign):
            sign = inherited
        if mention.kind == "only" or (mention.kind == "set" and sign.only and not sign.no):
            self._only.update(mention.names)
        avoid, attempt = resolve(mention, sign, self._sets)
        self._avoid.update({wish.key: wish for wish in avoid})
        self._try.update({wish.key: wish for wish in attempt})
        if not avoid and not attempt:
            return state
        cue = _ARTICLES.sub(" ", f"{joint} {mention.before}").strip()
        return _State(sign, cue, mention.kind)


def _sign_of(mention: Mention, joint: str) -> Sign:
    """What the words around a mention say of it."""
    before, after = clauses.cues(mention.before), clauses.cues(mention.after)
    no = before.count("no") + (joint in AGAINST)
    steers = mention.kind in ("number", "side")
    problem = bool(clauses.PROBLEM.search(mention.after)) and "no" not in after
    bad = (
        (problem and not steers)
        or bool(clauses.BAD.search(mention.after))
        or (bool(clauses.BAD.search(mention.before)) and "no" not in before)
    )
    directions = [cue for cue in before if cue in ("up", "down")]
    directions = directions or [cue for cue in after if cue in ("up", "down")]
    return Sign(
        no=no > 0 or "no" in after,
        double="double" in before or no > 1,
        keep="keep" in before or ("keep" in after and "up" not in before),
        remove="remove" in before,
        only="only" in before,
        yes="yes" in before
        or "yes" in after
        or mention.turns
        or (problem and steers)
        or bool(clauses.GOOD.search(mention.after)),
        change="change" in before or "change" in after,
        excess="excess" in before or "excess" in after,
        lack="lack" in before or "lack" in after,
        direction=directions[-1] if directions else "",
        bad=bad,
    )


_ARTICLES = re.compile(r"\b(?:the|a|an|any|some|on|,)\b|,")
AGAINST = ("than", "instead of", "rather than", "in place of", "and not", "not")


def _inherited(
    mention: Mention, sign: Sign, joint: str, listed: bool, state: _State
) -> Sign | str | None:
    """The sign that the clause before hands on; "unclear" where it cannot be told; else None."""
    before = state.sign
    if before is None or joint in ("", *AGAINST):
        return None
    silent = sign.silent and mention.value is None
    only_direction = sign.only_direction
    if joint in ("or", "nor") or (joint == "," and listed and before.no):
        if silent:
            return replace(before, direction=before.direction)
        return replace(before, direction=sign.direction) if only_direction and before.no else None
    if joint == "and":
        if silent:
            return before
        same = only_direction and before.no and before.direction == sign.direction
        return "unclear" if same else None
    if (
        not silent
        or mention.verb
        or _ARTICLES.sub("", mention.before + mention.after).strip(" .!")
    ):
        return None
    if joint == "but":
        return before.turned() if before.no else None
    if before.no and (state.cue in ("not", "") or state.kind == mention.kind == "method"):
        return before.turned()
    # "no rows, learning rate": refused as well, or wanted instead?
    return "unclear" if before.no and state.cue == "no" else before


def spoken(understood: Understanding) -> str:
    """How a reason was understood, in one line."""
    if understood.note:
        return "kept as a note for the agent; no change is ruled out by it"
    lists = (("avoid", understood.avoid), ("try", understood.try_))
    told = [
        f"{name}: {', '.join(one.words for one in wishes)}" for name, wishes in lists if wishes
    ]
    return " · ".join(told)


def named(text: str, sets: Mapping[str, SetView], known: Sequence[Wish]) -> Wish | None:
    """The wish that a person names when correcting: a key, its words, or a phrase.

    A key or words of `known` are taken as they are; anything else is read as what to try.
    """
    wanted = " ".join(text.lower().split())
    for wish in known:
        if wanted in (wish.key.lower(), wish.words.lower(), wish.key.lower().removeprefix("set:")):
            return wish
    read = read_reason(f"try {re.sub(r'^(?:any|the) ', '', wanted)}", sets)
    return read.try_[0] if len(read.try_) == 1 and not read.avoid else None
