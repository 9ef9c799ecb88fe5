"""Partial runs of a campaign: how far a trial is run, which go on, and what that has saved.

A campaign whose settings name `rungs` runs each trial to the first of them; its policy says which
go on (`search.asha`). All is decided by the journal: a runner that is killed between a promotion
and its run finds a trial that waits to be run on, and a run that was cut off goes on from its
checkpoint.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ftassist.agent.cells import parse
from ftassist.campaign.budget import time_spent
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.queries import policy_of, remembered, search_tree
from ftassist.campaign.review import parse_review
from ftassist.journal.events import Kind
from ftassist.journal.state import State, Trial
from ftassist.records.metric import Metric
from ftassist.records.rungs import PartialRun
from ftassist.search.paying import new_runs, whole_run
from ftassist.search.policy import Choice

_RESUMES = "train.sft"
"""The training that leaves checkpoints, and goes on from them to the same end."""


def goal(state: State, trial: Trial) -> float:
    """How far a trial is run now, as a share of its training.

    To its end where that cannot be done in parts: a fresh seed of another, or a train cell that is
    more than one training that can be gone on with.
    """
    rungs: Sequence[float] = state.settings.rungs
    if not rungs or trial.role != "trial" or not resumable(trial.cells.get("train", "")):
        return 1.0
    return float(trial.promoted.rung or rungs[0])


def resumable(cell: str) -> bool:
    """Whether a train cell is one training that leaves checkpoints, and nothing besides."""
    calls = parse("train", cell)
    return calls is not None and [call.function for call in calls] == [_RESUMES]


def choices(state: State, metric: Metric, slots: int) -> list[Choice]:
    """The trials that the campaign's policy runs on now, at most `slots`.

    None where the time of trials is used up: the same for the same journal.
    """
    if not state.with_status("resting") or time_spent(state):
        return []
    # Going on with what a person has accepted takes nothing from a proposal that is waited for.
    tree = replace(search_tree(state, metric), may_repeat=True)
    chosen = policy_of(state).choose(tree, slots)
    return [choice for choice in chosen if choice.action == "promote"]


def unpaid(state: State, metric: Metric) -> str:
    """Why no trial is begun any more though there are seconds left, in words; "" where one may be.

    Only in a campaign with partial runs, and not where a person asks for each proposal.
    """
    if not state.settings.rungs or parse_review(state.review).mode == "always":
        return ""
    tree = search_tree(state, metric)
    if new_runs(tree, 1):
        return ""
    whole = whole_run(tree)
    return (
        f"the {state.seconds_left:.0f} s that are left pay for no whole run of about {whole:.0f} s"
    )


def promote(campaign: Campaign, slots: int, ending: Collection[str]) -> bool:
    """Has the runner go on with trials that rest; False where the policy wants none.

    Args:
        slots: Devices on which nothing runs.
        ending: Trials whose workers are there still; they are promoted once those have ended.
    """
    state = campaign.state
    chosen = remembered(
        campaign,
        "promotions",
        (state.seq, slots),
        lambda: choices(state, campaign.card.metric, slots),
    )
    ready = [choice for choice in chosen if choice.parent not in ending]
    for choice in ready:
        payload = {
            "rung": choice.rung,
            "reason": choice.reason,
            "seen": state.seq,
            "slots": slots,
        }
        campaign.say(Kind.TRIAL_PROMOTED, payload, trial=choice.parent, actor="runner")
    return bool(ready)


@dataclass(frozen=True)
class Saved:
    """What partial runs have saved so far.

    Attributes:
        trials: Trials that rest.
        rows: Rows that were not trained on, each as often as it would have been.
        seconds: Seconds that whole runs of these would take yet, at their own pace, less what
            trials that came to their end took longer for having rested.
    """

    trials: int
    rows: int
    seconds: float


def saved(state: State) -> Saved | None:
    """What partial runs have saved; None in a campaign without any."""
    tried = [trial for trial in state.trials.values() if trial.partial]
    if not tried:
        return None
    resting = [trial for trial in tried if trial.status == "resting"]
    last = [trial.partial[-1] for trial in resting]
    rows = sum(run.rows_left for run in last)
    seconds = sum(run.training_left + _scoring_left(state, run) for run in last)
    longer = sum(_longer(trial) for trial in tried if trial.status == "scored")
    return Saved(len(resting), rows, seconds - longer)


def _scoring_left(state: State, run: PartialRun) -> float:
    """Seconds by which scoring on all items takes longer than it took on a part of them."""
    return run.scoring / run.n * max(0, state.base.feedback.items - run.n) if run.n else 0.0


def _longer(trial: Trial) -> float:
    """Seconds a trial has cost beyond one run from its beginning to its end.

    Of all runs before the last one, what was no training step.
    """
    return max(0.0, trial.seconds_before - trial.partial[-1].training)
