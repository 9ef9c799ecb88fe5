"""Whether a proposal of a model keeps the rules, computed from the context it was made from.

A list of what is wrong, in words that can be sent back. It decides nothing about whether the
idea is good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ftassist.agent.cell_check import check_runs
from ftassist.agent.cell_rules import check_cells_of
from ftassist.agent.cited_numbers import recorded
from ftassist.agent.context import Context
from ftassist.agent.copied_text import copied
from ftassist.agent.plan import Plan, changed_parts
from ftassist.agent.refutation import cannot_refute
from ftassist.agent.sets import SetView, read_sets
from ftassist.agent.trial_view import digest
from ftassist.agent.vetoes import keys_of, read_bans, still_vetoed
from ftassist.errors import CellError
from ftassist.records.proposal import Evidence, Hypothesis, Proposal

RESERVED = ("repair", "ablation")
"""How keys begin that the program makes: what it counts and compares by them must be its own."""
_CLOSE = 6e-3
"""A cited value may be rounded by so much."""


def check_idea(context: Context, parent: str, hypothesis: Hypothesis, key: str) -> list[str]:
    """What is wrong with a hypothesis before any code is written."""
    wrong: list[str] = []
    known = {*context.trials, *(brief.id for brief in context.others)}
    if parent not in context.trials:
        wrong.append(f"{parent} is no trial that is described; grow from one that is")
    metric = context.task.metric.name
    if hypothesis.metric != metric:
        wrong.append(f"the prediction is about {hypothesis.metric!r}, the metric is {metric!r}")
    if hypothesis.low >= hypothesis.high:
        wrong.append(f"the predicted interval {hypothesis.low} to {hypothesis.high} is empty")
    if key.partition(":")[0] in RESERVED:
        wrong.append(f"change.key {key!r} begins like one of the program's own; name the change")
    if useless := cannot_refute(
        hypothesis.refuted_if, hypothesis.claims, hypothesis.low, hypothesis.high
    ):
        wrong.append(useless)
    if not hypothesis.evidence:
        wrong.append("it rests on no evidence: cite a trial with a number")
    wrong += [
        f"the evidence cites {item.trial}, which is not in the record"
        for item in hypothesis.evidence
        if item.trial not in known
    ]
    if veto := still_vetoed(context, key, hypothesis.evidence, parent):
        wrong.append(f'{key} was vetoed ({veto.trial}: "{veto.reason}") and nothing new speaks')
    return wrong


def marked(context: Context, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The evidence, with numbers that are not recorded of their trial marked as such."""
    return tuple(
        item
        if item.value is None or _recorded(context, item.trial, abs(item.value))
        else replace(item, claim=f"[not in the record] {item.claim}"[:4000])
        for item in evidence
    )


def _recorded(context: Context, trial: str, value: float) -> bool:
    known = recorded(context, [trial], profiles=True)
    return any(abs(value - other) <= max(_CLOSE, _CLOSE * value) for other in known)


def check_proposal(context: Context, proposal: Proposal, *, again: bool = False) -> list[str]:
    """What is wrong with a whole proposal.

    Args:
        context: What it was made from.
        again: Whether cells that were run before may be run again.
    """
    wrong = check_own_cells(context, proposal.parent, proposal.cells, proposal.change.key)
    if not again and digest(proposal.cells) in context.digests:
        wrong.append("these very cells were proposed before: change what the hypothesis changes")
    before = Plan.of(context.trial(proposal.parent).cells)
    after = Plan.of(proposal.cells)
    parts = changed_parts(before, after)
    if not before.empty and len(parts) > 1 and len(proposal.change.parts) < len(parts):
        wrong.append(
            f"the cells change {', '.join(parts)}: keep to one, or list all in change.parts"
        )
    sides = {"data" if part.startswith("curate") else "training" for part in parts}
    if not before.empty and not again and not sides <= set(proposal.hypothesis.changes):
        wrong.append(
            f"the cells change {' and '.join(sorted(sides))}, the hypothesis does not say"
        )
    if not before.empty and not parts and not again:
        wrong.append("the cells are those of the parent: nothing is tested")
    return wrong


def check_own_cells(
    context: Context, parent: str, cells: Mapping[str, str], key: str = ""
) -> list[str]:
    """What is wrong with an agent's cells, whoever the agent is and whatever they are to show.

    Args:
        context: What it was made from.
        parent: The trial it starts from.
        cells: The source of the stages.
        key: The key of the change, where it has one.
    """
    before = context.trials[parent].cells if parent in context.trials else {}
    sets = read_sets(context.profiles, context.task)
    named = Plan.of(cells).sets
    return [
        *check_cells_of(cells),
        *_cannot_run(before, cells),
        *(f"there is no raw set {name!r}" for name in named if sets and name not in sets),
        *_forbidden(context, parent, cells, key, sets),
        *(one.sentence() for one in copied(context, cells)),
    ]


def _forbidden(
    context: Context, parent: str, cells: Mapping[str, str], key: str, sets: Mapping[str, SetView]
) -> Iterator[str]:
    """What it does of that which the reasons of vetoes keep out."""
    for ban in read_bans(context, sets):
        keys = keys_of(context, parent, cells, ban.veto)
        if broken := ban.broken(keys | {key}):
            veto, words = ban.veto, ", ".join(wish.words for wish in broken)
            yield f'it does what the veto of {veto.trial} forbids ({words}): "{veto.reason}"'


def _cannot_run(before: Mapping[str, str], cells: Mapping[str, str]) -> Iterator[str]:
    """Why cells could not run, or do not do what they must.

    What the parent's cells did as well is not held against them: they have run.
    """
    for stage in ("curate", "train"):
        known = {what.partition(": ")[2] for what in _runs(stage, before)}
        yield from (what for what in _runs(stage, cells) if what.partition(": ")[2] not in known)


def _runs(stage: str, cells: Mapping[str, str]) -> list[str]:
    try:
        return check_runs(stage, cells.get(stage, ""))
    except CellError:
        return []  # told by the rules, or there is no cell yet
