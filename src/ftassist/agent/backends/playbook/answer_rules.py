"""Rules about the answers in the rows: their form, their work, their balance, their length.

They look at what the model gets wrong and at how the sets in the mix write their answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.agent.backends.playbook.edits import (
    add_edit,
    capped,
    drop_edit,
    operator_edit,
    sets_edit,
)
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.cells import Name
from ftassist.agent.plan import operator_call
from ftassist.agent.sets import SetView
from ftassist.agent.situation import GOOD, Situation
from ftassist.records.proposal import Evidence

SHOWS_WORK = 0.7
BARE = 0.3


@dataclass(frozen=True)
class ShowWork:
    """Bare answers in the mix, and answers of the right form that are wrong: show the steps.

    A model that writes only the result has to compute it in one go. Rows that write the steps
    give it room to compute and a pattern to follow; with small models this is often the
    largest lever there is. Few worked rows beat many bare ones.
    """

    name: ClassVar[str] = "show_work"
    prior: ClassVar[Prior] = Prior(0.20, 0.15)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """One finding for each set of bare answers that holds a fair share of the rows."""
        bare = [s for s in at.used if s.worked < BARE and at.share(s.name) >= 0.15]
        worked = [s for s in at.unused if s.worked >= SHOWS_WORK and s.quality >= GOOD]
        worked += [s for s in at.used if s.worked >= SHOWS_WORK]
        wrong = at.wrong.parsed if at.wrong else None
        if not worked or (wrong is not None and wrong < 0.15):
            return []
        return [self._finding(at, s, wrong) for s in sorted(bare, key=lambda s: -at.share(s.name))]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The bare set out, worked sets in, as many rows as before where they have them."""
        bare = finding.subject
        rest = {name: at.limit(name) for name in at.plan.sets if name != bare}
        worked = [s for s in at.unused if s.worked >= SHOWS_WORK and s.quality >= GOOD]
        chosen = _for_weak_views(at, worked)[:2]
        if not chosen and not rest:
            return None
        each = max(100, at.limit(bare) // max(1, len(chosen)))
        sets = capped({**rest, **{s.name: min(each, s.rows) for s in chosen}}, at.row_cap)
        names = " and ".join(s.name for s in chosen) or "the others"
        return sets_edit(
            at,
            f"curate.load:swap:{bare}",
            f"Train on rows that show their work: {names} instead of the bare {bare}.",
            f"{bare} (bare answers) is replaced by {names}",
            sets,
        )

    def _finding(self, at: Situation, bare: SetView, wrong: float | None) -> Finding:
        evidence = [Evidence(at.parent.id, f"share of rows from {bare.name}", at.share(bare.name))]
        said = ""
        if wrong is not None:
            evidence.append(
                Evidence(at.parent.id, "answers that can be read and are wrong", wrong)
            )
            said = f"; {wrong:.0%} of the answers have the right form and are wrong"
        cause = (
            f"{at.share(bare.name):.0%} of the rows are from {bare.name}, where "
            f"{1 - bare.worked:.0%} of the answers show no work{said}."
        )
        strength = min(1.0, at.share(bare.name) + 0.2)
        return Finding(cause, tuple(evidence), strength, bare.name)


@dataclass(frozen=True)
class FitContract:
    """Many answers cannot be read: train on answers in the form the task asks for.

    An answer the scorer cannot read is wrong however right it is. The form is learned from the
    rows, so sets that write it otherwise have to go, or be outnumbered.
    """

    name: ClassVar[str] = "fit_contract"
    prior: ClassVar[Prior] = Prior(0.12, 0.08)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Sets in another form first, else a set in the right form to add."""
        if at.plan.curate is None or at.wrong is None or at.wrong.unparsable < 0.15:
            return []
        unread = at.wrong.unparsable
        evidence = (Evidence(at.parent.id, "share of answers that cannot be read", unread),)
        misfits = [s for s in at.used if s.fits < 0.5]
        if misfits and len(at.plan.sets) > 1:
            return [
                Finding(
                    f"{unread:.0%} of the answers cannot be read, and {1 - s.fits:.0%} of the "
                    f"answers in {s.name} are written in another form than the task's.",
                    evidence,
                    min(1.0, unread + at.share(s.name)),
                    s.name,
                    {"out": True},
                )
                for s in sorted(misfits, key=lambda s: -at.share(s.name))
            ]
        fitting = [s for s in at.unused if s.fits >= 0.9 and s.quality >= GOOD]
        return [
            Finding(
                f"{unread:.0%} of the answers cannot be read; all answers of {s.name} are in the "
                "form the task asks for.",
                evidence,
                min(1.0, unread) * 0.8,
                s.name,
                {"out": False},
            )
            for s in fitting
        ]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The misfit out, or the fitting set in."""
        if finding.detail["out"]:
            return drop_edit(at, finding.subject, "its answers are not in the asked form")
        return add_edit(at, finding.subject, "its answers are in the asked form")


@dataclass(frozen=True)
class Balance:
    """One answer all over the place: cut it down.

    Where nine of ten rows say "yes", saying "yes" is what is learned. Cutting the commonest
    answer down makes the rows, not the frequencies, the thing to learn from.
    """

    name: ClassVar[str] = "balance"
    prior: ClassVar[Prior] = Prior(0.06, 0.05)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Skewed sets that hold a fair share of the rows."""
        if at.plan.curate is None or at.plan.operator("curate.balance"):
            return []
        skewed = [s for s in at.used if s.skewed and at.share(s.name) >= 0.15]
        found = []
        for each in sorted(skewed, key=lambda s: -at.share(s.name)):
            evidence = [
                Evidence(at.parent.id, f"share of rows from {each.name}", at.share(each.name))
            ]
            said = ""
            same = at.wrong.shown if at.wrong else None
            if same is not None and same >= 0.5:
                evidence.append(Evidence(at.parent.id, "wrong answers that are the same", same))
                said = f"; {same:.0%} of the wrong answers shown are one and the same"
            cause = f"{each.top_answer:.0%} of the answers of {each.name} are the same{said}."
            strength = min(1.0, each.top_answer * (0.4 + at.share(each.name)))
            found.append(Finding(cause, tuple(evidence), strength, each.name))
        return found

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """`curate.balance` added, by source and answer, so that even sets stay as they are."""
        skewed = at.sets[finding.subject]
        rows = at.mix.get(skewed.name, 0)
        at_most = max(20, round(1.5 * rows * skewed.second_answer))
        others = [s for s in at.used if s.name != skewed.name and not s.skewed]
        if any(at.mix.get(s.name, 0) * s.top_answer > 2 * at_most for s in others):
            return None
        return operator_edit(
            at,
            "curate.balance:add",
            f"Balance the answers: most rows of {skewed.name} say the same.",
            f"at most {at_most} rows of one answer from one set",
            operator_call("balance", by=["source", "answer"], at_most=at_most, seed=Name("seed")),
        )


@dataclass(frozen=True)
class LengthFilter:
    """Rows that are cut, or answers that run on: leave the longest rows out.

    A row that is cut loses its end, and with it the end token: the model learns not to stop. Cut
    answers also miss the part that is scored.
    """

    name: ClassVar[str] = "length_filter"
    prior: ClassVar[Prior] = Prior(0.04, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Truncated training rows, or truncated answers."""
        if at.plan.curate is None or at.plan.operator("curate.filter_length"):
            return []
        audit = at.parent.evidence.audit if at.parent.evidence else None
        limit = at.plan.settings.max_length
        if audit and audit.rows and audit.rows_truncated:
            share = audit.rows_truncated / audit.rows
            if 0.02 <= share <= 0.5:
                cause = f"{audit.rows_truncated} of {audit.rows} rows were cut at {limit} tokens."
                evidence = Evidence(at.parent.id, "share of rows that were cut", round(share, 3))
                return [Finding(cause, (evidence,), min(1.0, 0.4 + share), "", {"most": limit})]
        cut = at.wrong.truncated if at.wrong else 0.0
        if cut >= 0.1 and not _all_long(at, max(64, limit // 2)):
            cause = f"{cut:.0%} of the answers hit the limit of new tokens before they end."
            evidence = Evidence(at.parent.id, "share of answers that were cut", cut)
            strength = min(1.0, 0.3 + cut)
            return [Finding(cause, (evidence,), strength, "", {"most": max(64, limit // 2)})]
        return []

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """`curate.filter_length` added."""
        most = finding.detail["most"]
        return operator_edit(
            at,
            "curate.filter_length:add",
            f"Train on rows of at most {most} tokens, so that every row has its end.",
            f"rows of more than {most} tokens are dropped",
            operator_call("filter_length", max_tokens=most, model=Name("model")),
        )


def _all_long(at: Situation, tokens: int) -> bool:
    """Whether a filter at so many tokens would leave no set half of its rows, to be sure.

    Text has hardly more than four characters a token.
    """
    return bool(at.used) and all(s.prompt_length > 4 * tokens for s in at.used)


def _for_weak_views(at: Situation, sets: Sequence[SetView]) -> list[SetView]:
    """Sets, those about the views with the lowest scores first."""
    scores = at.parent.views

    def need(each: SetView) -> float:
        gaps = [each.views.get(view, 0.0) * (1.0 - score) for view, score in scores.items()]
        return each.quality * (0.5 + max(gaps, default=0.0))

    return sorted(sets, key=lambda s: (-need(s), s.name))
