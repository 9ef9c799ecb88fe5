from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from ftassist.search.policies import policy_by_name
from ftassist.search.policy import Choice, Policy, SearchTree
from ftassist.simulate.bench import all_policies
from ftassist.simulate.ideas import NOISY, NULL, IdeaWorld
from ftassist.simulate.playing import curve, play


@dataclass
class Recording:
    """A policy that keeps what it was shown and what it said."""

    policy: Policy
    said: list[tuple[SearchTree, int, list[Choice]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.policy.name

    @property
    def in_parts(self) -> bool:
        return self.policy.in_parts

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        choices = self.policy.choose(tree, slots)
        self.said.append((tree, slots, choices))
        return choices


@pytest.mark.parametrize("policy", all_policies())
def test_the_same_seed_plays_the_same_campaign(policy: str) -> None:
    first, second = (play(IdeaWorld(NOISY, 11), policy_by_name(policy), 2) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("policy", all_policies())
def test_every_choice_of_a_campaign_is_made_again_from_its_tree(policy: str) -> None:
    recorded = Recording(policy_by_name(policy))
    play(IdeaWorld(NOISY, 12), recorded, 3)
    assert len(recorded.said) > 5
    for tree, slots, choices in recorded.said:
        assert policy_by_name(policy).choose(tree, slots) == choices


@pytest.mark.parametrize("policy", all_policies())
def test_no_run_begins_once_the_seconds_are_spent(policy: str) -> None:
    world = IdeaWorld(NOISY, 13)
    played = play(world, policy_by_name(policy))
    # `asha` ends where the seconds left pay for no other whole run.
    ends = world.seconds - (120.0 if policy == "asha" else 0.0)
    assert played.moments[-2].seconds < world.seconds
    assert played.moments[-1].seconds >= ends


def test_partial_runs_look_at_more_trials_for_the_same_seconds() -> None:
    whole, halved = (
        [len(played.moments) for seed in range(5) for played in [play(world(seed), policy)]]
        for policy in (policy_by_name("greedy"), policy_by_name("asha"))
    )
    assert sum(halved) > 1.3 * sum(whole)


def test_no_trial_is_begun_in_part_that_the_seconds_left_cannot_bring_to_its_end() -> None:
    for seed in range(8):
        recorded = Recording(policy_by_name("asha"))
        play(world(seed), recorded)
        for tree, _, choices in recorded.said:
            costs = [node.seconds for node in tree.nodes[1:] if node.status == "scored"]
            if not costs or tree.seconds_left is None or tree.seconds_left > 0.5 * min(costs):
                continue
            assert [choice for choice in choices if choice.rung < 1.0] == []


def test_seconds_that_pay_for_one_run_in_parts_bring_one_to_its_end() -> None:
    for seed in range(8):
        setting = replace(NOISY, runs=1, crash=0.0, crashing=0.0, cheating=0.0)
        recorded = Recording(policy_by_name("asha"))
        play(IdeaWorld(setting, seed), recorded)
        last, _, choices = recorded.said[-1]
        to_the_end = [c.parent for c in choices if c.rung == 1.0]
        assert to_the_end or any(node.status == "scored" for node in last.nodes[1:])


def world(seed: int) -> IdeaWorld:
    return IdeaWorld(NOISY, seed)


def test_a_trial_that_is_run_on_pays_only_for_what_is_new() -> None:
    recorded = Recording(policy_by_name("asha"))
    play(world(18), recorded)
    tree = recorded.said[-1][0]
    run_on = [node for node in tree if node.rung == 1.0 and node.parent and node.score]
    assert run_on
    for node in run_on:
        recipe = tuple(int(value) for _, value in node.knobs)
        assert node.seconds == pytest.approx(world(18).run(recipe, 0).seconds)


def test_more_workers_spend_the_same_seconds_in_less_time() -> None:
    one, four = (play(IdeaWorld(NOISY, 14), policy_by_name("greedy"), n) for n in (1, 4))
    assert four.wall < 0.5 * one.wall


def test_a_policy_that_waits_keeps_workers_idle() -> None:
    one, four = (play(IdeaWorld(NOISY, 15), policy_by_name("sequential"), n) for n in (1, 4))
    assert one == four


def test_in_the_null_world_a_claim_is_no_help() -> None:
    played = play(IdeaWorld(NULL, 16), policy_by_name("random"))
    assert not played.helps
    assert {moment.score for moment in played.moments} == {NULL.base}


def test_a_curve_gives_what_was_recommended_at_each_point() -> None:
    world = IdeaWorld(NOISY, 17)
    played = play(world, policy_by_name("greedy"))
    middle = played.moments[5]
    found = curve(played, {"seconds": (0.0, middle.seconds), "runs": (0.0, 5.0)})
    assert found["seconds"] == [world.truth(world.base), middle.score]
    assert found["runs"][1] == middle.score
