"""Hand-made trees and metrics for the tests of ftassist.search."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ftassist.records.metric import Metric
from ftassist.records.verdict import VerdictKind
from ftassist.search.policy import SearchTree, TreeNode

BASE = TreeNode("t0000", None, "scored", 0.50, (0.44, 0.56), 300)


def scored(
    trial: str, parent: str, score: float, verdict: VerdictKind = "tied", half: float = 0.06
) -> TreeNode:
    """A scored trial whose interval reaches `half` to either side."""
    interval = (score - half, score + half)
    return TreeNode(trial, parent, "scored", score, interval, 300, verdict)


@pytest.fixture
def base() -> TreeNode:
    """A scored base model at 50 %."""
    return BASE


@pytest.fixture
def trial() -> Callable[..., TreeNode]:
    """Makes a scored trial: id, parent, score, verdict, half-width."""
    return scored


@pytest.fixture
def mixed_tree() -> SearchTree:
    """A tree with a trial in every status."""
    return SearchTree(
        (
            BASE,
            scored("t0001", "t0000", 0.60, "better"),
            TreeNode("t0002", "t0001", "failed"),
            TreeNode("t0003", "t0001", "invalid"),
            TreeNode("t0004", "t0000", "vetoed"),
            scored("t0005", "t0001", 0.58, "tied"),
            scored("t0006", "t0000", 0.20, "worse"),
            TreeNode("t0007", "t0005", "proposed"),
            TreeNode("t0008", "t0001", "running"),
        )
    )


@pytest.fixture
def accuracy() -> Metric:
    """A 0/1 metric, greater is better."""
    return Metric("accuracy")


@pytest.fixture
def error_rate() -> Metric:
    """A 0/1 metric, lower is better."""
    return Metric("error rate", higher_is_better=False)


@pytest.fixture
def absolute_error() -> Metric:
    """A real-valued metric, lower is better."""
    return Metric("MAE", higher_is_better=False, binary=False)
