"""Which trial to grow next: the tree a policy sees and the protocol it answers.

A policy gets a plain picture of the search tree and names the parents of the next proposals,
each with a reason a person can read. It knows nothing of journals, notebooks, agents or
budgets: whoever calls it turns the campaign's state into a `SearchTree` first. Scores in the
tree are oriented, so greater is better for every metric.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

from ftassist.errors import DataError, UnknownNameError
from ftassist.records.verdict import VerdictKind

NodeStatus = Literal["proposed", "running", "resting", "scored", "failed", "invalid", "vetoed"]
Action = Literal["grow", "repeat", "promote", "ablate"]


ABLATION = "without"
"""How the idea of a trial begins that leaves one change of its parent out."""


@dataclass(frozen=True)
class SearchKnob:
    """A number of a recipe that an optimiser may choose.

    Attributes:
        name: Such as "train.learning_rate".
        low: The least it may be.
        high: The most it may be.
        log: Whether it counts by orders of magnitude.
        whole: Whether it is a whole number.
        choices: Where it has no order, what it may be; then `low` and `high` do not count.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    whole: bool = False
    choices: tuple[float, ...] = ()


@dataclass(frozen=True)
class PartialScore:
    """What a run that went to a rung scored: of use beside others of that rung only.

    Attributes:
        rung: How far it went, as a share of a whole run.
        score: On a part of the items, oriented (greater is better).
        interval: Its 95 % interval, oriented as well; None where there is none.
    """

    rung: float
    score: float
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class TreeNode:
    """One trial as a policy sees it.

    Attributes:
        id: The trial, such as "t0003".
        parent: The trial it grew from; None for the untouched base model.
        status: Where the trial stands; "running" covers everything accepted and not yet scored,
            "resting" a trial that was run to a rung and has no score yet.
        score: The headline score on the validation split, oriented (greater is better); None
            unless the status is "scored".
        interval: The 95 % interval of `score`, oriented as well; None where there is none.
        n_items: Validation items behind the score.
        verdict: Against the parent; None for the base model and for trials without a score.
        verdict_best: Against the best trial of the time; None where nothing was compared.
        seconds: What the trial has cost so far.
        changes: Kinds of change against the parent, such as ("data",) or ("training",).
        idea: What was changed against the parent, such as "train.learning_rate:down"; the part
            before the first colon is what the change is about. "" where nothing tells.
        repeats: Oriented scores of its further training runs, each with a fresh seed.
        repeating: How many further runs are under way.
        difference_error: Standard error of its difference to its parent on the same items, as
            the verdict's interval tells it; None where nothing was compared.
        knobs: The numbers of its recipe, by name; none where they are not known.
        rung: How far it was run, or is being run, as a share of a whole run.
        partial: Its scores at the rungs it was run to on the way, the lowest first.
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
    idea: str = ""
    repeats: tuple[float, ...] = ()
    repeating: int = 0
    difference_error: float | None = None
    knobs: tuple[tuple[str, float], ...] = ()
    rung: float = 1.0
    partial: tuple[PartialScore, ...] = ()

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

    Attributes:
        nodes: The trials.
        seconds_left: What the budget still allows to spend on trials; None where it is not known.
        may_repeat: Whether a trial may be trained once more, or be run on; not where a person
            waits for a proposal.
        may_grow: Whether there may be new trials; not where their number is used up.
        space: The numbers an optimiser may choose; none where they are not known.
        rungs: How far a trial may be run at first and then on, as shares of a whole run.

    Raises:
        DataError: An id occurs twice, a parent does not come before its child, or there is
            not exactly one root.
    """

    nodes: tuple[TreeNode, ...]
    seconds_left: float | None = None
    may_repeat: bool = True
    space: tuple[SearchKnob, ...] = ()
    rungs: tuple[float, ...] = (1.0,)
    may_grow: bool = True

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

    @cached_property
    def _by_id(self) -> dict[str, TreeNode]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def _by_parent(self) -> dict[str, list[TreeNode]]:
        found: dict[str, list[TreeNode]] = {}
        for node in self.nodes[1:]:
            found.setdefault(node.parent or "", []).append(node)
        return found

    @property
    def root(self) -> TreeNode:
        """The untouched base model."""
        return self.nodes[0]

    @cached_property
    def expandable(self) -> tuple[TreeNode, ...]:
        """The trials a proposal may grow from, oldest first."""
        return tuple(node for node in self.nodes if node.expandable)

    def node(self, trial: str) -> TreeNode:
        """The trial of that id.

        Raises:
            UnknownNameError: No such trial; names the nearest.
        """
        if trial not in self._by_id:
            raise UnknownNameError.of("trial", trial, self._by_id)
        return self._by_id[trial]

    def children(self, trial: str) -> tuple[TreeNode, ...]:
        """The trials grown from `trial`, oldest first, whatever became of them."""
        return tuple(self._by_parent.get(trial, ()))

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
    """What to do next with one slot, and why, in a sentence for people.

    Attributes:
        parent: The trial to grow from, or to train once more.
        reason: Why this one.
        action: "grow" asks for a proposal from it; "repeat" trains it again on a fresh seed;
            "promote" runs it on to `rung`; "ablate" tries it without what `without` changed.
        instead: Why not the runner-up, in a sentence; "" where there is none.
        numbers: What an optimiser proposes for the recipe's numbers; none where none does.
        rung: How far the trial is run, as a share of a whole run.
        without: The ancestor whose change is left out; "" but for "ablate".
    """

    parent: str
    reason: str
    action: Action = "grow"
    instead: str = ""
    numbers: tuple[tuple[str, float], ...] = ()
    rung: float = 1.0
    without: str = ""


class Policy(Protocol):
    """Picks the trials to grow from.

    Every policy promises: at most `slots` choices; only trials that have a score; a reason
    for each; the same answer for the same tree. One that mends (`aide`) also goes on from trials
    that failed. An empty answer means "wait": nothing has a score yet, or the policy wants the
    outcome of a pending trial first.
    """

    @property
    def name(self) -> str:
        """The name used in commands and campaign settings."""
        ...

    @property
    def in_parts(self) -> bool:
        """Whether it has trials run in parts."""
        ...

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """The parents of the next proposals, at most `slots` of them."""
        ...
