"""Agents that think nothing: what a search has to beat, and who stands in for one outside.

`Untouched` proposes nothing at all, so that the base model itself is what a campaign ends with.
`Plain` trains once on everything, as a script would that nobody thought about. `Outside` is not
asked: proposals come over the campaign's door. None reads what a trial taught, or asks anybody.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ftassist.agent.backends.base import Analysis, OutOfIdeasError
from ftassist.agent.backends.playbook.analysis import analyse_trial
from ftassist.agent.cells import Name, render
from ftassist.agent.context import Context, Veto
from ftassist.agent.cost import estimate
from ftassist.agent.insight_changes import InsightChange
from ftassist.agent.plan import (
    EVALUATE,
    export_call,
    leaving_bad_rows_out,
    load_call,
    operator_call,
    sft_call,
)
from ftassist.agent.refutation import refuted_if
from ftassist.agent.situation import Situation
from ftassist.errors import FtassistError
from ftassist.journal.state import BASE
from ftassist.records.proposal import BETTER, Change, Hypothesis, Proposal
from ftassist.records.understanding import Understanding

KEY = "plain"
CUSTOMARY_RATE = 2e-4
"""What most scripts train an adapter with; `train.sft` has no default of its own."""
TINY_RATE = 3e-3
"""What `train.sft` names for an adapter on the tiny model."""
USUAL_LENGTH = 256
_ANYTHING = 1e9
"""Nothing is foretold."""


class _Thoughtless:
    """What all have in common: they read numbers by rule, and learn nothing from them."""

    def analyse(self, context: Context, trial: str) -> Analysis:
        """What a finished trial tells, by the playbook's reading of its numbers."""
        return analyse_trial(context, trial)

    def distil(self, context: Context) -> list[InsightChange]:
        """Nothing."""
        return []

    def understand(self, context: Context, veto: Veto) -> Understanding | None:
        """Nothing beyond what rules read."""
        return None


class Untouched(_Thoughtless):
    """Proposes nothing: the base model stays as it is."""

    name: ClassVar[str] = "untouched"

    def propose(self, context: Context, parent: str, k: int = 1) -> list[Proposal]:
        """Never anything.

        Raises:
            OutOfIdeasError: Always.
        """
        raise OutOfIdeasError("the base model is left as it is", where=parent)


class Outside(_Thoughtless):
    """Waits for what an agent outside submits."""

    name: ClassVar[str] = "outside"

    def propose(self, context: Context, parent: str, k: int = 1) -> list[Proposal]:
        """Never anything; a runner does not ask, and a person who does is told.

        Raises:
            FtassistError: Always.
        """
        raise FtassistError(
            "proposals of this campaign come from an agent outside",
            where=parent,
            fix="connect one with `ftassist mcp`",
        )


class Plain(_Thoughtless):
    """Trains once, on everything there is, with the defaults of the recipes.

    All raw sets are loaded in full; rows that cannot be used, and rows that are evaluation items,
    are left out (a trial that trains on them would not count); what is more than the budget's row
    cap is left out by lot. The rate is the customary one.
    """

    name: ClassVar[str] = "plain"

    def propose(self, context: Context, parent: str, k: int = 1) -> list[Proposal]:
        """The one trial from the base, the first time.

        Raises:
            OutOfIdeasError: It was proposed before, or there is nothing to train on.
        """
        context.trial(parent)
        if len(context.trials) + len(context.others) > 1:
            raise OutOfIdeasError("a plain training is done once", where=parent)
        if not context.profiles:
            raise OutOfIdeasError("the task has no raw set to train on", where=parent)
        return [_everything(context)]


def _everything(context: Context) -> Proposal:
    """The proposal to train on all raw sets."""
    metric = context.task.metric.name
    cells = _cells(context)
    cap = context.budget.rows
    what = f"all {len(context.profiles)} raw sets, at most {cap} rows drawn by lot"
    return Proposal(
        parent=BASE,
        hypothesis=Hypothesis(
            statement=f"One training with the defaults on {what} teaches the task.",
            changes=("data", "training"),
            cause="Nothing was looked at: this is what a search has to beat.",
            evidence=(),
            metric=metric,
            low=-_ANYTHING,
            high=_ANYTHING,
            refuted_if=refuted_if(metric, BETTER),
        ),
        cells=cells,
        change=Change(KEY, f"a plain training on {what}"),
        estimate=estimate(Situation.of(context, BASE), cells),
        backend=Plain.name,
        rule=KEY,
        seed=context.seed,
    )


def _cells(context: Context) -> dict[str, str]:
    """The three cells."""
    cap = context.budget.rows
    calls = leaving_bad_rows_out((load_call(dict.fromkeys(context.profiles)),))
    calls += (
        operator_call("decontaminate"),
        operator_call("sample", cap, seed=Name("seed")),
        export_call(),
    )
    return {
        "curate": render("curate", calls),
        "train": render("train", [sft_call(**_training(context))]),
        "evaluate": render("evaluate", EVALUATE),
    }


def _training(context: Context) -> dict[str, Any]:
    """The one argument without a default; and no row is cut that the card lets be longer."""
    rate = TINY_RATE if Situation.of(context, BASE).tiny else CUSTOMARY_RATE
    length = context.task.max_length
    return {"learning_rate": rate, **({"max_length": length} if length > USUAL_LENGTH else {})}
