"""What really differs between the cells of two trials, part by part, computed from the cells.

Each part has a key in the words that vetoes and insights use ("train.learning_rate:down"), and
words for people. A method's own settings (rank, alpha) belong to the method, and a batch and its
accumulation are one; everything else is a part of its own, whoever changed it and whatever they
called it. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from ftassist.agent.cells import Call
from ftassist.agent.plan import AVERAGE, JUDGED, SHARE, TRAINERS, Calls, Plan, training_call
from ftassist.numerals import plain

Side = Literal["data", "training"]
SEVERAL = "several"
"""How the key of a difference of more than one part begins."""
OPERATORS: Mapping[str, str] = {
    "curate.filter_response": "filter by answer",
    "curate.deduplicate": "removal of duplicates",
    "curate.filter_labels": "filter of contradicting labels",
    "curate.filter_length": "filter by length",
    "curate.balance": "balancing of the answers",
    "curate.sample_answers": "answers sampled from the model",
    "curate.teach": "answers of a teacher",
    "curate.synthesise": "synthetic rows",
    "curate.repeat": "repeated rows",
    "curate.rehearse": "rehearsal of general prompts",
    "curate.mix": "mix of the sets",
    "curate.decontaminate": "removal of evaluation items",
    "curate.sample": "sample of the rows",
    "curate.order": "order of the rows",
}
METHODS: Mapping[str, str] = {"lora": "LoRA", "qlora": "QLoRA", "full": "full training"}
TRAINER_WORDS: Mapping[str, str] = {
    "train.sft": "supervised training",
    "train.dpo": "DPO",
    "train.kto": "KTO",
    "train.grpo": "GRPO",
    "train.distil": "distillation",
}
_OF_METHOD = ("rank", "alpha", "targets")
_WORDS = {"batch_size": "batch size", "max_steps": "most steps", "layers": "last layers"}
_UNSET = {"max_steps": "no limit", "layers": "all"}
_HARMLESS = ("print", "display")
"""Calls that change neither rows nor weights."""
_BESIDE = {"train.merge": "merge of models", AVERAGE: "share of what was trained"}
"""Calls beside the training."""
ALL_ROWS = 10**9
"""Stands for all rows of a set, however many they are."""


@dataclass(frozen=True)
class Part:
    """One thing that differs.

    Attributes:
        key: What a veto forbids, such as "train.epochs:up" or "curate.load:add:crowd".
        words: What it is, for people: "epochs", "rows of crowd".
        before: Its value before; "" where there was none.
        after: Its value after; "" where there is none any more.
        stage: curate, train or evaluate.
        also: Other keys under which it can be vetoed or wished for.
    """

    key: str
    words: str
    before: str
    after: str
    stage: str
    also: tuple[str, ...] = ()

    @property
    def side(self) -> Side:
        """Whether it is about data or about training."""
        return "data" if self.stage == "curate" else "training"

    @property
    def text(self) -> str:
        """In one line: "learning rate 2e−4 → 1e−4"."""
        if self.before and self.after:
            return f"{self.words} {self.before} → {self.after}"
        if self.after:
            return f"{self.words}: {self.after}"
        return f"without {self.words}" if self.before else self.words

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys it goes by, its side included."""
        return (self.key, *self.also, self.side)


@dataclass(frozen=True)
class Difference:
    """All that differs between two trials' cells, data first."""

    parts: tuple[Part, ...]

    @property
    def sides(self) -> tuple[Side, ...]:
        """Which sides are changed, data first."""
        found = {part.side for part in self.parts}
        return tuple(side for side in ("data", "training") if side in found)

    @property
    def key(self) -> str:
        """The key of its only part; one that names all of them where they are several."""
        if len(self.parts) == 1:
            return self.parts[0].key
        return f"{SEVERAL}:{'+'.join(part.key for part in self.parts)}" if self.parts else "none"

    @property
    def keys(self) -> frozenset[str]:
        """All keys of all parts."""
        return frozenset(key for part in self.parts for key in part.keys)

    @property
    def text(self) -> str:
        """In one line."""
        return ", ".join(part.text for part in self.parts) or "nothing is changed"


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> Difference:
    """What differs between the cells of a trial and those of another."""
    return _between(*(tuple(sorted(cells.items())) for cells in (before, after)))


@lru_cache(maxsize=512)
def _between(one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...]) -> Difference:
    before, after = dict(one), dict(other)
    old, new = Plan.of(before), Plan.of(after)
    if old.empty:
        return Difference(_start(new))
    parts = [*_curation(old, new), *_training(old, new)]
    if _differs(before, after, "evaluate"):
        parts.append(Part("evaluate:cell", "evaluate cell", "", "rewritten", "evaluate"))
    return Difference(tuple(parts))


def _differs(before: Mapping[str, str], after: Mapping[str, str], stage: str) -> bool:
    return before.get(stage, "").strip() != after.get(stage, "").strip()


def value_text(value: Any, name: str = "") -> str:
    """The value of an argument as people write it, with no quotes and no brackets.

    >>> value_text(0.0002), value_text("lora", "method"), value_text(True)
    ('2e−4', 'LoRA', 'yes')
    >>> value_text({"lessons_home": 50}), value_text(["q", "v"])
    ('lessons_home 50', 'q, v')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if _is_number(value):
        return plain(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{value_text(key)} {value_text(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(value_text, value))
    if name == "method":
        return METHODS.get(str(value), str(value))
    return "none" if value is None else str(getattr(value, "id", value))


def _start(new: Plan) -> tuple[Part, ...]:
    """A first training: all of it is new."""
    sets = ", ".join(f"{name} ({_rows(limit)})" for name, limit in new.sets.items())
    data = Part(
        f"start:{'+'.join(sorted(new.sets))}" if new.sets else "curate:cell",
        "rows",
        "",
        sets or "by code of one's own",
        "curate",
        tuple(f"curate.load:add:{name}" for name in new.sets),
    )
    operators = [_operator(None, call) for call in new.curate or () if call.function in OPERATORS]
    if new.train is None:
        return (data, *operators, Part("train:cell", "train cell", "", "own code", "train"))
    method = new.settings.method
    given = [
        f"{_word(name)} {value_text(new.training[name])}"
        for name in ("learning_rate", "epochs", "max_steps")
        if name in new.training
    ]
    told = ", ".join([METHODS.get(method, method), *given])
    key = new.trainer if new.trainer != "train.sft" else f"train.method:{method}"
    training = Part(key, TRAINER_WORDS.get(new.trainer, new.trainer), "", told, "train")
    return (data, *operators, training)


def _curation(old: Plan, new: Plan) -> list[Part]:
    if old.curate is None or new.curate is None:
        if not _differs(old.cells, new.cells, "curate"):
            return []
        return [Part("curate:cell", "curate cell", "", "rewritten", "curate")]
    parts = _sets(old.sets, new.sets)
    judged = {old.trainer, new.trainer} & set(JUDGED) and old.trainer != new.trainer
    ordered = old.settings.order != new.settings.order
    for name in dict.fromkeys(call.function for call in (*old.curate, *new.curate)):
        one, other = old.operator(name), new.operator(name)
        if one == other or name in _HARMLESS or (name == "curate.sample_answers" and judged):
            continue
        if name == "curate.order" and ordered:
            continue
        if name == "curate.load":
            if one and other and one.keywords != other.keywords:
                parts.append(Part(name, "how the sets are loaded", "", "changed", "curate"))
            continue
        parts.append(_operator(one, other))
    return parts


def _sets(old: Mapping[str, int | None], new: Mapping[str, int | None]) -> list[Part]:
    """A part for each set that comes, goes, or has another number of rows."""
    rows = sum(map(_count, new.values())) - sum(map(_count, old.values()))
    total = {1: ("curate.load:rows:up",), -1: ("curate.load:rows:down",), 0: ()}[
        (rows > 0) - (rows < 0)
    ]
    changed = [*old, *(n for n in new if n not in old)]
    changed = [n for n in changed if n not in old or n not in new or old[n] != new[n]]
    kept = [n for n in changed if n in old and n in new]
    ups = {_count(new[n]) > _count(old[n]) for n in kept}
    if len(kept) == len(changed) > 1 and len(ups) == 1:
        # The same sets, all with more or all with fewer rows: one change.
        key = f"curate.load:rows:{'up' if ups.pop() else 'down'}"
        also = tuple(_set_key(n, old, new) for n in changed)
        before, after = (_total(sets) for sets in (old, new))
        return [Part(key, "rows", before, after, "curate", also)]
    if len(kept) == len(changed) > 1:
        before, after = (", ".join(f"{n} {_rows(s[n])}" for n in kept) for s in (old, new))
        also = (*total, *(_set_key(n, old, new) for n in changed))
        return [Part("curate.load:even", "rows of each set", before, after, "curate", also)]
    fresh = [n for n in changed if n not in old]
    gone = [n for n in changed if n not in new]
    if len(fresh) == 1 and not gone and kept and ups == {False}:
        kept = []  # the others only make room for it
    return [
        Part(
            _set_key(name, old, new),
            f"rows of {name}",
            _rows(old[name]) if name in old else "",
            _rows(new[name]) if name in new else "",
            "curate",
            (*total, *((f"curate.load:swap:{gone[0]}",) if len(gone) == len(fresh) == 1 else ())),
        )
        for name in (*fresh, *gone, *kept)
    ]


def _set_key(name: str, old: Mapping[str, int | None], new: Mapping[str, int | None]) -> str:
    if name not in old or name not in new:
        return f"curate.load:{'add' if name in new else 'drop'}:{name}"
    return f"curate.load:{'more' if _count(new[name]) > _count(old[name]) else 'less'}:{name}"


def _operator(one: Call | None, other: Call | None) -> Part:
    call = other or one
    assert call is not None
    how = "add" if one is None else "remove" if other is None else "change"
    words = OPERATORS.get(call.function, call.function)
    before, after = ("" if c is None else _settings(c) for c in (one, other))
    return Part(f"{call.function}:{how}", words, before, after, "curate", (call.function,))


def _training(old: Plan, new: Plan) -> list[Part]:
    if old.train is None or new.train is None:
        if not _differs(old.cells, new.cells, "train"):
            return []
        return [Part("train:cell", "train cell", "", "rewritten", "train")]
    parts = _other_calls(old.train, new.train)
    if old.trainer != new.trainer:
        words = [TRAINER_WORDS.get(name, name) for name in (old.trainer, new.trainer)]
        return [*parts, Part(new.trainer, "way of training", words[0], words[1], "train")]
    one, other = (training_call(train).positional for train in (old.train, new.train))
    if one[:2] != other[:2]:  # the folder that is written follows from the calls beside it
        parts.append(Part("train:arguments", "what is trained on", "", "changed", "train"))
    names = dict.fromkeys((*old.training, *new.training))
    changed = [n for n in names if _effective(old, n) != _effective(new, n)]
    if "method" in changed:
        changed = [n for n in changed if n not in _OF_METHOD]
    if "batch_size" in changed:
        changed = [n for n in changed if n != "accumulation"]
    if "rank" in changed:
        changed = [n for n in changed if n != "alpha"]
    return [*parts, *(_argument(name, old, new) for name in changed)]


def _effective(plan: Plan, name: str) -> Any:
    """An argument of the training as its cell says, else as its recipe does by itself."""
    return plan.training.get(name, getattr(plan.settings, name, None))


def _other_calls(old: Calls, new: Calls) -> list[Part]:
    """Calls beside the training: a merge, another model."""
    aside = (*TRAINERS, *_HARMLESS)
    names = [call.function for call in (*old, *new) if call.function not in aside]
    parts = []
    for name in dict.fromkeys(names):
        one, other = ([c for c in calls if c.function == name] for calls in (old, new))
        if one != other:
            before, after = ("in the cell" if calls else "" for calls in (one, other))
            if name == AVERAGE:
                before, after = (_share(calls) for calls in (one, other))
            parts.append(Part(name, _BESIDE.get(name, name), before, after, "train"))
    return parts


def _share(calls: Sequence[Call]) -> str:
    """How far an average goes from the base; all the way without one."""
    return value_text(calls[0].keywords.get("share", SHARE) if calls else 1.0)


def _argument(name: str, before: Plan, after: Plan) -> Part:
    old, new = (_effective(plan, name) for plan in (before, after))
    texts = [
        _UNSET.get(name, "not given") if v is None else value_text(v, name) for v in (old, new)
    ]
    if name == "batch_size":
        pairs = zip(texts, (before, after), strict=True)
        texts = [f"{text}{_times(plan)}" for text, plan in pairs]
    key = f"train.{name}"
    if _is_number(old) and _is_number(new):
        key += ":up" if new > old else ":down"
    elif isinstance(new, str):
        key += f":{new}"
    return Part(key, _word(name), texts[0], texts[1], "train", (f"train.{name}",))


def _times(plan: Plan) -> str:
    often = _effective(plan, "accumulation")
    return f" × {value_text(often)}" if often not in (1, None) else ""


def _word(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " "))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _settings(call: Call) -> str:
    told = [value_text(value) for value in call.positional]
    told += [f"{_word(key)} {value_text(value)}" for key, value in call.keywords.items()]
    return ", ".join(told) or "on"


def _count(limit: int | None) -> int:
    return ALL_ROWS if limit is None else int(limit)


def _rows(limit: int | None) -> str:
    return "all" if limit is None else plain(limit)


def _total(sets: Mapping[str, int | None]) -> str:
    counted = plain(sum(n for n in sets.values() if n is not None))
    return f"{counted} and all of some" if None in sets.values() else counted
