"""A rule for what people ask for when they veto a first plan: that plan, changed as they said.

From the untouched base there is no plan to change but the vetoed one. All that one veto asks for
comes at once: in a first plan no effect is told from another's anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.backends.playbook.start_rules import Start
from ftassist.agent.backends.playbook.wish_rules import wished_edit
from ftassist.agent.context import Veto
from ftassist.agent.plan import Plan
from ftassist.agent.situation import Situation
from ftassist.agent.vetoes import open_wishes, read_bans
from ftassist.records.proposal import Evidence
from ftassist.records.understanding import Wish

INSTEAD: Mapping[str, Wish] = {
    "train.method:full": Wish("train.method:lora", "LoRA"),
    "train.method:lora": Wish("train.method:full", "full training"),
}
"""What is left where a way to train is ruled out."""


@dataclass(frozen=True)
class AskedStart:
    """A person who vetoed the first plan said what to change in it: change that.

    Another first plan, with other sets, would pass over what they said; and what they did not
    speak of is as good as it was.
    """

    name: ClassVar[str] = "asked_for_start"
    prior: ClassVar[Prior] = Start.prior

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Vetoed first plans with something asked for, or with a way to train ruled out."""
        if not at.plan.empty:
            return []
        evidence = (Evidence(at.parent.id, "score of the untouched model", at.parent.score),)
        return [
            Finding(
                f'A person said so with the veto of {veto.trial}: "{veto.reason}".',
                evidence,
                0.9,
                ", ".join(wish.words for wish in wishes),
                {"wishes": wishes, "veto": veto.trial},
            )
            for veto, wishes in _asked(at)
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The vetoed plan with all of it that can be met; None where nothing can."""
        there, made = at.moved(finding.detail["veto"]), []
        for wish in finding.detail["wishes"]:
            if edit := wished_edit(there, wish):
                made.append(edit)
                view = replace(there.parent, cells=edit.cells)
                there = replace(there, parent=view, plan=Plan.of(edit.cells))
        if not made:
            return None
        told = ", ".join(edit.description for edit in made)
        return Edit(
            key=f"start:{finding.detail['veto']}:{'+'.join(edit.key for edit in made)}",
            statement=f"The first plan of {finding.detail['veto']}, as a person wants it: {told}.",
            description=f"a first plan: that of {finding.detail['veto']} with {told}",
            side="both",
            cells=there.parent.cells,
            before=", ".join(edit.before for edit in made),
            after=", ".join(edit.after for edit in made),
        )


def _asked(at: Situation) -> list[tuple[Veto, list[Wish]]]:
    """What each veto of a first plan from here asks for, the newest veto first."""
    found: dict[str, tuple[Veto, list[Wish]]] = {}
    for one in open_wishes(at.context, at.sets):
        found.setdefault(one.veto.trial, (one.veto, []))[1].append(one.wish)
    for ban in reversed(read_bans(at.context, at.sets)):
        if left := [INSTEAD[wish.key] for wish in ban.avoid if wish.key in INSTEAD]:
            veto, wishes = found.setdefault(ban.veto.trial, (ban.veto, []))
            found[veto.trial] = (veto, [*left, *wishes])
    views = at.context.trials
    starts = [v for v in found if v in views and views[v].parent == at.parent.id]
    return [found[trial] for trial in starts]
