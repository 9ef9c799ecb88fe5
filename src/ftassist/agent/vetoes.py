"""Vetoes and their reasons: what may not be proposed, and until when.

Two things follow from a veto. The vetoed change itself (its key) is not proposed again until the
evidence changes: a trial judged after the veto, that the new proposal rests on, with another
verdict than the trial the vetoed one started from. And a reason that names something is a
standing order, until the person says otherwise. Reasons are matched word by word, by these rules:

- a set's name ("do not use worked_b"), with spaces or underscores, keeps that set out;
- a word of a set's card ("no synthetic rows") keeps out every set whose card has that word,
  when the reason says no, not, never, without, avoid, drop, stop, or the like, right before it;
- a few phrases stand for measured flaws: "bare answers", "without work", "only answers" (no work
  shown); "noisy", "wrong labels"; "duplicates", "repeats"; "off topic";
- an operator, argument or method ("balance", "learning rate", "epochs", "rank", "lora", "full")
  may not be changed; "keep X" and "stay with X" say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ftassist.agent.context import Context, Veto
from ftassist.agent.proposal import Evidence
from ftassist.agent.sets import SetView
from ftassist.agent.words import stem, words

_NO = r"(?:no|not|never|without|avoid|drop|stop|skip|exclude|remove|against|don't|dont|leave out)"
_KEEP = re.compile(r"\b(?:keep|stay with|stick to|leave)\b", re.IGNORECASE)
_AFTER_NO = re.compile(
    rf"\b{_NO}\b(?:\s+(?:use|using|any|more|the|train|on|with))*\s+([\w' -]+)", re.IGNORECASE
)
_FLAWS = (
    (
        re.compile(r"bare|without (?:any )?(?:work|steps|reason)|only answers|answers only", re.I),
        "no work",
    ),
    (re.compile(r"nois[ye]|wrong labels|mislabel|unreviewed", re.I), "noisy"),
    (re.compile(r"duplicat|repeat", re.I), "repeats"),
    (re.compile(r"off[ -]topic", re.I), "off topic"),
)
_SAMPLED = "curate.sample_answers"
_SUBJECTS = (
    (re.compile(r"learning[ _-]?rate|\blr\b", re.I), "train.learning_rate"),
    (re.compile(r"epoch|train(?:ing)? longer|longer training", re.I), "train.epochs"),
    (re.compile(r"\brank\b", re.I), "train.rank"),
    (re.compile(r"batch", re.I), "train.batch_size"),
    (re.compile(r"schedule|cosine", re.I), "train.schedule"),
    (re.compile(r"balanc", re.I), "curate.balance"),
    (re.compile(r"dedup", re.I), "curate.deduplicate"),
    (re.compile(r"filter[ _]?labels|label filter", re.I), "curate.filter_labels"),
    (re.compile(r"filter[ _]?length|length filter", re.I), "curate.filter_length"),
    (re.compile(r"decontaminat", re.I), "curate.decontaminate"),
    (re.compile(r"\bdpo\b|preference", re.I), "train.dpo"),
    (re.compile(r"\bkto\b", re.I), "train.kto"),
    (re.compile(r"\bgrpo\b|reinforcement|reward", re.I), "train.grpo"),
    (re.compile(r"distil|teacher", re.I), "train.distil"),
    (re.compile(r"rejection sampling|own answers|sample[ _]?answers", re.I), _SAMPLED),
    (re.compile(r"curriculum|short rows first|order of the rows", re.I), "train.order"),
    (re.compile(r"\bmerg(?:e|ing)\b|\bsoup|averag", re.I), "train.merge"),
    (re.compile(r"more rows|rows up|bigger data|more data", re.I), "curate.load:rows:up"),
)
_TOO_COMMON = frozenset(stem(w) for w in ("set", "row", "data", "train", "use", "source"))


@dataclass(frozen=True)
class Ban:
    """What a veto's reason keeps out.

    Attributes:
        veto: The veto.
        sets: Raw sets that may not be added.
        keys: Beginnings of change keys that may not be proposed.
    """

    veto: Veto
    sets: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()

    def forbids(self, key: str, added: Sequence[str]) -> bool:
        """Whether a change with this key, which adds these sets, is kept out."""
        return any(key.startswith(start) for start in self.keys) or bool(self.sets & set(added))


def read_bans(context: Context, sets: Mapping[str, SetView]) -> tuple[Ban, ...]:
    """The bans that the reasons of all vetoes amount to."""
    return tuple(read_reason(veto, sets) for veto in context.vetoes)


def read_reason(veto: Veto, sets: Mapping[str, SetView]) -> Ban:
    """What the reason of one veto keeps out (see the module's rules)."""
    reason = veto.reason
    keys = [subject for pattern, subject in _SUBJECTS if pattern.search(reason)]
    keys += _methods(reason)
    named = {name for name in sets if _names(reason, name)}
    if not _KEEP.search(reason):
        named |= _by_flaw(reason, sets)
        named |= _by_card(reason, sets)
        return Ban(veto, frozenset(named), tuple(keys))
    # "keep worked_a" forbids dropping it, not using it.
    kept = [f"curate.load:drop:{name}" for name in named]
    kept += [f"curate.load:swap:{name}" for name in named]
    return Ban(veto, frozenset(), (*keys, *kept))


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


def _names(reason: str, name: str) -> bool:
    spoken = re.escape(name).replace("_", "[ _-]")
    return re.search(rf"(?<!\w){spoken}(?!\w)", reason, re.IGNORECASE) is not None


def _methods(reason: str) -> list[str]:
    """A method that is to be kept forbids the other; one that is refused forbids itself."""
    keep = _KEEP.search(reason) is not None
    found = []
    if re.search(r"\blora\b|\badapter\b", reason, re.I):
        found.append("train.method:full" if keep else "train.method:lora")
    if re.search(r"\bfull\b", reason, re.I):
        found.append("train.method:lora" if keep else "train.method:full")
    return found


def _by_flaw(reason: str, sets: Mapping[str, SetView]) -> set[str]:
    found: set[str] = set()
    for pattern, flaw in _FLAWS:
        if pattern.search(reason):
            found |= {name for name, view in sets.items() if _has(view, flaw)}
    return found


def _has(view: SetView, flaw: str) -> bool:
    return {
        "no work": view.worked < 0.3,
        "noisy": (view.label_error or 0.0) >= 0.08,
        "repeats": view.repeated >= 0.3,
        "off topic": view.fits < 0.3 or view.topic < 0.2,
    }[flaw]


def _by_card(reason: str, sets: Mapping[str, SetView]) -> set[str]:
    """Sets whose card has a word that the reason refuses, if not every card has it."""
    refused = {w for match in _AFTER_NO.finditer(reason) for w in words(match.group(1))[:3]}
    found: set[str] = set()
    for word in refused - _TOO_COMMON:
        having = {name for name, view in sets.items() if word in set(words(view.card))}
        if 0 < len(having) <= max(1, len(sets) // 2):
            found |= having
    return found
