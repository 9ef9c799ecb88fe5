"""A proposal that the search makes itself: the best trial without one change that led to it.

No model is asked. It goes through review like any other proposal; its verdict against the trial
it is of says what the change was worth there.
"""

from __future__ import annotations

from ftassist.agent.ablation import RULE, leave_out
from ftassist.agent.context import Context
from ftassist.agent.cost import estimate
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import digest
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.commands import submit_proposal
from ftassist.journal.state import State, Trial
from ftassist.numerals import signed
from ftassist.records.proposal import EQUAL, Change, Evidence, Hypothesis, Proposal, Side
from ftassist.search.policy import ABLATION, Choice

_SIDES: tuple[Side, ...] = ("data", "training")
MARGIN = 0.02
"""By how much a prediction reaches beyond what the change moved where it was made."""


def ablate(campaign: Campaign, seen: Context, choice: Choice) -> bool:
    """Proposes what a policy chose to leave out; False where it cannot be, or was tried."""
    made = ablation(campaign.state, seen, choice)
    if made is not None:
        submit_proposal(campaign, made, "runner")
    return made is not None


def ablation(state: State, seen: Context, choice: Choice) -> Proposal | None:
    """The proposal; None where there is none to be made."""
    trial, change = state.trials[choice.parent], state.trials[choice.without]
    if change.parent is None:
        return None
    found = leave_out(trial.cells, change.cells, state.trials[change.parent].cells)
    if found is None or digest(found[0]) in seen.digests:
        return None
    cells, parts = found
    return Proposal(
        parent=trial.id,
        hypothesis=_hypothesis(trial, change, parts, seen.task.metric.name),
        cells=cells,
        change=Change(
            f"{ABLATION}:{trial.id}:{change.id}",
            f"{trial.id} without what {change.id} changed ({', '.join(parts)})",
        ),
        estimate=estimate(Situation.of(seen, trial.id), cells),
        backend=state.settings.backend,
        rule=RULE,
        why_parent=choice.reason,
        why_not=choice.instead,
        seed=state.settings.seed,
    )


def _hypothesis(trial: Trial, change: Trial, parts: list[str], metric: str) -> Hypothesis:
    moved = change.verdict.difference or 0.0
    low, high = sorted((0.0, -moved))
    sides = {"data" if part.startswith("curate") else "training" for part in parts}
    verdict = change.verdict
    word = f"{verdict.kind or 'not judged'} against {verdict.against or 'its parent'}"
    return Hypothesis(
        statement=f"{trial.id} without {', '.join(parts)}: is it still worth having?"[:300],
        changes=tuple(side for side in _SIDES if side in sides),
        cause=f"{change.id} changed it and moved {metric} by {signed(moved, 3)}; what it is worth "
        f"beside what came after it is not known.",
        evidence=(Evidence(change.id, word, moved),),
        metric=metric,
        low=round(low - MARGIN, 3),
        high=round(high + MARGIN, 3),
        refuted_if=f"{metric} moves out of the predicted band: the change is worth more, or less, "
        "than it was by itself",
        claims=EQUAL,
    )
