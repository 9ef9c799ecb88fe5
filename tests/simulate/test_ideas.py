from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ftassist.simulate.ideas import CALM, NOISY, NULL, IdeaWorld
from ftassist.simulate.world import Recipe


def grown(world: IdeaWorld, depth: int) -> list[Recipe]:
    """A chain of the agent's proposals, the base first."""
    chain = [world.base]
    for _ in range(depth):
        proposal = world.propose(chain[-1], frozenset(chain), {})
        assert proposal is not None
        chain.append(proposal.recipe)
    return chain


def test_a_run_that_is_not_whole_costs_less_shows_less_and_is_scored_on_fewer_items() -> None:
    world = IdeaWorld(replace(CALM, crash=0.0, crashing=0.0, cheating=0.0), 3)
    recipe = grown(world, 1)[-1]
    part, whole = world.run(recipe, 0, 0.25), world.run(recipe, 0)
    assert part.seconds == pytest.approx(0.25 * whole.seconds)
    assert len(part.validation or {}) == 0.5 * len(whole.validation or {})
    used = np.array(recipe) >= 0
    shares = [world._progress(used, share) for share in (*world.rungs, 1.0)]
    assert shares == sorted(shares) and shares[-1] == 1.0 and shares[0] < 1.0


def test_a_crash_comes_only_to_runs_that_get_that_far() -> None:
    world = IdeaWorld(replace(NOISY, crash=1.0, crashing=0.0, cheating=0.0), 3)
    recipe = grown(world, 1)[-1]
    assert [world.run(recipe, 0, share).status for share in (0.25, 0.5)] == ["scored", "failed"]


def test_in_the_null_world_every_recipe_is_as_good_as_the_base() -> None:
    world = IdeaWorld(NULL, 3)
    assert {round(world.truth(recipe), 12) for recipe in grown(world, 8)} == {NULL.base}
    assert world.best == pytest.approx(NULL.base)


def test_no_recipe_is_better_than_the_best() -> None:
    world = IdeaWorld(NOISY, 4)
    draws = np.random.default_rng(0)
    recipes = [tuple(draws.integers(-1, 3, NOISY.ideas).tolist()) for _ in range(300)]
    assert max(world.truth(recipe) for recipe in recipes) <= world.best


def test_scores_are_the_truth_on_average_where_no_idea_flatters() -> None:
    plain = replace(NOISY, flattering=0.0, cheating=0.0, crash=0.0, crashing=0.0, items=2000)
    gaps = []
    for seed in range(40):
        world = IdeaWorld(plain, seed)
        recipe = grown(world, 3)[-1]
        outcome = world.run(recipe, 0)
        assert outcome.score is not None
        gaps.append(outcome.score - world.truth(recipe))
    assert np.mean(gaps) == pytest.approx(0.0, abs=0.01)


def test_a_flattering_idea_scores_better_on_validation_than_on_test() -> None:
    flattering = replace(NOISY, flattering=1.0, cheating=0.0, crash=0.0, crashing=0.0)
    gaps = []
    for seed in range(40):
        world = IdeaWorld(flattering, seed)
        outcome = world.run(grown(world, 1)[-1], 0)
        assert outcome.validation and outcome.test
        right = [np.mean(list(items.values())) for items in (outcome.validation, outcome.test)]
        gaps.append(right[0] - right[1])
    assert 0.02 < np.mean(gaps) < 0.06


def test_cheats_are_found_out_in_most_runs_and_known_to_the_world() -> None:
    world = IdeaWorld(replace(NOISY, cheating=1.0, crash=0.0, crashing=0.0), 5)
    recipe = grown(world, 1)[-1]
    assert world.cheats(recipe) and not world.cheats(world.base)
    statuses = [world.run(recipe, repeat).status for repeat in range(200)]
    assert 0.6 < statuses.count("invalid") / 200 < 0.8


def test_the_same_run_has_the_same_outcome_whenever_it_is_made() -> None:
    first, second = IdeaWorld(NOISY, 6), IdeaWorld(NOISY, 6)
    recipe = grown(first, 2)[-1]
    first.run(first.base, 0)
    assert first.run(recipe, 1) == second.run(recipe, 1)
    assert first.run(recipe, 1) != first.run(recipe, 2)


def test_the_agent_takes_up_what_was_seen_to_help() -> None:
    world = IdeaWorld(replace(NOISY, temperature=0.001), 7)
    proposal = world.propose(world.base, frozenset({world.base}), {"idea5": (0.5, 3)})
    assert proposal is not None and proposal.idea.startswith("idea5:")


def test_the_agent_never_proposes_what_was_tried() -> None:
    world = IdeaWorld(replace(NOISY, ideas=2), 8)
    tried: set[Recipe] = {world.base}
    while proposal := world.propose(world.base, frozenset(tried), {}):
        assert proposal.recipe not in tried
        tried.add(proposal.recipe)
    assert len(tried) == 1 + 2 * 3
