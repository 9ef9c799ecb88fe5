"""A rule about sides: after a tie on one side, take it back and try the other.

The sides are data and training. This rule borrows the findings of the other rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior, Rule
from ftassist.agent.situation import Situation
from ftassist.numerals import signed
from ftassist.records.proposal import Evidence


@dataclass(frozen=True)
class OtherSide:
    """Tied with its parent: take the change back and try the other side.

    A tie means the change bought nothing that this many items can show. Keeping it would let
    costs and settings pile up for no reason, and building on it would mix two questions. So go
    back to where the score came from, and if data were changed, change the training, or the
    other way round. A tie of more than one standard error to the good is built upon instead: it
    is no proof, but more likely a gain than not.
    """

    rules: tuple[Rule, ...] = field(default=(), repr=False)
    name: ClassVar[str] = "other_side"
    prior: ClassVar[Prior] = Prior(0.03, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """What the other rules find on the other side, at the grandparent."""
        parent, origin = at.parent, at.parent.parent
        outcome = at.context.outcome(parent.id)
        if outcome is None or outcome.promising or len(parent.changes) != 1:
            return []
        if origin is None or origin not in at.context.trials:
            return []
        there = at.moved(origin)
        if there.plan.empty or there.parent.score is None:
            return []
        side = parent.changes[0]
        other = "training" if side == "data" else "data"
        findings = []
        for rule in self.rules:
            for finding in rule.applies(there):
                edit = rule.change(there, finding)
                if edit is None or edit.side != other or edit.parent:
                    continue
                difference = parent.difference or 0.0
                cause = (
                    f"{parent.id} ({parent.description or side}) was {parent.verdict} against "
                    f"{parent.against or origin} ({signed(difference, 3)}), so it is taken back "
                    f"and the {other} side is tried. {finding.cause}"
                )
                claim = f"difference against {parent.against or origin}"
                evidence = (Evidence(parent.id, claim, difference), *finding.evidence)
                expected = finding.expected
                if expected is None:
                    expected = rule.prior.mean * finding.strength
                findings.append(
                    replace(
                        finding,
                        cause=cause,
                        evidence=evidence,
                        expected=1.2 * expected,
                        detail={"edit": edit, "side": side},
                    )
                )
                break
        return sorted(findings, key=lambda f: -(f.expected or 0.0))

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The borrowed change, from the grandparent."""
        edit: Edit = finding.detail["edit"]
        return replace(
            edit,
            parent=at.parent.parent or "",
            why_parent=f"{at.parent.id} was {at.parent.verdict}; its change is taken back",
        )
