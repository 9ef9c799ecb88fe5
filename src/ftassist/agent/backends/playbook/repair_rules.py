"""Rules for what failed: every class of failure has an answer.

A repair starts from the failed trial itself and changes one thing there, so that its idea still
gets its turn. After two repairs in a row the idea is given up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ftassist.agent.advice import half_batch
from ftassist.agent.backends.playbook.edits import (
    drop_edit,
    operator_edit,
    sets_edit,
    training_edit,
)
from ftassist.agent.backends.playbook.first_size import usual_training
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.backends.playbook.training_rules import epochs_edit, rate_edit
from ftassist.agent.cells import Name, render
from ftassist.agent.plan import leaving_bad_rows_out, operator_call, sft_call, without_operator
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import TrialView
from ftassist.records.proposal import Evidence

MOST_REPAIRS = 2
_UNSTEADY = re.compile(r"explod|not a number|nan\b|diverg", re.IGNORECASE)
_LEAK = re.compile(r"\bleak|evaluation items?\b", re.IGNORECASE)
_DISTURBED = re.compile(r"evaluator's own", re.IGNORECASE)
_EMPTY = re.compile(r"empty data|left no row|no row is left", re.IGNORECASE)
_NO_SYSTEM = re.compile(r"takes no system turn")
_BAD_ROW = re.compile(r"on_bad='drop'")
_OPERATOR = re.compile(r"\b(filter_\w+|deduplicate|balance|decontaminate|sample|mix)\b")


@dataclass(frozen=True)
class Repair:
    """A trial failed: mend its cause and let the idea have its turn.

    INVALID: if rows leak, leave out those that repeat evaluation items, or the set that is full
    of them; if the evaluator was disturbed, run it again; what was refused as cheating is not
    mended, and the next step is another idea. OOM: half the batch, twice the accumulation, so
    that the effective batch stays; with one row left, four bits where a GPU can, else shorter
    rows. TIMEOUT: fewer epochs, or fewer rows. CONFIG: a third of the learning rate where the loss
    exploded, else the usual settings. DATA: system turns folded where the template takes none;
    without the rows that cannot be used, the operator that left nothing, or the set that cannot be
    read. BUDGET: a sample below the cap. ENV and KILLED: the same once more, for it was not the
    idea's fault.
    """

    name: ClassVar[str] = "repair"
    prior: ClassVar[Prior] = Prior(0.05, 0.06)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """The failed trial itself when it is the parent, else its failed children."""
        failed = [at.parent] if at.parent.failure else _failed_below(at, at.parent.id)
        findings = []
        for trial in reversed(failed):
            if trial.status == "stopped" or not self._worth_it(at, trial):
                continue
            kind = trial.failure["class"]
            said = trial.failure_message.quoted.splitlines()
            first = said[0] if said else ""
            low, high = trial.predicted or (0.0, 2 * self.prior.mean)
            findings.append(
                Finding(
                    f"{trial.id} failed in {trial.failure.get('stage') or 'a stage'} ({kind}): "
                    f'"{first[:160]}".',
                    (Evidence(trial.id, f"failed: {kind}"),),
                    1.0,
                    trial.id,
                    expected=max(0.01, 0.4 * (low + high)),
                )
            )
        return findings

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """One mend on the failed trial's cells."""
        there = at.moved(finding.subject)
        trial = there.parent
        mend = _MENDS.get(trial.failure["class"], _run_again)
        edit = mend(there, trial)
        if edit is None:
            return None
        return replace(
            edit,
            statement=f"{trial.id} mended: {edit.statement}"[:300],
            parent=trial.id,
            why_parent=f"{trial.id} failed before its idea could be judged; "
            f"asked for a step from {at.parent.id}",
        )

    def _worth_it(self, at: Situation, trial: TrialView) -> bool:
        """Not mended yet, and not itself the second repair in a row."""
        if at.context.children(trial.id):
            return False
        repairs, view = 0, trial
        while view.rule == self.name and repairs < MOST_REPAIRS:
            repairs += 1
            parent = at.context.trials.get(view.parent or "")
            if parent is None:
                break
            view = parent
        return repairs < MOST_REPAIRS


def _failed_below(at: Situation, trial: str) -> list[TrialView]:
    """Failed children, and failed children of those: repairs that failed, too."""
    found: list[TrialView] = []
    for child in at.context.children(trial):
        if child.failure and child.status != "stopped":
            found += [child, *_failed_below(at, child.id)]
    return found


def _mend_invalid(at: Situation, trial: TrialView) -> Edit | None:
    """Leakage is mended; an evaluator that was disturbed is asked again; cheating has no mend."""
    message = trial.failure_message.quoted
    if _DISTURBED.search(message):
        return _run_again(at, trial)
    if trial.failure.get("stage") == "leakage" or _LEAK.search(message):
        return _mend_leakage(at, trial)
    return None


def _mend_leakage(at: Situation, trial: TrialView) -> Edit | None:
    if not at.plan.operator("curate.decontaminate"):
        return operator_edit(
            at,
            "curate.decontaminate:add",
            "rows that repeat evaluation items are left out.",
            "rows the evaluator finds in its items are dropped",
            operator_call("decontaminate"),
        )
    suspects = [name for name in at.plan.sets if name in trial.failure_message.quoted]
    suspects += [s.name for s in at.used if s.untraced]
    return drop_edit(at, suspects[0], "it is full of evaluation items") if suspects else None


def _mend_memory(at: Situation, trial: TrialView) -> Edit | None:
    sizes = at.plan.settings
    if not at.plan.trainer:
        return None
    half = half_batch(sizes)
    if not half and at.context.device.get("four_bit") and sizes.method == "lora":
        return training_edit(
            at,
            "train.method:qlora",
            "the base is held in four bits, which one row at a time then fits beside.",
            "method lora to qlora",
            method="qlora",
        )
    if not half:
        length = sizes.max_length // 2
        return training_edit(
            at,
            "train.max_length:down",
            f"rows are cut at {length} tokens to fit into memory.",
            f"max_length {sizes.max_length} to {length}",
            max_length=length,
        )
    batch, passes = half["batch_size"], half["accumulation"]
    return training_edit(
        at,
        "train.batch_size:down",
        f"batches of {batch} with accumulation {passes} fit into memory.",
        f"batch size {sizes.batch_size} to {batch}, accumulation {passes}",
        batch_size=batch,
        accumulation=passes,
    )


def _mend_timeout(at: Situation, trial: TrialView) -> Edit | None:
    epochs = at.plan.settings.epochs
    if at.plan.train is not None and epochs > 2:
        return epochs_edit(at, max(1.0, epochs / 2), "it has to end in time")
    sets: dict[str, int | None] = {n: max(1, at.limit(n) // 2) for n in at.plan.sets}
    return sets_edit(
        at,
        "curate.load:rows:down",
        "half the rows end in time.",
        f"{sum(v or 0 for v in sets.values())} rows",
        sets,
    )


def _mend_settings(at: Situation, trial: TrialView) -> Edit | None:
    if at.plan.train is not None and _UNSTEADY.search(trial.failure_message.quoted):
        return rate_edit(at, 1 / 3, "the loss did not hold")
    if trial.failure.get("stage") == "curate":
        return _mend_data(at, trial)
    usual = usual_training(at, at.used, at.rows)
    for kept in ("epochs", "batch_size"):  # how much is trained is not what failed
        usual[kept] = at.plan.training.get(kept, usual[kept])
    # Another method that does not work is given up: the usual settings are not an attempt at it.
    if not at.supervised or "train" in trial.edited or at.plan.training.items() >= usual.items():
        return None
    cells = {**at.plan.cells, "train": render("train", [sft_call(**usual)])}
    return Edit(
        key="train:default",
        statement="the usual training settings instead of those that failed.",
        description="training with the usual settings",
        side="training",
        cells=cells,
    )


def _mend_data(at: Situation, trial: TrialView) -> Edit | None:
    message = trial.failure_message.quoted
    named = [name for name in at.plan.sets if re.search(rf"\b{re.escape(name)}\b", message)]
    operators = [f"curate.{name}" for name in _OPERATOR.findall(message)]
    present = [name for name in operators if at.plan.operator(name)]
    if _NO_SYSTEM.search(message) and not at.plan.operator("curate.fold_system"):
        return operator_edit(
            at,
            "curate.fold_system:add",
            "system turns, which the base's chat template refuses, stand in the first question.",
            "system turns are folded into the first question",
            operator_call("fold_system"),
        )
    if _BAD_ROW.search(message) and (edit := _without_bad_rows(at)):
        return edit
    if present and at.plan.curate is not None and (_EMPTY.search(message) or not named):
        cells = at.plan.with_stage("curate", without_operator(at.plan.curate, present[0]))
        return Edit(
            key=f"{present[0]}:remove",
            statement=f"without {present[0].split('.')[1]}, which left no row.",
            description=f"{present[0].split('.')[1]} is taken out",
            side="data",
            cells=cells,
            before=present[0],
        )
    return drop_edit(at, named[0], "its rows cannot be used") if named else None


def _without_bad_rows(at: Situation) -> Edit | None:
    """Rows that cannot be used are left out and counted, unless they are already."""
    if at.plan.curate is None:
        return None
    curate = leaving_bad_rows_out(at.plan.curate)
    if curate == at.plan.curate:
        return None
    return Edit(
        key="curate.load:on_bad",
        statement="rows that cannot be used are left out and counted.",
        description="rows that cannot be used are left out",
        side="data",
        cells=at.plan.with_stage("curate", curate),
    )


def _mend_budget(at: Situation, trial: TrialView) -> Edit | None:
    return operator_edit(
        at,
        "curate.sample:add",
        f"a sample of {at.row_cap} rows keeps the cap.",
        f"at most {at.row_cap} rows are drawn",
        operator_call("sample", at.row_cap, seed=Name("seed")),
    )


def _run_again(at: Situation, trial: TrialView) -> Edit | None:
    return Edit(
        key=f"{trial.key or 'trial'}:again",
        statement="the same once more; its failure was not the idea's fault.",
        description=f"{trial.id} is run again, nothing changed",
        side="both",
        cells=dict(trial.cells),
        again=True,
    )


_MENDS: dict[str, Callable[[Situation, TrialView], Edit | None]] = {
    "INVALID": _mend_invalid,
    "OOM": _mend_memory,
    "TIMEOUT": _mend_timeout,
    "CONFIG": _mend_settings,
    "DATA": _mend_data,
    "BUDGET": _mend_budget,
    "ENV": _run_again,
    "KILLED": _run_again,
}
