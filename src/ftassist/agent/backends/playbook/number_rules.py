"""A rule for the numbers that an optimiser proposes (`--policy tpe`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.agent.backends.playbook.edits import training_edit
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.situation import Situation
from ftassist.numerals import plain
from ftassist.records.proposal import Evidence


@dataclass(frozen=True)
class Optimised:
    """The campaign's optimiser proposes numbers: take them, and nothing else.

    Rates, epochs and batches hang together, and no rule looks at all of them at once; what was
    scored tells more of them than any rule of thumb. Nothing else is changed beside them, so that
    what comes of it is theirs, and the optimiser learns what it asked for.
    """

    name: ClassVar[str] = "optimised"
    prior: ClassVar[Prior] = Prior(0.01, 0.05)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """The numbers, where there are any and there is a training to give them to."""
        suggested = at.context.numbers.get("suggested", {})
        if not suggested or at.plan.empty:
            return []
        evidence = (Evidence(at.parent.id, "score to start from", at.parent.score),)
        cause = "The optimiser has seen the numbers and scores of all trials, and proposes these."
        return [Finding(cause, evidence, 1.0, "numbers", dict(suggested))]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The training with these numbers; None where it has them, or is of a person's own."""
        now = at.plan.settings
        new = {n: value for n, value in finding.detail.items() if value != getattr(now, n, None)}
        if not new:
            return None
        told = ", ".join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in new.items())
        key = "train.numbers:" + ",".join(f"{name}={plain(value)}" for name, value in new.items())
        return training_edit(at, key, f"Numbers by the optimiser: {told}.", told, **new)
