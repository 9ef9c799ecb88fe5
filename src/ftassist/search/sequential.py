"""The chain of FT-Agent: go on from the last step that held, one trial at a time.

A reconstruction from the paper's description (FT-Dojo, arXiv 2603.01712): a trial that was
better than its parent is accepted and becomes the next parent; any other outcome falls back
to the nearest accepted ancestor. Does not look at how scores compare across branches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ftassist.search.policy import Choice, SearchTree, TreeNode


@dataclass(frozen=True)
class Sequential:
    """One link at a time: at most one choice, and none while a trial is pending."""

    name: ClassVar[str] = "sequential"
    in_parts: ClassVar[bool] = False

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """The latest trial if it was better, otherwise its nearest accepted ancestor."""
        if slots < 1 or not tree.root.expandable or any(node.pending for node in tree):
            return []
        latest = _latest_outcome(tree)
        if latest is tree.root:
            return [Choice(latest.id, "the base model is the only outcome so far")]
        if _accepted(latest):
            return [Choice(latest.id, f"{latest.id} was better than its parent {latest.parent}")]
        ancestor = next(node for node in reversed(tree.path(latest.id)) if _accepted(node))
        why = f"{_outcome(latest)}; {ancestor.id} is the last that held"
        return [Choice(ancestor.id, why, instead=f"{latest.id} is not gone on from: a chain")]


def _latest_outcome(tree: SearchTree) -> TreeNode:
    """The newest trial that came to an outcome; a veto is none, and what rests has none yet."""
    return next(n for n in reversed(tree.nodes) if n.status not in ("vetoed", "resting"))


def _accepted(node: TreeNode) -> bool:
    """Whether a trial is a link of the chain: the base model, or one that was better."""
    return node.expandable and (node.parent is None or node.verdict == "better")


def _outcome(node: TreeNode) -> str:
    """What became of a trial that was not accepted, in words."""
    if node.status == "scored":
        return f"{node.id} was not better than its parent ({node.verdict or 'no verdict'})"
    return f"{node.id} {'failed' if node.status == 'failed' else 'was invalid'}"
