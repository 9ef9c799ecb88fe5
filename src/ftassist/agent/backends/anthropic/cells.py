"""What all who have cells written share: what a model is told, and which cells may stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.agent.backends.anthropic.desk import Desk
from ftassist.agent.backends.anthropic.hands import TRY
from ftassist.agent.backends.anthropic.look_loop import Looking
from ftassist.agent.context import Context
from ftassist.agent.proposal import read_proposal
from ftassist.agent.proposal_rules import check_proposal
from ftassist.agent.reference import reference
from ftassist.agent.training_settings import TrainingSettings
from ftassist.errors import DataError
from ftassist.records.proposal import Proposal

RULE = "repair"
MEND = "mend"
PURPOSES = ("implement", RULE, MEND)
"""What cells are asked for."""


def system_of(desk: Desk) -> str:
    """What the Executor is, may call and may import."""
    return desk.prompt("executor", reference=reference())


def told_of(looking: Looking | None) -> dict[str, Any]:
    """What a prompt says of looks and tries that there are."""
    names = [tool.name for tool in looking.tools] if looking else []
    return {"looks": looking.most if looking else 0, "tries": TRY.name in names}


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


def check_batch(before: TrainingSettings | None, after: TrainingSettings | None) -> None:
    """Checks a way out of memory: the same rows an optimizer step, and less at once.

    Raises:
        DataError: It is none, or it cannot be counted any more.
    """
    if before is None:
        return
    if after is None:
        raise DataError(
            "the effective batch cannot be counted: train is no call of a recipe any more",
            where="train",
            fix="keep the call, and change its arguments",
        )
    was, now = before.effective_batch, after.effective_batch
    if was != now:
        raise DataError(
            f"the effective batch would be {now} where it was {was}",
            where="train",
            fix="keep batch_size * accumulation",
        )
    smaller = after.batch_size < before.batch_size or after.max_length < before.max_length
    if not smaller and (before.checkpointing or not after.checkpointing):
        raise DataError("nothing needs less memory", where="train", fix="halve batch_size")
