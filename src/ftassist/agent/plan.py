"""The plan of a trial: its cells as calls that can be changed one at a time.

Reads the curate and train cells a backend wrote; a cell a person rewrote as code of their own is
"custom": it is kept word for word and never changed. Runs nothing and knows no rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ftassist.agent.cells import Call, Name, parse, render
from ftassist.agent.training_settings import TrainingSettings

Calls = tuple[Call, ...]
ORDER = (
    "curate.load",
    "curate.fold_system",
    "curate.filter_response",
    "curate.deduplicate",
    "curate.filter_labels",
    "curate.filter_length",
    "curate.balance",
    "curate.sample_answers",
    "curate.teach",
    "curate.synthesise",
    "curate.repeat",
    "curate.mix",
    "curate.rehearse",
    "curate.decontaminate",
    "curate.sample",
    "curate.order",
    "curate.export",
)
"""Where an added operator goes: cleaning first, then what draws, then what writes."""
TRAINERS = ("train.sft", "train.dpo", "train.kto", "train.grpo", "train.distil")
"""The calls that train; a train cell has exactly one of them, or it is custom."""
AVERAGE = "train.average"
"""The call that averages what was trained with the base."""
SHARE = 0.5
"""How far it goes from the base where it is not told."""
TRAINED = "trained"
"""The folder that is trained into where an average is saved."""
SUPERVISED = ("train.sft", "train.distil")
"""Those of them whose loss curve is about the rows' own answers."""
TRAINER = "train.trainer"
"""The part that differs where another call trains."""
JUDGED = ("train.dpo", "train.kto")
"""Those that learn from answers judged right or wrong."""
COMPANIONS = {"curate.sample_answers": TRAINER, "curate.order": "train.order"}
"""Operators that mean something only with a part of the training: one change in two cells."""
EVALUATE = (Call("evaluate", ("model",)),)
_SEED = Name("seed")


@dataclass(frozen=True)
class Plan:
    """The three cells of a trial.

    Attributes:
        cells: Their sources.
        curate: The calls of the curate cell; None when it is custom or missing.
        train: The calls of the train cell; None when it is custom or missing.
    """

    cells: Mapping[str, str]
    curate: Calls | None
    train: Calls | None

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Plan:
        """Reads the cells of a trial; the base model's are empty."""
        return cls(
            cells=dict(cells),
            curate=_read("curate", cells.get("curate", ""), "curate.load"),
            train=_read("train", cells.get("train", ""), *TRAINERS),
        )

    @property
    def empty(self) -> bool:
        """Whether there is nothing to train yet (the base model)."""
        return not any(self.cells.get(stage, "").strip() for stage in ("curate", "train"))

    @property
    def sets(self) -> dict[str, int | None]:
        """The raw sets it loads, with the most rows of each (None for all)."""
        if self.curate is None:
            return {}
        return sets_of(self.curate)

    @property
    def trainer(self) -> str:
        """The call that trains, such as "train.sft"; "" for a custom cell."""
        return training_call(self.train).function if self.train is not None else ""

    @property
    def training(self) -> dict[str, Any]:
        """The keyword arguments of its training call."""
        if self.train is None:
            return {}
        return dict(training_call(self.train).keywords)

    @cached_property
    def settings(self) -> TrainingSettings:
        """What its training is run with; the usual settings for a custom cell and the base."""
        if self.train is None:
            return TrainingSettings()
        return TrainingSettings.of(training_call(self.train))

    def operator(self, name: str) -> Call | None:
        """The curation call of that name, such as "curate.balance", if the cell has it."""
        return next((call for call in self.curate or () if call.function == name), None)

    def with_stage(self, stage: str, calls: Sequence[Call]) -> dict[str, str]:
        """The cells with one stage replaced, the others word for word as they are."""
        return {**self.cells, stage: render(stage, calls)}


def load_call(sets: Mapping[str, int | None]) -> Call:
    """`rows = curate.load(repository, {...}, seed=seed)`."""
    return Call("curate.load", (Name("repository"), dict(sets)), {"seed": _SEED}, target="rows")


def operator_call(name: str, *positional: Any, **keywords: Any) -> Call:
    """`rows = curate.<name>(rows, ...)`."""
    return Call(f"curate.{name}", positional, keywords, target="rows", source="rows")


def export_call() -> Call:
    """`curate.export(rows, "data")`."""
    return Call("curate.export", ("data",), {}, source="rows")


def sft_call(**arguments: Any) -> Call:
    """`train.sft(model, "data", "model", ..., seed=seed)`."""
    positional = (Name("model"), "data", "model")
    return Call("train.sft", positional, {**arguments, "seed": _SEED})


def sets_of(curate: Calls) -> dict[str, int | None]:
    """The sets a curate cell loads."""
    loaded = curate[_index(curate, "curate.load")].positional[1]
    return dict(loaded) if isinstance(loaded, Mapping) else dict.fromkeys(loaded)


def with_sets(curate: Calls, sets: Mapping[str, int | None]) -> Calls:
    """The curate cell, loading other sets or other numbers of rows."""
    at = _index(curate, "curate.load")
    call = curate[at]
    changed = Call(
        call.function,
        (call.positional[0], dict(sets)),
        call.keywords,
        call.target,
        call.source,
    )
    return (*curate[:at], changed, *curate[at + 1 :])


def leaving_bad_rows_out(curate: Calls) -> Calls:
    """The curate cell, leaving rows that cannot be used out and counting them."""
    at = _index(curate, "curate.load")
    changed = replace(curate[at], keywords={**curate[at].keywords, "on_bad": "drop"})
    return (*curate[:at], changed, *curate[at + 1 :])


def with_operator(curate: Calls, operator: Call) -> Calls:
    """The curate cell with an operator set: in place of the one of its name, or at its place."""
    for at, call in enumerate(curate):
        if call.function == operator.function:
            return (*curate[:at], operator, *curate[at + 1 :])
    rank = ORDER.index(operator.function)
    later = [
        at
        for at, call in enumerate(curate)
        if call.function not in ORDER or ORDER.index(call.function) > rank
    ]
    at = later[0] if later else len(curate)
    return (*curate[:at], operator, *curate[at:])


def without_operator(curate: Calls, function: str) -> Calls:
    """The curate cell without an operator."""
    return tuple(call for call in curate if call.function != function)


def with_trainer(train: Calls, function: str, **arguments: Any) -> Calls:
    """The train cell with another call that trains, on the same model, rows and folder."""
    at = _index(train, *TRAINERS)
    keywords = {name: value for name, value in arguments.items() if value is not None}
    changed = Call(function, train[at].positional, {**keywords, "seed": _SEED}, train[at].target)
    return (*train[:at], changed, *train[at + 1 :])


def training_call(train: Calls) -> Call:
    """The call that trains."""
    return train[_index(train, *TRAINERS)]


def with_training(train: Calls, **arguments: Any) -> Calls:
    """The train cell with arguments set; None removes one."""
    at = _index(train, *TRAINERS)
    keywords = dict(train[at].keywords)
    seed = keywords.pop("seed", None)
    changed = Call(
        train[at].function,
        train[at].positional,
        keywords,
        train[at].target,
        train[at].source,
    ).with_keywords(**arguments)
    if seed is not None:
        changed = changed.with_keywords(seed=seed)
    return (*train[:at], changed, *train[at + 1 :])


def with_average(train: Calls, share: float) -> Calls:
    """The train cell, saving an average of what it trains with the base."""
    at = _index(train, *TRAINERS)
    call = train[at]
    changed = replace(call, positional=(*call.positional[:2], TRAINED))
    average = Call(AVERAGE, (call.positional[0], TRAINED, "model"), {"share": share})
    rest = tuple(one for one in train[at + 1 :] if one.function != AVERAGE)
    return (*train[:at], changed, average, *rest)


def share_of(train: Calls) -> float:
    """How far a train cell's result goes from the base: 1 without an average."""
    found = [call for call in train if call.function == AVERAGE]
    return float(found[0].keywords.get("share", SHARE)) if found else 1.0


def changed_parts(before: Plan, after: Plan) -> list[str]:
    """What differs between two plans, one name for each part: sets, operators, arguments.

    A plan with a custom cell differs in "curate cell" or "train cell" as a whole. All sets
    together are one part, and so is each operator and each training argument; the arguments that
    belong together (`method` with `rank`, `layers` and the learning rate that suits it,
    `batch_size` with `accumulation`) are one. So are another trainer and the sampled answers it
    learns from, and an order of the rows and the argument that keeps it.
    """
    parts: list[str] = []
    for stage, old, new in (
        ("curate", before.curate, after.curate),
        ("train", before.train, after.train),
    ):
        if old is None or new is None:
            if before.cells.get(stage) != after.cells.get(stage):
                parts.append(f"{stage} cell")
            continue
        parts += _changed_calls(old, new)
    if before.cells.get("evaluate") != after.cells.get("evaluate") and not before.empty:
        parts.append("evaluate cell")
    judged = {before.trainer, after.trainer} & set(JUDGED)
    paired = {"curate.order", *(["curate.sample_answers"] if judged else [])}
    return [part for part in parts if part not in paired or COMPANIONS[part] not in parts]


_TOGETHER = {"alpha": "rank", "accumulation": "batch_size"}
TOGETHER_WITH_METHOD = {
    **dict.fromkeys(("alpha", "rank", "layers", "learning_rate"), "method"),
    "accumulation": "batch_size",
}


def _changed_calls(old: Calls, new: Calls) -> list[str]:
    parts: list[str] = []
    trainers = [
        next((c.function for c in calls if c.function in TRAINERS), "") for calls in (old, new)
    ]
    if trainers[0] != trainers[1]:
        parts.append(TRAINER)
        old, new = (tuple(c for c in calls if c.function not in TRAINERS) for calls in (old, new))
    names = list(dict.fromkeys(call.function for call in (*old, *new)))
    for name in names:
        one = next((call for call in old if call.function == name), None)
        other = next((call for call in new if call.function == name), None)
        if one == other:
            continue
        if name not in TRAINERS or one is None or other is None:
            parts.append(name)
            continue
        keys = {
            key
            for key in {*one.keywords, *other.keywords}
            if one.keywords.get(key) != other.keywords.get(key)
        }
        together = TOGETHER_WITH_METHOD if "method" in keys else _TOGETHER
        parts += sorted({f"train.{together.get(key, key)}" for key in keys})
    return parts


def _read(stage: str, source: str, *needed: str) -> Calls | None:
    """The calls of a cell that has exactly one call of the needed kind and names it can use."""
    calls = parse(stage, source) if source.strip() else None
    if calls is None or sum(c.function in needed for c in calls) != 1:
        return None
    if stage == "curate":
        call = calls[_index(calls, *needed)]
        if len(call.positional) != 2 or isinstance(call.positional[1], Name | str):
            return None
        if [c.function for c in calls].count("curate.export") != 1:
            return None
    return tuple(calls)


def _index(calls: Sequence[Call], *functions: str) -> int:
    return next(at for at, call in enumerate(calls) if call.function in functions)
