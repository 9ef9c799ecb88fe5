"""The best trial of a tree, with the winner's curse taken off.

Ranks scored trials by shrunken score. Knows nothing of verdicts: being the best of a tree is
no claim of an improvement (that is `ftassist.search.verdict`).
"""

from __future__ import annotations

from collections.abc import Sequence

from ftassist.errors import DataError
from ftassist.search.policy import PartialScore, Policy, SearchTree, TreeNode
from ftassist.statistics.shrinkage import shrink

Z_95 = 1.959964
"""Half the width of a 95 % interval, in standard errors."""


def best_trial(tree: SearchTree) -> str:
    """The id of the scored trial with the highest shrunken score.

    Failed, invalid, vetoed and pending trials never win.

    Raises:
        DataError: Nothing has a score yet.
    """
    ranked = ranked_trials(tree)
    if not ranked:
        raise DataError("no trial has a score yet", fix="wait until the base model is scored")
    return ranked[0].id


def recommended(policy: Policy, tree: SearchTree) -> str:
    """The trial a campaign would end with: its policy's, or the best by shrunken score.

    Raises:
        DataError: Nothing has a score yet.
    """
    own = getattr(policy, "recommend", None)
    return (own(tree) if own is not None else None) or best_trial(tree)


def yardstick(policy: Policy) -> str:
    """What a policy's recommended trial is the best by, in words."""
    return "posterior mean" if hasattr(policy, "recommend") else "shrunken score"


def best_path(tree: SearchTree) -> tuple[str, ...]:
    """The ids from the base model down to the best trial.

    Raises:
        DataError: Nothing has a score yet.
    """
    return tuple(node.id for node in tree.path(best_trial(tree)))


def ranked_trials(tree: SearchTree) -> list[TreeNode]:
    """The scored trials, best first (see `ranking`)."""
    return [node for node, _ in ranking(tree)]


def ranking(tree: SearchTree) -> list[tuple[TreeNode, float]]:
    """The scored trials with their shrunken scores, best first.

    The order is by shrunken score (see `ftassist.statistics.shrinkage.shrink`); where shrinkage
    leaves nothing between two trials, by the score itself (the limit of ever weaker
    shrinkage); then the earlier trial comes first.
    """
    scored = tree.expandable
    scores = [node.score or 0.0 for node in scored]
    shrunken = shrink(scores, [_variance(node) for node in scored])
    order = sorted(range(len(scored)), key=scores.__getitem__, reverse=True)
    order.sort(key=shrunken.__getitem__, reverse=True)  # both sorts keep the order of equals
    return [(scored[i], shrunken[i]) for i in order]


def contenders(ranked: Sequence[TreeNode]) -> list[int]:
    """Places of the trials whose intervals reach the first one's: as good as it, for all we know.

    Args:
        ranked: Scored trials, best first.
    """
    if not ranked:
        return []
    low = bounds(ranked[0])[0]
    return [place for place, node in enumerate(ranked) if not place or bounds(node)[1] >= low]


def bounds(scored: TreeNode | PartialScore) -> tuple[float, float]:
    """The interval, or the bare score twice where there is none."""
    score = scored.score if scored.score is not None else float("-inf")
    return scored.interval or (score, score)


def _variance(node: TreeNode) -> float:
    """The sampling variance a 95 % interval stands for; zero where there is no interval."""
    if node.interval is None:
        return 0.0
    low, high = node.interval
    return ((high - low) / (2.0 * Z_95)) ** 2
