from __future__ import annotations

from dataclasses import replace

import pytest

from ftassist.simulate.claims import ClaimWorld, claim_rates, run_campaign

HARSH = ClaimWorld(churn=0.5, seed_deviation=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["sequential", "greedy"])
def test_where_no_idea_helps_fewer_than_5_percent_of_campaigns_say_so(policy: str) -> None:
    rates = claim_rates(ClaimWorld(), policy, campaigns=400, seed=100)
    assert rates.any_better < 0.05
    assert rates.claimed < 0.05
    assert rates.sealed < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("first_run_counts", [False, True])
def test_lucky_seeds_and_items_make_no_claims_either(first_run_counts: bool) -> None:
    # Single runs may be called better here: only the finalist's further seeds see through luck.
    world = replace(HARSH, first_run_counts=first_run_counts)
    rates = claim_rates(world, "greedy", campaigns=400, seed=500)
    assert rates.claimed < 0.05
    # On the test split only fresh seeds keep the promise (docs/statistics.md says by how much).
    assert first_run_counts or rates.sealed < 0.05


@pytest.mark.slow
def test_a_true_gain_of_10_points_is_found_in_most_campaigns() -> None:
    world = ClaimWorld(gains=(0.0, 0.0, 0.1), first_run_counts=True)
    rates = claim_rates(world, "greedy", campaigns=100, seed=300)
    assert rates.claimed > 0.6
    assert rates.sealed > 0.8


@pytest.mark.slow
def test_a_true_gain_of_20_points_is_hardly_ever_missed() -> None:
    world = ClaimWorld(gains=(0.0, 0.2), first_run_counts=True)
    assert claim_rates(world, "sequential", campaigns=60, seed=400).claimed > 0.95


def test_the_same_seed_plays_the_same_campaign() -> None:
    assert run_campaign(HARSH, "greedy", 1) == run_campaign(HARSH, "greedy", 1)


def test_a_campaign_judges_every_trial_against_the_trial_it_grew_from() -> None:
    outcome = run_campaign(ClaimWorld(trials=5, gains=(0.3,)), "sequential", 2)
    assert [verdict.against for verdict in outcome.verdicts] == ["t0000"] + ["t0001"] * 4
    assert outcome.claim is not None and outcome.claim.kind == "better"
    assert outcome.true_gain == pytest.approx(0.3)
