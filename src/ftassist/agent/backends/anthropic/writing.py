"""What all who have cells written share: what a model is told, and which cells may stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.agent.advice import effective_batch
from ftassist.agent.backends.anthropic.asking import Desk
from ftassist.agent.context import Context
from ftassist.agent.proposal import read_proposal
from ftassist.agent.proposal_rules import check_proposal
from ftassist.agent.reference import reference
from ftassist.errors import DataError
from ftassist.records.proposal import Proposal

RULE = "repair"
MEND = "mend"
PURPOSES = ("implement", RULE, MEND)
"""What cells are asked for."""


def system_of(desk: Desk) -> str:
    """What the Executor is, may call and may import."""
    return desk.prompt("executor", reference=reference())


def with_cells(
    before: Mapping[str, str], passed: str, document: Mapping[str, Any]
) -> dict[str, str]:
    """Cells with others in their place where they are given, but for a stage that passed."""
    cells = {stage: source.strip() for stage, source in before.items()}
    for stage in ("curate", "train"):
        if stage != passed and str(document.get(stage, "")).strip():
            cells[stage] = str(document[stage]).strip()
    return cells


def checked(context: Context, proposal: Proposal, *, again: bool = False) -> Proposal:
    """The proposal, if it keeps the rules.

    Raises:
        DataError: What it breaks.
    """
    whole = read_proposal(proposal.to_dict())
    if wrong := check_proposal(context, whole, again=again):
        raise DataError("; ".join(wrong), where="cells", fix="write cells that keep the rules")
    return whole


def check_batch(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Checks a way out of memory: the same rows an optimizer step, and less at once.

    Raises:
        DataError: It is none, or it cannot be counted any more.
    """
    if not before:
        return
    if not after:
        raise DataError(
            "the effective batch cannot be counted: train is no call of a recipe any more",
            where="train",
            fix="keep the call, and change its arguments",
        )
    was, now = effective_batch(before), effective_batch(after)
    if was != now:
        raise DataError(
            f"the effective batch would be {now} where it was {was}",
            where="train",
            fix="keep batch_size * accumulation",
        )
    smaller = any(int(after[name]) < int(before[name]) for name in ("batch_size", "max_length"))
    if not smaller and (before["checkpointing"] or not after["checkpointing"]):
        raise DataError("nothing needs less memory", where="train", fix="halve batch_size")
