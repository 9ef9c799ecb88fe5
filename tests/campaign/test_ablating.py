"""Ablations that the search proposes by itself: which cells, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ftassist.agent.ablation import leave_out
from ftassist.campaign import Campaign
from ftassist.campaign.replaying import replay
from ftassist.journal import Kind
from ftassist.search.expected_gain import ExpectedGain
from ftassist.search.policy import Choice, SearchTree

from .conftest import Played

Make = Callable[..., Campaign]
REASON = "attribution is worth more than exploration"


def train(**arguments: float) -> dict[str, str]:
    told = ", ".join(f"{name}={value}" for name, value in arguments.items())
    curate = 'from ftassist.recipes import curate\n\nrows = curate.load(["arithmetic"])\n'
    head = "from ftassist.recipes import train"
    call = f'train.sft(model, "data", "model", {told}, seed=seed)'
    return {"curate": curate, "train": f"{head}\n\n{call}", "evaluate": "evaluate(model)"}


def test_the_part_that_an_ancestor_changed_is_as_it_was_before() -> None:
    before = train(learning_rate=0.001, epochs=2)
    change = train(learning_rate=0.001, epochs=4)
    whole = train(learning_rate=0.002, epochs=4)
    found = leave_out(whole, change, before)
    assert found is not None
    cells, parts = found
    assert parts == ["train.epochs"]
    assert "epochs=2" in cells["train"] and "learning_rate=0.002" in cells["train"]


def test_nothing_is_left_out_that_was_changed_again_or_made_a_recipe_of_nothing() -> None:
    before = train(learning_rate=0.001, epochs=2)
    change = train(learning_rate=0.001, epochs=4)
    again = train(learning_rate=0.001, epochs=3)
    assert leave_out(again, change, before) is None
    assert leave_out(change, before, {}) is None


class LeavesOut(ExpectedGain):
    """Grows a chain of four, then leaves the third one's change out of the fourth."""

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """One choice at a time."""
        ids = [node.id for node in tree.expandable]
        tried = any(node.idea.startswith("without:") for node in tree)
        if ids[-1] == "t0004" and not tried:
            return [Choice("t0004", REASON, "ablate", without="t0003")]
        return [Choice(ids[-1], "a chain")]


def test_it_is_proposed_run_judged_against_its_trial_and_replayed(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("queries", "proposing", "replaying", "stopping"):
        monkeypatch.setattr(f"ftassist.campaign.{room}.policy_of", lambda _: LeavesOut())
    played = Played(make_campaign(trials=5, fresh_seeds=0), lambda t: 0.3 + 0.1 * int(t[-1]))
    played.run()
    made = [
        event
        for event in played.campaign.journal.read()
        if event.kind == Kind.PROPOSAL_MADE and event.actor == "runner"
    ]
    (event,) = made
    state = played.campaign.refresh()
    trial = state.trials[event.trial or ""]
    assert (trial.parent, trial.status) == ("t0004", "scored")
    assert trial.verdict.against == "t0004"
    assert trial.proposal.change.key == "without:t0004:t0003"
    assert trial.proposal.why_parent == REASON
    found = leave_out(*(state.trials[name].cells for name in ("t0004", "t0003", "t0002")))
    assert found is not None
    assert trial.cells == found[0]
    assert [r.same for r in replay(played.campaign) if r.decision == "ablation"] == [True]
