"""A rule about adapters that came out alike: average them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.cells import Call, Name, render
from ftassist.agent.plan import Plan, training_call
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import TrialView
from ftassist.numerals import signed
from ftassist.records.proposal import Evidence

FOLDERS = ("adapters/a", "adapters/b")


@dataclass(frozen=True)
class Soup:
    """Two adapters on the same rows came out tied, trained differently: average them.

    Adapters of one base that end in the same valley can be averaged (a soup); where their
    mistakes differ, the average makes fewer than either. It is trained anew as two adapters in
    one trial, so it costs both; gains are small as a rule, and none are to be had from adapters
    that differ by chance alone.
    """

    name: ClassVar[str] = "soup"
    prior: ClassVar[Prior] = Prior(0.01, 0.03)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """A child that was tied and differs from the trial to start from in its training only."""
        return [
            Finding(
                f"{child.id} ({child.description}) came out tied with {at.parent.id} by "
                f"{signed(child.difference or 0.0, 3)}, on the same rows from the same base.",
                (
                    Evidence(child.id, f"difference against {at.parent.id}", child.difference),
                    Evidence(at.parent.id, "score to start from", at.parent.score),
                ),
                1.0,
                child.id,
                {"other": child},
            )
            for child in sorted(at.children, key=lambda view: view.id)
            if _alike(at, child)
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Both trainings into folders of their own, then their mean."""
        other: TrialView = finding.detail["other"]
        calls: list[Call] = []
        for plan, folder in zip((at.plan, Plan.of(other.cells)), FOLDERS, strict=True):
            assert plan.train is not None  # as `_alike` made sure
            call = training_call(plan.train)
            calls.append(replace(call, positional=(*call.positional[:2], folder), target=""))
        calls.append(Call("train.merge", (Name("model"), list(FOLDERS), "model")))
        return Edit(
            key=f"train.merge:{other.id}",
            statement=f"The mean of the adapters of {at.parent.id} and {other.id}, trained anew.",
            description=f"the adapters of {at.parent.id} and {other.id} are averaged",
            side="training",
            cells={**at.plan.cells, "train": render("train", calls)},
            before=at.parent.id,
            after=f"{at.parent.id} + {other.id}",
        )


def _alike(at: Situation, child: TrialView) -> bool:
    """Whether an adapter of a child can be averaged with the parent's, and it may be worth it."""
    mine, theirs = at.plan, Plan.of(child.cells)
    plans = (mine, theirs)
    return (
        child.verdict == "tied"
        and child.against == at.parent.id
        and mine.cells.get("curate") == theirs.cells.get("curate")
        and all(plan.trainer == "train.sft" for plan in plans)
        and all(plan.settings.method == "lora" for plan in plans)
    )
