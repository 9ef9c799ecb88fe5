"""What of a campaign's state a search policy sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ftassist.campaign import Budget, Campaign
from ftassist.campaign.queries import front_of, search_tree
from ftassist.records.asked import Asked
from ftassist.records.feedback import Measured
from ftassist.records.metric import Metric
from ftassist.search.greedy import Greedy
from ftassist.search.policies import POLICIES
from ftassist.search.policy import Choice, SearchTree

from .conftest import Played

Make = Callable[..., Campaign]
REASON = "two leaders are too close to tell apart"


def improving(trial: str) -> float:
    return 0.2 if trial == "t0000" else 0.6


class AgainOnce(Greedy):
    """Has the first trial trained once more, then goes on greedily."""

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """A repeat of t0001 where it has none and one may be made."""
        first = next((node for node in tree if node.id == "t0001" and node.expandable), None)
        if first and tree.may_repeat and not first.repeats and not first.repeating:
            return [Choice("t0001", REASON, "repeat")]
        return super().choose(tree, slots)


@pytest.fixture
def ended(make_campaign: Make) -> Campaign:
    """A campaign of two trials and its finalist's fresh seeds."""
    played = Played(make_campaign(trials=2), improving)
    played.run()
    return played.campaign


def test_fresh_seeds_are_repeats_of_their_trial_and_no_nodes(ended: Campaign) -> None:
    state = ended.refresh()
    tree = search_tree(state, ended.card.metric)
    assert {node.id for node in tree} == {
        t.id for t in state.trials.values() if not t.replicate_of
    }
    assert state.finalist is not None
    scores = [t.score for t in state.replicates(state.finalist)]
    assert list(tree.node(state.finalist).repeats) == scores
    assert len(scores) == 2


def test_repeats_are_oriented_like_scores(ended: Campaign) -> None:
    state = ended.refresh()
    error = search_tree(state, Metric("error", higher_is_better=False))
    finalist = error.node(state.finalist or "")
    assert finalist.score is not None and finalist.score < 0.0
    assert all(score < 0.0 for score in finalist.repeats)


def test_a_trial_carries_the_noise_of_its_paired_comparison(ended: Campaign) -> None:
    state = ended.refresh()
    verdict = state.trials["t0001"].verdict
    node = search_tree(state, ended.card.metric).node("t0001")
    assert verdict.against == "t0000"
    assert verdict.low is not None and verdict.high is not None
    assert node.difference_error == pytest.approx((verdict.high - verdict.low) / 3.92, 0.001)


def test_what_was_changed_is_the_idea(ended: Campaign) -> None:
    state = ended.refresh()
    node = search_tree(state, ended.card.metric).node("t0001")
    assert node.idea == state.trials["t0001"].proposal.change.key != ""


def test_seconds_left_are_what_the_budget_allows_less_what_was_spent(ended: Campaign) -> None:
    state = replace(ended.refresh(), budget=Budget(seconds=500.0))
    left = search_tree(state, ended.card.metric).seconds_left
    assert left == pytest.approx(500.0 - state.seconds_used)


def test_nothing_is_repeated_for_a_person_who_waits_for_a_proposal(ended: Campaign) -> None:
    state = ended.refresh()
    assert search_tree(state, ended.card.metric).may_repeat
    assert not search_tree(
        replace(state, asked=Asked(seq=state.seq)), ended.card.metric
    ).may_repeat


def test_a_policy_may_have_a_trial_trained_again_and_its_reason_is_kept(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(POLICIES, "greedy", AgainOnce)
    played = Played(make_campaign(trials=2), improving)
    played.run()
    state = played.campaign.refresh()
    again = state.replicates("t0001")[0]
    assert again.decision.reason == REASON
    assert again.seed != state.trials["t0001"].seed
    assert again.created < state.trials["t0003"].created
    assert state.trials_used == 2


def test_the_front_is_over_the_metrics_of_the_card_and_leaves_repeats_out(
    ended: Campaign,
) -> None:
    state = ended.refresh()
    assert front_of(state, ended.card) is None  # the task has one metric
    error, share = Metric("mae", higher_is_better=False, binary=False), Metric("acc")
    card = replace(ended.card, metrics=(error, share))
    assert front_of(state, card) is None  # and none of these was measured
    measured = {"t0000": (3.0, 0.5), "t0001": (1.0, 0.4), "t0002": (2.0, 0.3)}
    trials = {
        name: replace(
            trial,
            feedback=replace(
                trial.feedback,
                metrics={
                    "mae": Measured(measured.get(name, (0.0, 1.0))[0], 0.0, 1.0, 9),
                    "acc": Measured(measured.get(name, (0.0, 1.0))[1], 0.0, 1.0, 9),
                },
            ),
        )
        for name, trial in state.trials.items()
    }
    found = front_of(replace(state, trials=trials), card)
    assert found is not None
    assert found.values == {"t0000": (3.0, 0.5), "t0001": (1.0, 0.4)}
    assert found.compared == 3
