"""A rule for what people ask for when they veto: "change the learning rate instead".

It makes the one change that was asked for, as the cells allow it. Where it cannot, it makes none,
and the proposal that comes says so (`agent/follow_line.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ftassist.agent.backends.playbook.edits import (
    add_edit,
    operator_edit,
    order_edit,
    sets_edit,
    training_edit,
)
from ftassist.agent.backends.playbook.keeping_rules import SHARES, average_edit, rehearsal_edit
from ftassist.agent.backends.playbook.method_rules import Labels, Pairs, Reward, Teacher
from ftassist.agent.backends.playbook.mixture_rules import MoreRows
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.backends.playbook.training_rules import (
    FewerEpochs,
    RaiseRate,
    adapter_edit,
    full_edit,
    rounded,
)
from ftassist.agent.cells import Name
from ftassist.agent.context import Veto
from ftassist.agent.plan import operator_call, without_operator
from ftassist.agent.situation import Situation
from ftassist.agent.vetoes import open_wishes
from ftassist.numerals import plain
from ftassist.records.proposal import Evidence
from ftassist.records.understanding import Wish

WHY = "a person asked for it"
_WHOLE = ("epochs", "rank", "batch_size", "max_length", "max_steps")
_FINDING = Finding(WHY, ())


@dataclass(frozen=True)
class AskedFor:
    """A person who vetoed said what to try instead: try that.

    People know things that no profile shows, and a reason that nobody acts on is the last one they
    give. The change is one step in the direction that was asked for (twice or half, or the value
    that was named), so that its effect can be told.
    """

    name: ClassVar[str] = "asked_for"
    prior: ClassVar[Prior] = Prior(0.02, 0.05)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """The wishes that nothing has tried since."""
        evidence = (Evidence(at.parent.id, "score to start from", at.parent.score),)
        return [
            Finding(
                _cause(one.veto),
                evidence,
                1.0,
                one.wish.words,
                {"wish": one.wish},
            )
            for one in open_wishes(at.context, at.sets)
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The change that was asked for; None where the cells do not allow it."""
        if at.plan.empty:
            return None
        return wished_edit(at, finding.detail["wish"])


def _cause(veto: Veto) -> str:
    """Why it comes now: the reason of a veto, or a wish for this very proposal."""
    how = f" with the veto of {veto.trial}" if veto.trial else ""
    return f'A person asked for it{how}: "{veto.reason}".'


def wished_edit(at: Situation, wish: Wish) -> Edit | None:
    """The change that meets a wish."""
    head, _, tail = wish.key.rpartition(":")
    if wish.key.startswith("set:"):
        return _more_of(at, wish.key.removeprefix("set:"))
    if wish.key.startswith("curate.load:less:"):
        return _less_of(at, tail)
    if wish.key.startswith("curate.load:rows"):
        return _rows(at, wish)
    if head and tail == "remove":
        return _without(at, head)
    if wish.key in _SWITCHES:
        return _SWITCHES[wish.key](at)
    if wish.key.startswith("train."):
        return _number(at, wish)
    return None


def _number(at: Situation, wish: Wish) -> Edit | None:
    """Twice, half, or the value that was named."""
    name, _, way = wish.key.removeprefix("train.").partition(":")
    now: float | None = getattr(at.plan.settings, name, None)
    if now is None:
        return None
    value = float(wish.value) if wish.value is not None else now * _factor(at, name, way)
    value = max(1.0, float(round(value))) if name in _WHOLE else rounded(value)
    new: float = int(value) if float(value).is_integer() and name in _WHOLE else value
    if new == now:
        return None
    side = "up" if new > now else "down"
    spoken = name.replace("_", " ")
    told = f"{spoken} {plain(now)} to {plain(new)}"
    statement = f"{spoken.capitalize()} {plain(new)} instead of {plain(now)}: {WHY}."
    return training_edit(at, f"train.{name}:{side}", statement, told, **{name: new})


def _factor(at: Situation, name: str, way: str) -> float:
    """Which way to go: as asked for, else as the curves say."""
    if way in ("up", "down"):
        return 2.0 if way == "up" else 0.5
    if name == "learning_rate":
        return 2.0 if RaiseRate().applies(at) else 0.5
    if name == "epochs":
        return 0.5 if FewerEpochs().applies(at) else 2.0
    return 2.0 if name == "rank" else 0.5


def _rows(at: Situation, wish: Wish) -> Edit | None:
    """More, fewer, or so many rows of the same sets."""
    asked = sum(at.limit(name) for name in at.plan.sets)
    if not asked:
        return None
    if wish.value is None and not wish.key.endswith(":down"):
        made = MoreRows().change(at, _FINDING)
        grown = made is not None and made.before != made.after
        return replace(made, statement=_because(made.statement)) if made and grown else None
    wanted = min(int(wish.value or asked / 2), at.row_cap)
    sets = _shared_out(at, wanted, asked)
    way = "up" if sum(sets.values()) > asked else "down"
    total = plain(sum(sets.values()))
    statement = f"Train on {total} rows of the same sets instead of {plain(asked)}: {WHY}."
    told = f"{total} rows instead of {plain(asked)}"
    return sets_edit(at, f"curate.load:rows:{way}", statement, told, sets)


def _shared_out(at: Situation, wanted: int, asked: int) -> dict[str, int]:
    """So many rows from the same sets in the same shares, as far as the sets have them."""
    sets: dict[str, int] = {}
    for name in at.plan.sets:  # what one share's rounding leaves goes to the next
        share = round(at.limit(name) * wanted / asked)
        left = wanted - sum(sets.values())
        part = left if name == [*at.plan.sets][-1] else share
        sets[name] = max(10, min(part, _there(at, name)))
    return sets


def _there(at: Situation, name: str) -> int:
    return at.sets[name].rows if name in at.sets else at.limit(name)


def _because(statement: str) -> str:
    return f"{statement.rstrip('.')}: {WHY}."


def _more_of(at: Situation, name: str) -> Edit | None:
    if name not in at.sets:
        return None
    if name not in at.plan.sets:
        return add_edit(at, name, WHY)
    limit = min(2 * at.limit(name), at.sets[name].rows)
    sets = {**{other: at.limit(other) for other in at.plan.sets}, name: limit}
    if limit <= at.limit(name):
        return None
    statement = f"Train on {plain(limit)} rows of {name}: {WHY}."
    return sets_edit(at, f"curate.load:more:{name}", statement, f"more rows of {name}", sets)


def _less_of(at: Situation, name: str) -> Edit | None:
    if name not in at.plan.sets or at.limit(name) < 20:
        return None
    sets = {**{other: at.limit(other) for other in at.plan.sets}, name: at.limit(name) // 2}
    statement = f"Train on {plain(sets[name])} rows of {name}: {WHY}."
    return sets_edit(at, f"curate.load:less:{name}", statement, f"fewer rows of {name}", sets)


def _without(at: Situation, function: str) -> Edit | None:
    """The plan without an operator, if it has it."""
    if at.plan.curate is None or at.plan.operator(function) is None:
        return None
    cells = at.plan.with_stage("curate", without_operator(at.plan.curate, function))
    word = function.partition(".")[2].replace("_", " ")
    return Edit(
        f"{function}:remove", f"Leave out {word}: {WHY}.", f"without {word}", "data", cells
    )


def _operator(name: str, told: str, **arguments: object) -> Callable[[Situation], Edit | None]:
    """Adds an operator that the plan has not yet."""

    def make(at: Situation) -> Edit | None:
        if at.plan.curate is None or at.plan.operator(f"curate.{name}"):
            return None
        call = operator_call(name, **arguments)
        statement = f"{told.capitalize()}: {WHY}."
        return operator_edit(at, f"curate.{name}:add", statement, told, call)

    return make


def _length_filter(at: Situation) -> Edit | None:
    """Rows that fit into what the training reads."""
    most = at.plan.settings.max_length
    told = f"rows of more than {plain(most)} tokens go"
    return _operator("filter_length", told, max_tokens=most, model=Name("model"))(at)


def _balance(at: Situation) -> Edit | None:
    """At most an even share of the rows for each of ten answers of a set."""
    asked = sum(at.limit(name) for name in at.plan.sets)
    most = max(20, asked // max(1, 10 * len(at.plan.sets)))
    told = f"at most {plain(most)} rows of one answer from one set"
    by = ["source", "answer"]
    return _operator("balance", told, by=by, at_most=most, seed=Name("seed"))(at)


def _schedule(at: Situation) -> Edit | None:
    if at.plan.settings.schedule == "cosine":
        return None
    told = "the learning rate falls along a cosine"
    statement = f"{told.capitalize()}: {WHY}."
    return training_edit(at, "train.schedule:cosine", statement, told, schedule="cosine")


def _in_four_bits(at: Situation) -> Edit | None:
    if not at.context.device.get("four_bit") or at.plan.settings.method == "qlora":
        return None
    statement = f"Train a QLoRA adapter on a base in four bits: {WHY}."
    return training_edit(at, "train.method:qlora", statement, "QLoRA", method="qlora", rank=16)


def _adapter(at: Situation) -> Edit | None:
    return adapter_edit(at) if at.plan.settings.method != "lora" else None


def _full(at: Situation) -> Edit | None:
    return full_edit(at) if at.plan.settings.method != "full" else None


def _even(at: Situation) -> Edit | None:
    """Each set the same number of rows."""
    if at.plan.curate is None or len(at.plan.sets) < 2:
        return None
    each = sum(at.limit(name) for name in at.plan.sets) // len(at.plan.sets)
    sets = {name: min(each, _there(at, name)) for name in at.plan.sets}
    if all(at.plan.sets[name] == count for name, count in sets.items()):
        return None
    told = f"{plain(each)} rows of each set"
    return sets_edit(at, "curate.load:even", f"{told.capitalize()}: {WHY}.", told, sets)


def _learned(rule: object) -> Callable[[Situation], Edit | None]:
    """The change of a method's rule, which needs a supervised training to go on from."""

    def make(at: Situation) -> Edit | None:
        if at.plan.trainer != "train.sft" or at.plan.settings.learning_rate is None:
            return None
        if isinstance(rule, Teacher) and not at.context.teacher:
            return None
        assert isinstance(rule, Pairs | Labels | Reward | Teacher)
        return rule.change(at, _FINDING)

    return make


_SWITCHES: Mapping[str, Callable[[Situation], Edit | None]] = {
    "train.method:lora": _adapter,
    "train.method:full": _full,
    "train.method:qlora": _in_four_bits,
    "train.schedule": _schedule,
    "train.schedule:cosine": _schedule,
    "train.average": lambda at: average_edit(at, SHARES[0], WHY),
    "curate.rehearse": lambda at: rehearsal_edit(at, WHY),
    "train.dpo": _learned(Pairs()),
    "train.kto": _learned(Labels()),
    "train.grpo": _learned(Reward()),
    "train.distil": _learned(Teacher()),
    "train.order": lambda at: order_edit(
        at, "train.order:given", f"Short rows first: {WHY}.", "short rows first"
    ),
    "curate.load:even": _even,
    "curate.deduplicate": _operator("deduplicate", "each row is kept once"),
    "curate.decontaminate": _operator("decontaminate", "rows that repeat evaluation items go"),
    "curate.balance": _balance,
    "curate.filter_length": _length_filter,
    "curate.filter_labels": _operator("filter_labels", "rows that contradict each other go"),
}
