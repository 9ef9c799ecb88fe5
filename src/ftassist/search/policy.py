"""Which trial to grow next: the tree a policy sees and the protocol it answers.

A policy gets a plain picture of the search tree and names the parents of the next proposals,
each with a reason a person can read. It knows nothing of journals, notebooks, agents or
budgets: whoever calls it turns the campaign's state into a `SearchTree` first. Scores in the
tree are oriented, so greater is better for every metric.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from ftassist.errors import DataError, UnknownNameError

NodeStatus = Literal["proposed", "running", "scored", "failed", "invalid", "vetoed"]
VerdictKind = Literal["better", "tied", "worse", "invalid"]


@dataclass(frozen=True)
class TreeNode:
    """One trial as a policy sees it.

    Attributes:
        id: The trial, such as "t0003".
        parent: The trial it grew from; None for the untouched base model.
        status: Where the trial stands; "running" covers everything accepted and not yet scored.
        score: The headline score on the validation split, oriented (greater is better); None
            unless the status is "scored".
        interval: The 95 % interval of `score`, oriented as well; None where there is none.
        n_items: Validation items behind the score.
        verdict: Against the parent; None for the base model and for trials without a score.
        verdict_best: Against the best trial of the time; None where nothing was compared.
        seconds: What the trial has cost so far.
        changes: Kinds of change against the parent, such as ("data",) or ("training",).
    """

    id: str
    parent: str | None
    status: NodeStatus
    score: float | None = None
    interval: tuple[float, float] | None = None
    n_items: int = 0
    verdict: VerdictKind | None = None
    verdict_best: VerdictKind | None = None
    seconds: float = 0.0
    changes: tuple[str, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether an outcome is still awaited."""
        return self.status in ("proposed", "running")

    @property
    def expandable(self) -> bool:
        """Whether a proposal may grow from this trial: it has a score."""
        return self.status == "scored" and self.score is not None


@dataclass(frozen=True)
class SearchTree:
    """All trials of a campaign in the order they were proposed, the base model first.

    Raises:
        DataError: An id occurs twice, a parent does not come before its child, or there is
            not exactly one root.
    """

    nodes: tuple[TreeNode, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for node in self.nodes:
            if node.id in seen:
                raise DataError(f"trial {node.id!r} occurs twice in the tree", where=node.id)
            if seen and node.parent not in seen:
                raise DataError(
                    f"the parent {node.parent!r} does not come before its child",
                    where=node.id,
                    fix="list trials in the order they were proposed, the base model first",
                )
            seen.add(node.id)
        if not self.nodes or self.nodes[0].parent is not None:
            raise DataError("a search tree starts with the base model, which has no parent")

    def __iter__(self) -> Iterator[TreeNode]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def root(self) -> TreeNode:
        """The untouched base model."""
        return self.nodes[0]

    @property
    def expandable(self) -> tuple[TreeNode, ...]:
        """The trials a proposal may grow from, oldest first."""
        return tuple(node for node in self.nodes if node.expandable)

    def node(self, trial: str) -> TreeNode:
        """The trial of that id.

        Raises:
            UnknownNameError: No such trial; names the nearest.
        """
        for node in self.nodes:
            if node.id == trial:
                return node
        raise UnknownNameError.of("trial", trial, (node.id for node in self.nodes))

    def children(self, trial: str) -> tuple[TreeNode, ...]:
        """The trials grown from `trial`, oldest first, whatever became of them."""
        return tuple(node for node in self.nodes if node.parent == trial)

    def pending_children(self, trial: str) -> int:
        """How many children of `trial` are proposed or running."""
        return sum(child.pending for child in self.children(trial))

    def path(self, trial: str) -> tuple[TreeNode, ...]:
        """The trials from the base model down to `trial`, both included."""
        node = self.node(trial)
        path = [node]
        while node.parent is not None:
            node = self.node(node.parent)
            path.append(node)
        return tuple(reversed(path))


@dataclass(frozen=True)
class Choice:
    """A parent for the next proposal, and why, in a sentence for people."""

    parent: str
    reason: str


class Policy(Protocol):
    """Picks the trials to grow from.

    Every policy promises: at most `slots` choices; only trials that have a score; a reason
    for each; the same answer for the same tree. An empty answer means "wait": nothing has a
    score yet, or the policy wants the outcome of a pending trial first.
    """

    @property
    def name(self) -> str:
        """The name used in commands and campaign settings."""
        ...

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """The parents of the next proposals, at most `slots` of them."""
        ...
