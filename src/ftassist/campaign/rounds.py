"""A round of proposals: how many are asked for at once, and from which trials.

A campaign with the setting `variants` may ask for up to so many proposals together. Those that run
by themselves are asked for only as devices are free, so that each is chosen by all that is known;
a person is shown as many as there are trials that may be the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ftassist.agent.variants import MOST, variants
from ftassist.campaign.review import parse_review
from ftassist.errors import FtassistError
from ftassist.journal.state import State
from ftassist.records.proposal import Proposal, Round, TrialProposal
from ftassist.search.best import contenders, ranked_trials
from ftassist.search.policy import Choice, SearchTree


@dataclass(frozen=True)
class RoundCall:
    """One question to the agent.

    Attributes:
        parent: The trial the proposals grow from.
        count: How many, at most.
        variants: What each is for; none in a round of one.
        reason: Why from this trial.
        numbers: What an optimiser suggests for them; none without one.
        instead: Why not from the runner-up; "" where there is none.
    """

    parent: str
    count: int
    variants: tuple[str, ...] = ()
    reason: str = ""
    numbers: tuple[tuple[str, float], ...] = ()
    instead: str = ""


def checked_variants(count: int) -> int:
    """The setting, if it can be one.

    Raises:
        FtassistError: It is out of range.
    """
    if not 1 <= count <= MOST:
        raise FtassistError(
            f"{count} proposals a round cannot be made", where="variants", fix=f"use 1 to {MOST}"
        )
    return count


def round_size(state: State, tree: SearchTree, free: int) -> int:
    """How many proposals are asked for at once.

    Args:
        tree: Its search tree.
        free: Devices on which nothing runs.
    """
    most = state.settings.variants or 1
    left = state.budget.trials - state.trials_used
    wanted = max(1, free)
    if parse_review(state.review).mode != "never" or state.asked.seq:
        ranked = ranked_trials(tree)
        uncertain = len(contenders(ranked)) if len(ranked) > 1 else most
        wanted = max(wanted, uncertain)
    return max(1, min(most, left, wanted))


def calls(choices: Sequence[Choice]) -> list[RoundCall]:
    """The questions that choices to grow come to, in the order of the choices.

    One a parent, and where an optimiser suggests numbers, one for each set of them.
    """
    counts: dict[tuple[str, tuple[tuple[str, float], ...]], list[Choice]] = {}
    for choice in choices:
        counts.setdefault((choice.parent, choice.numbers), []).append(choice)
    left = variants(len(choices))
    found = []
    for (parent, numbers), chosen in counts.items():
        first = chosen[0]
        each = left[: len(chosen)]
        found.append(RoundCall(parent, len(chosen), each, first.reason, numbers, first.instead))
        left = left[len(chosen) :]
    return found


def marked(at: int, asked: Sequence[RoundCall], made: Sequence[Proposal]) -> list[Proposal]:
    """Proposals with the round they are of, so that it can be shown and made again.

    Args:
        at: The campaign's sequence number when it was asked for.
        asked: The questions.
        made: What came of them.
    """
    if sum(call.count for call in asked) <= 1:
        return list(made)
    of = tuple([call.parent, call.count, dict(call.numbers)] for call in asked)
    return [replace(proposal, round=Round(at, len(made), of)) for proposal in made]


def calls_of(proposal: TrialProposal) -> list[RoundCall]:
    """The questions that the round of a recorded proposal was made by; none without a round."""
    choices = [
        Choice(str(parent), "", numbers=tuple(numbers.items()))
        for parent, count, numbers in (proposal.round.of_ if proposal.round else ())
        for _ in range(int(count))
    ]
    return calls(choices)
