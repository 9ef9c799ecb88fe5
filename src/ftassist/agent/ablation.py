"""One-change ablations: which of several changes moved the score.

When a trial changed several things at once and came out better or worse, a trial of its own with
only one of them tells what that one was worth; its verdict against the same parent is the answer,
with an interval. Written by the program, without a model; how much budget it may take is bounded.
"""

from __future__ import annotations

from collections.abc import Mapping

from ftassist.agent.context import Context
from ftassist.agent.cost import estimate
from ftassist.agent.plan import (
    COMPANIONS,
    TOGETHER_WITH_METHOD,
    TRAINER,
    Plan,
    changed_parts,
    with_operator,
    with_sets,
    with_training,
    without_operator,
)
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import TrialView, digest
from ftassist.numerals import signed
from ftassist.records.proposal import EQUAL, Change, Evidence, Hypothesis, Proposal

RULE = "ablation"
MOST_A_TRIAL = 2
"""Ablations of one trial at most."""
SHARE = 0.25
"""Share of a campaign's trials that may be ablations."""
TRIALS_LEFT = 2
"""Trials that must be left after an ablation."""


def next_ablation(context: Context, parent: str, backend: str) -> Proposal | None:
    """The ablation that is worth its trial now, from a parent's point of view; None for none."""
    keys = [outcome.key for outcome in context.outcomes]
    keys += [view.key for view in context.trials.values()]
    done = {key for key in keys if key.startswith(f"{RULE}:")}
    budget = context.budget
    if budget.trials_left <= TRIALS_LEFT or len(done) + 1 > SHARE * budget.trials:
        return None
    for view in _moved(context, parent):
        before = Plan.of(context.trials[view.parent or ""].cells)
        after = Plan.of(view.cells)
        parts = [] if before.empty else changed_parts(before, after)
        of_it = [key for key in done if key.startswith(f"{RULE}:{view.id}:")]
        if len(parts) < 2 or len(of_it) >= min(MOST_A_TRIAL, len(parts) - 1):
            continue
        for part in parts:
            cells = apply_part(before, after, part)
            key = f"{RULE}:{view.id}:{part}"
            if cells and key not in done and digest(cells) not in context.digests:
                return _proposal(context, view, part, parts, cells, key, backend)
    return None


def apply_part(before: Plan, after: Plan, part: str) -> dict[str, str] | None:
    """The cells of `before` with one part (as `changed_parts` names it) as in `after`."""
    stage, _, name = part.partition(".")
    if part in ("curate cell", "train cell"):
        stage = part.split()[0]
        return {**before.cells, stage: after.cells[stage]}
    if stage == "curate" and before.curate and after.curate:
        if part == "curate.load":
            return before.with_stage("curate", with_sets(before.curate, after.sets))
        operator = after.operator(part)
        changed = (
            without_operator(before.curate, part)
            if operator is None
            else with_operator(before.curate, operator)
        )
        return before.with_stage("curate", changed)
    if part in COMPANIONS.values():
        return _with_companions(before, after, part)
    if stage == "train" and before.train and after.train:
        old, new = before.training, after.training
        named = {
            key for key in {*old, *new} if key == name or TOGETHER_WITH_METHOD.get(key) == name
        }
        if name not in {*old, *new}:
            return {**before.cells, "train": after.cells["train"]}
        return before.with_stage(
            "train", with_training(before.train, **{key: new.get(key) for key in sorted(named)})
        )
    return None


def leave_out(
    cells: Mapping[str, str], change: Mapping[str, str], before: Mapping[str, str]
) -> tuple[dict[str, str], list[str]] | None:
    """A trial's cells without what one of its ancestors changed, and the parts that are left out.

    None where that cannot be told: a part was changed again since, or is code of its own.

    Args:
        cells: The trial's.
        change: The ancestor's.
        before: Those of the ancestor's parent.
    """
    old, new, whole = Plan.of(before), Plan.of(change), Plan.of(cells)
    parts = [] if old.empty else changed_parts(old, new)
    if not parts or set(parts) & set(changed_parts(new, whole)):
        return None
    for part in parts:
        without = apply_part(whole, old, part)
        if without is None:
            return None
        whole = Plan.of(without)
    found = dict(whole.cells)
    return None if found == dict(cells) else (found, parts)


def _with_companions(before: Plan, after: Plan, part: str) -> dict[str, str] | None:
    """A part of the training with the operators that belong to it."""
    if not (before.train and after.train and before.curate and after.curate):
        return None
    train = (
        after.train
        if part == TRAINER
        else with_training(before.train, **{part.partition(".")[2]: after.training.get("order")})
    )
    curate = before.curate
    for name in (name for name, owner in COMPANIONS.items() if owner == part):
        operator = after.operator(name)
        curate = with_operator(curate, operator) if operator else without_operator(curate, name)
    return {
        **before.with_stage("curate", curate),
        "train": before.with_stage("train", train)["train"],
    }


def _moved(context: Context, parent: str) -> list[TrialView]:
    """The parent and its children that came out better or worse, if their own parent is known."""
    near = [context.trials[parent], *context.children(parent)]
    return [
        view
        for view in near
        if view.verdict in ("better", "worse")
        and view.parent in context.trials
        and view.rule not in (RULE, "repair")
    ]


def _proposal(
    context: Context,
    view: TrialView,
    part: str,
    parts: list[str],
    cells: dict[str, str],
    key: str,
    backend: str,
) -> Proposal:
    assert view.parent is not None
    metric = context.task.metric.name
    moved = view.difference or 0.0
    low, high = sorted((0.0, moved))
    others = ", ".join(other for other in parts if other != part)
    stage = "data" if part.startswith("curate") else "training"
    return Proposal(
        parent=view.parent,
        hypothesis=Hypothesis(
            statement=f"Of the changes of {view.id}, only {part}: what is it worth by itself?",
            changes=(stage,),
            cause=f"{view.id} changed {', '.join(parts)} together and came out {view.verdict} by "
            f"{signed(moved, 3)}; which of them did it is not known.",
            evidence=(Evidence(view.id, f"{view.verdict} than {view.against}", moved),),
            metric=metric,
            low=round(low - 0.02, 3),
            high=round(high + 0.02, 3),
            refuted_if=f"it moves {metric} further than all changes together, or the other way "
            f"({others} then work against it): a change outside the predicted band",
            claims=EQUAL,
        ),
        cells=cells,
        change=Change(key, f"only {part} of {view.id}"),
        estimate=estimate(Situation.of(context, view.parent), cells),
        backend=backend,
        rule=RULE,
        why_parent=f"it is what {view.id} grew from",
        seed=context.seed,
    )
