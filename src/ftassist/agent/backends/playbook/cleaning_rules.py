"""Rules about clean rows: wrong labels, repeats, sets that do not belong.

They look at what profiles count of the sets in the mix, and change the curate cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.agent.backends.playbook.edits import drop_edit, operator_edit
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.plan import operator_call
from ftassist.agent.situation import Situation
from ftassist.records.proposal import Evidence

NOISY = 0.08


@dataclass(frozen=True)
class FilterLabels:
    """Prompts with contradicting answers: leave those rows out.

    Where the same question was answered twice and differently, one answer is wrong, and nobody
    knows which. The disagreement also tells how many of the other labels are wrong. Dropping the
    rows that contradict each other is cheap and takes out half of the errors or more. It only sees
    rows that are loaded: of a small draw of the set, few pairs are left to contradict each other.
    """

    name: ClassVar[str] = "filter_labels"
    prior: ClassVar[Prior] = Prior(0.05, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """One finding for the noisiest set in the mix."""
        if at.plan.curate is None or at.plan.operator("curate.filter_labels"):
            return []
        noisy = [s for s in at.used if (s.label_error or 0.0) >= NOISY]
        if not noisy:
            return []
        worst = max(noisy, key=lambda s: (at.share(s.name) * (s.label_error or 0.0), s.name))
        evidence = (
            Evidence(at.parent.id, f"share of rows from {worst.name}", at.share(worst.name)),
        )
        cause = (
            f"In {worst.name} {worst.conflicting} prompts have different answers, so about "
            f"{worst.label_error or 0.0:.0%} of its labels are wrong."
        )
        loaded = at.limit(worst.name) / worst.rows
        strength = min(1.0, 0.3 + at.share(worst.name)) * min(1.0, loaded)
        return [Finding(cause, evidence, strength, worst.name)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """`curate.filter_labels` added."""
        return operator_edit(
            at,
            "curate.filter_labels:add",
            f"Leave out the rows of {finding.subject} that contradict each other.",
            "rows whose prompt occurs with different answers are dropped",
            operator_call("filter_labels"),
        )


@dataclass(frozen=True)
class NoisySource:
    """A noisy set in the mix: train without it.

    Filters see contradictions, not errors: a prompt that was labelled once may be wrong, too. If
    the other sets cover the same views, the noisy one may cost more than it gives. Leaving it out
    is also the plainest way to see what it is worth.
    """

    name: ClassVar[str] = "noisy_source"
    prior: ClassVar[Prior] = Prior(0.04, 0.05)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Sets with many wrong labels, of two sets or more."""
        if len(at.plan.sets) < 2:
            return []
        noisy = [s for s in at.used if (s.label_error or 0.0) >= 2 * NOISY]
        return [
            Finding(
                f"About {s.label_error or 0.0:.0%} of the labels of {s.name} are wrong, and it "
                f"makes {at.share(s.name):.0%} of the rows.",
                (Evidence(at.parent.id, f"share of rows from {s.name}", at.share(s.name)),),
                min(1.0, 0.3 + at.share(s.name)),
                s.name,
            )
            for s in sorted(noisy, key=lambda s: -at.share(s.name))
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The set out."""
        return drop_edit(at, finding.subject, "its labels are noisy")


@dataclass(frozen=True)
class Deduplicate:
    """Many repeats in the mix: keep each row once.

    A row that stands in the data ten times is trained on ten times as often: the model learns it
    by heart, and the row cap is spent on nothing.
    """

    name: ClassVar[str] = "deduplicate"
    prior: ClassVar[Prior] = Prior(0.03, 0.03)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """The share of repeats in the mix, unless they are taken out already."""
        if at.plan.curate is None or at.plan.operator("curate.deduplicate"):
            return []
        whole = sum(at.mix.values())
        repeats = sum(at.mix.get(s.name, 0) * s.repeated for s in at.used)
        if not whole or repeats / whole < 0.05:
            return []
        share = repeats / whole
        worst = max(at.used, key=lambda s: (at.mix.get(s.name, 0) * s.repeated, s.name))
        evidence = (Evidence(at.parent.id, "share of rows that repeat another", round(share, 3)),)
        cause = f"About {share:.0%} of the rows repeat others, most of them from {worst.name}."
        return [Finding(cause, evidence, min(1.0, 0.3 + share), worst.name)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """`curate.deduplicate` added."""
        return operator_edit(
            at,
            "curate.deduplicate:add",
            f"Keep each row once: repeats from {finding.subject} crowd the others out.",
            "exact repeats are dropped",
            operator_call("deduplicate"),
        )


@dataclass(frozen=True)
class OffTopic:
    """A set that is about something else, or writes answers otherwise: train without it.

    Rows of another task are not neutral: they use up the row cap and teach other habits.
    """

    name: ClassVar[str] = "off_topic"
    prior: ClassVar[Prior] = Prior(0.05, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Sets of the mix that neither fit the contract nor share the task's words."""
        if len(at.plan.sets) < 2:
            return []
        odd = [s for s in at.used if s.fits < 0.3 or s.topic < 0.2]
        return [
            Finding(
                f"{s.name} shares few words with any view of the task (likeness {s.topic:.2f}) "
                f"and {s.fits:.0%} of its answers are in the asked form.",
                (Evidence(at.parent.id, f"share of rows from {s.name}", at.share(s.name)),),
                min(1.0, 0.3 + at.share(s.name)),
                s.name,
            )
            for s in sorted(odd, key=lambda s: -at.share(s.name))
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The set out."""
        return drop_edit(at, finding.subject, "it is about something else")
