"""The numbers of a campaign's scored trials, and what each seems worth, as a document.

Reads the numbers from the cells of the trials.
"""

from __future__ import annotations

from ftassist.campaign.numbers import SPACE, numbers_of_cell
from ftassist.documents.snapshot import Snapshot
from ftassist.records.what_if import Knobs, KnobWorth
from ftassist.search.numbers import ENOUGH, importance_ranges, installed
from ftassist.search.policy import TreeNode


def knobs_document(snapshot: Snapshot, *, worths: bool = True) -> Knobs:
    """Numbers, scores and what each number seems worth, of the scored trials that have numbers.

    Args:
        worths: Whether to tell what each number seems worth, for which trials are resampled.
    """
    sign = 1.0 if snapshot.metric.get("higher_is_better", True) else -1.0
    nodes = [
        TreeNode(t.id, t.parent, "scored", sign * t.score, knobs=numbers)
        for t in snapshot.state.trials.values()
        if t.role == "trial"
        and t.score is not None
        and (numbers := numbers_of_cell(t.cells.get("train", "")))
    ]
    told, why_not = _worths(nodes) if worths else ([], "")
    return {
        "schema": "ftassist/knobs/1",
        "trials": [node.id for node in nodes],
        "scores": [sign * (node.score or 0.0) for node in nodes],
        "axes": [
            {
                "name": knob.name,
                "log": knob.log,
                "values": [dict(node.knobs)[knob.name] for node in nodes],
            }
            for knob in SPACE
        ],
        "worths": told,
        "why_not": why_not,
    }


def _worths(nodes: list[TreeNode]) -> tuple[list[KnobWorth], str]:
    """What each number seems worth, or why that cannot be told."""
    if len(nodes) < ENOUGH:
        return [], f"{len(nodes)} scored trials have numbers to compare; {ENOUGH} are needed"
    if not installed():
        return [], "the optimiser is not installed: pip install 'ftassist[search]'"
    found: list[KnobWorth] = [
        {"name": one.knob, "share": one.share, "low": one.low, "high": one.high}
        for one in importance_ranges(nodes, SPACE)
    ]
    return found, "" if found else "no number varied between the trials"
