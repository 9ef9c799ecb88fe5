"""What a clause speaks of: raw sets by name, flaws of sets, knobs; with the words around each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ftassist.agent.knobs import KNOBS, Knob
from ftassist.agent.sets import SetView
from ftassist.agent.words import stem, words

_FLAWS = (
    (
        re.compile(
            r"(?:(?:answers?|rows|examples) )?without (?:any |showing )?(?:their )?"
            r"(?:work(?:ing)?|steps|reason\w*|explanations?)"
            r"|bare answers?|only answers|answers only"
        ),
        "no work",
    ),
    (
        re.compile(
            r"nois[ye] (?:sets?|sources?|labels|rows|data)|wrong labels|mislabel\w*"
            r"|unreviewed(?: \w+)?"
        ),
        "noisy",
    ),
    (re.compile(r"duplicates|duplicated(?: rows)?|repeats|repeated rows"), "repeats"),
    (re.compile(r"off[ -]topic(?: (?:sets?|rows|data))?"), "off topic"),
)
_DEDUP = next(knob for knob in KNOBS if knob.key == "curate.deduplicate")
_TOO_COMMON = frozenset(stem(w) for w in ("set", "row", "data", "train", "use", "source", "more"))
_REFUSED = re.compile(
    r"\b(?:no|never|avoid|exclude|drop|remove|skip|without|against|do ?n'?t|do not|stop|"
    r"leave out|too much|too many)\b(?:\s+(?:use|using|any|more|the|train|training|on|with|of))*"
    r"\s+((?:[\w'-]+\s*){1,3})"
)
_ONLY = re.compile(
    r"\b(?:only|nothing but)\s+(?:use\s+|the\s+|train on\s+)*([\w-]+)\s+"
    r"(?:sets?|sources?|data|rows|examples)\b"
)
_PRONOUN = re.compile(r"\b(?:use|add|touch|train on|drop) (them|it|those|that|this)\b")
_VERB = re.compile(
    r"(?:de-?dup(?:licate)?|remove|(?:re-?)?balance|filter|merge|average|sort|decontaminate|distil)\b"
)
_VALUE_AFTER = re.compile(
    r"^\s*(?:of|to|=|at|:|by)?\s*(\d[\d,]*\.?\d*(?:e[-+]?\d+)?|\.\d+)(?![\w%-])"
)
_VALUE_BEFORE = re.compile(r"(?<![\w.-])(\d[\d,]*\.?\d*(?:e[-+]?\d+)?)\s*$")


@dataclass(frozen=True)
class Mention:
    """Something that a clause speaks of.

    Attributes:
        kind: "set", "sets" (several, by a flaw or a word of their cards), "only" (none but
            these), "flaw" (a flaw that no set has), or a knob's kind.
        knob: The knob, if it is one.
        names: The sets.
        words: What was said.
        before: The clause from the mention before it up to it.
        after: The clause from it on, up to the next.
        value: A number that stands with it.
        verb: Whether it is a verb that asks for itself ("deduplicate").
        turns: Whether the next clause refuses something else: "this, not that".
    """

    kind: str
    knob: Knob | None
    names: tuple[str, ...]
    words: str
    before: str
    after: str
    value: float | None = None
    verb: bool = False
    turns: bool = False


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    kind: str
    knob: Knob | None = None
    names: tuple[str, ...] = ()


def find_mentions(
    text: str, sets: Mapping[str, SetView], last: Mention | None = None
) -> list[Mention]:
    """The mentions of a clause, from left to right; `last` is what pronouns stand for."""
    taken: list[_Mention] = []
    for found in _candidates(text, sets, last):
        if all(found.end <= other.start or found.start >= other.end for other in taken):
            taken.append(found)
    taken = _merged(text, sorted(taken, key=lambda f: f.start))
    made = []
    for place, found in enumerate(taken):
        start = taken[place - 1].end if place else 0
        end = taken[place + 1].start if place + 1 < len(taken) else len(text)
        before, after = text[start : found.start], text[found.end : end]
        said = text[found.start : found.end]
        verb = bool(_VERB.match(said)) and not before.strip()
        value = _value(before, after) if found.knob and found.knob.kind == "number" else None
        made.append(Mention(found.kind, found.knob, found.names, said, before, after, value, verb))
    return made or _by_card(text, sets)


def _candidates(
    text: str, sets: Mapping[str, SetView], last: Mention | None
) -> Iterator[_Mention]:
    for name in sorted(sets, key=len, reverse=True):
        spoken = re.escape(name.lower()).replace("_", "[ _-]")
        for match in re.finditer(rf"(?<!\w){spoken}(?!\w)", text):
            yield _Mention(match.start(), match.end(), "set", None, (name,))
    for match in re.finditer(rf"(?<![\w-])(?:{_DEDUP.pattern})(?![\w-])", text):
        yield _Mention(match.start(), match.end(), _DEDUP.kind, _DEDUP)
    for pattern, flaw in _FLAWS:
        for match in pattern.finditer(text):
            names = tuple(name for name, view in sets.items() if _has(view, flaw))
            yield _Mention(match.start(), match.end(), "sets" if names else "flaw", None, names)
    for knob in KNOBS:
        for match in re.finditer(rf"(?<![\w-])(?:{knob.pattern})(?![\w-])", text):
            yield _Mention(match.start(), match.end(), knob.kind, knob)
    if last is not None:
        for match in _PRONOUN.finditer(text):
            yield _Mention(match.start(1), match.end(1), last.kind, last.knob, last.names)


def _merged(text: str, found: list[_Mention]) -> list[_Mention]:
    """Rows of a set, and a set's rows, are one mention of the set."""
    kept: list[_Mention] = []
    for one in found:
        before = kept[-1] if kept else None
        if before is not None and _apposed(text[before.end : one.start], before, one):
            named = before if before.kind == "set" else one
            kept[-1] = _Mention(before.start, one.end, "set", None, named.names)
            continue
        kept.append(one)
    return kept


def _apposed(between: str, one: _Mention, other: _Mention) -> bool:
    rows = ("curate.load:rows", "data")
    first, second = (found.knob.key if found.knob else "" for found in (one, other))
    if first in rows and other.kind == "set":
        return between.strip() in ("of", "from", "of the")
    return one.kind == "set" and second in rows and not between.strip()


def _has(view: SetView, flaw: str) -> bool:
    return {
        "no work": view.worked < 0.3,
        "noisy": (view.label_error or 0.0) >= 0.08,
        "repeats": view.repeated >= 0.3,
        "off topic": view.fits < 0.3 or view.topic < 0.2,
    }[flaw]


def _by_card(text: str, sets: Mapping[str, SetView]) -> list[Mention]:
    """Sets whose card has a word that a clause refuses, or wants alone, if not every card has."""
    if only := _ONLY.search(text):
        names = _with_word(only.group(1), sets)
        if names:
            return [Mention("only", None, names, only.group(1), text[: only.start(1)], "")]
    for match in _REFUSED.finditer(text):
        for word in match.group(1).split():
            if names := _with_word(word, sets):
                return [Mention("sets", None, names, word, text[: match.start(1)], "")]
    return []


def _with_word(word: str, sets: Mapping[str, SetView]) -> tuple[str, ...]:
    wanted = set(words(word)) - _TOO_COMMON
    having = tuple(
        name
        for name, view in sets.items()
        if wanted and wanted <= set(words(f"{name} {view.card}"))
    )
    return having if 0 < len(having) <= max(1, len(sets) // 2) else ()


def sets_with(word: str, sets: Mapping[str, SetView]) -> tuple[str, ...]:
    """The sets whose card has a word, if not every other card has it."""
    return _with_word(word, sets)


def _value(before: str, after: str) -> float | None:
    match = _VALUE_AFTER.search(after) or _VALUE_BEFORE.search(before)
    return float(match.group(1).replace(",", "")) if match else None
