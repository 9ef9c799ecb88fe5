"""What a rule is: evidence in, one change out.

A rule looks at a `Situation`, says what it found there (with numbers and trial ids), and writes
the one change it would make. It does not decide whether its change is the best one: the playbook
ranks what all rules found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ftassist.agent.situation import Situation
from ftassist.records.proposal import BETTER, Evidence

Side = Literal["data", "training"]


@dataclass(frozen=True)
class Prior:
    """What a rule expects of its change before this campaign has tried it.

    Attributes:
        mean: Expected change of the score, as a fraction of its range (greater is better).
        spread: Standard deviation of that.
    """

    mean: float
    spread: float


@dataclass(frozen=True)
class Finding:
    """What a rule found.

    Attributes:
        cause: The supposed cause, with numbers.
        evidence: The numbers and the trials they are from.
        strength: How clearly it shows, 0 to 1; scales the prior's mean.
        subject: What it is about, such as the name of a set.
        detail: More for the rule's own `change`.
        expected: The expected gain where the evidence itself tells it; replaces the prior's mean.
    """

    cause: str
    evidence: tuple[Evidence, ...]
    strength: float = 1.0
    subject: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    expected: float | None = None


@dataclass(frozen=True)
class Edit:
    """The one change a rule would make.

    Attributes:
        key: What a veto of it forbids, such as "train.epochs:up".
        statement: The hypothesis in one line.
        description: What is changed, in words.
        side: "data" or "training"; a start changes both.
        cells: The cells with the change made.
        before: The changed thing before.
        after: The changed thing after.
        parent: The trial it starts from, where that is not the one asked for.
        why_parent: Why, in that case.
        claims: "better", or "equal" where the score is to stay.
        again: Whether equal cells may be run again (after a failure of the environment).
    """

    key: str
    statement: str
    description: str
    side: Side | Literal["both"]
    cells: Mapping[str, str]
    before: str = ""
    after: str = ""
    parent: str = ""
    why_parent: str = ""
    claims: str = BETTER
    again: bool = False


class Rule(Protocol):
    """One written rule of the playbook; its docstring is the craft behind it."""

    @property
    def name(self) -> str:
        """Its name, shown with its proposals."""
        ...

    @property
    def prior(self) -> Prior:
        """What it expects of its change."""
        ...

    def applies(self, at: Situation) -> Sequence[Finding]:
        """What it found, the strongest first; empty where it has nothing to say."""
        ...

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The change for a finding; None where the cells do not allow it."""
        ...
