"""Made-up worlds in which the truth is known, to measure how often a claim is wrong or missed.

A world says how good trials truly are; `run_campaign` plays one campaign in it with a real
policy and the real verdict rule, and `claim_rates` many. `python -m ftassist.simulate.claims`
writes the table of docs/statistics.md. No model is trained here, and nothing of a real
campaign is read.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftassist.records.metric import Metric
from ftassist.search.best import best_trial
from ftassist.search.policies import policy_by_name
from ftassist.search.policy import SearchTree, TreeNode
from ftassist.search.verdict import Items, Verdict, judge, judge_final
from ftassist.statistics.intervals import wilson_interval

BASE = "t0000"
ACCURACY = Metric("accuracy")


@dataclass(frozen=True)
class ClaimWorld:
    """How trials come out, and how the finalist is confirmed.

    Attributes:
        items: Items of the validation split, and of the test split.
        trials: Trials of a campaign, the base model not counted.
        base: What the base model truly scores.
        gains: True gain of trial 1, 2, ... over its parent; trials beyond it gain nothing.
        correlation: Of two runs' successes over items, when both answer equally well.
        churn: Share of items whose difficulty a trial draws anew: what one recipe happens to
            be good at, the same for all its seeds.
        seed_deviation: Standard deviation of a training seed's effect on the true score.
        fresh_seeds: More runs of the finalist before it is called better.
        first_run_counts: Whether the run the finalist was chosen by is one of its runs.
    """

    items: int = 300
    trials: int = 8
    base: float = 0.5
    gains: tuple[float, ...] = ()
    correlation: float = 0.5
    churn: float = 0.0
    seed_deviation: float = 0.0
    fresh_seeds: int = 2
    first_run_counts: bool = False


@dataclass(frozen=True)
class CampaignEnd:
    """What a campaign said at its end.

    Attributes:
        verdicts: Of each trial against its parent, on validation.
        finalist: The trial with the best shrunken score.
        true_gain: Of the finalist's recipe over the base, in expectation over items and seeds.
        claim: The finalist's runs against the base on validation, paid for in the family of
            all verdicts; None if the finalist is the base.
        sealed: The same on the test split, a family of its own.
    """

    verdicts: tuple[Verdict, ...]
    finalist: str
    true_gain: float
    claim: Verdict | None
    sealed: Verdict | None


@dataclass(frozen=True)
class Rates:
    """Shares of campaigns: any trial called better, a claim on validation, one on test."""

    any_better: float
    claimed: float
    sealed: float


class TrueTrial(NamedTuple):
    """What a trial truly is: its mean score, and its chance to get each item right."""

    level: float
    chances: NDArray[np.float64]


class TrainedModel(NamedTuple):
    """Item scores of one trained model on both splits."""

    validation: Items
    test: Items


def claim_rates(world: ClaimWorld, policy: str, campaigns: int, seed: int) -> Rates:
    """Plays `campaigns` campaigns and counts what they say."""
    outcomes = [run_campaign(world, policy, seed + number) for number in range(campaigns)]
    better = sum(any(v.kind == "better" for v in outcome.verdicts) for outcome in outcomes)
    claimed = sum(o.claim is not None and o.claim.kind == "better" for o in outcomes)
    sealed = sum(o.sealed is not None and o.sealed.kind == "better" for o in outcomes)
    return Rates(better / campaigns, claimed / campaigns, sealed / campaigns)


def run_campaign(world: ClaimWorld, policy: str, seed: int) -> CampaignEnd:
    """Plays one campaign: every trial is judged against its parent, the finalist re-run."""
    draws = np.random.default_rng(seed)
    chooser = policy_by_name(policy)
    recipes = {BASE: TrueTrial(world.base, _difficulties(world, world.base, draws))}
    runs = {BASE: _run(recipes[BASE].chances, draws)}
    tree = SearchTree((_scored(BASE, None, runs[BASE]),))
    verdicts: list[Verdict] = []
    for number in range(world.trials):
        trial, parent = f"t{number + 1:04d}", chooser.choose(tree, 1)[0].parent
        gain = world.gains[number] if number < len(world.gains) else 0.0
        recipes[trial] = _changed(recipes[parent], gain, world, draws)
        runs[trial] = _seeded_run(recipes[trial], world, draws)
        child, other = runs[trial].validation, runs[parent].validation
        earlier = [verdict.p for verdict in verdicts]
        verdicts.append(judge(child, other, ACCURACY, parent, earlier, world.trials + 1))
        node = replace(_scored(trial, parent, runs[trial]), verdict=verdicts[-1].kind)
        tree = SearchTree((*tree.nodes, node))
    finalist = best_trial(tree)
    gain = recipes[finalist].level - world.base
    if finalist == BASE:
        return CampaignEnd(tuple(verdicts), finalist, gain, None, None)
    fresh = [_seeded_run(recipes[finalist], world, draws) for _ in range(world.fresh_seeds)]
    replicates = [runs[finalist], *fresh] if world.first_run_counts else fresh
    claim, sealed = _confirm(replicates, runs[BASE], [v.p for v in verdicts])
    return CampaignEnd(tuple(verdicts), finalist, gain, claim, sealed)


def _confirm(
    runs: Sequence[TrainedModel], base: TrainedModel, earlier_p: Sequence[float]
) -> tuple[Verdict, Verdict]:
    """The finalist's runs against the base, on validation and on test."""
    validation = [run.validation for run in runs]
    family = len(earlier_p) + 1
    claim = judge_final(validation, base.validation, ACCURACY, BASE, earlier_p, family)
    return claim, judge_final([run.test for run in runs], base.test, ACCURACY, BASE)


def _difficulties(
    world: ClaimWorld, level: float, draws: np.random.Generator
) -> NDArray[np.float64]:
    """Chances of a right answer on both splits: Beta, with the wanted mean and correlation."""
    weight = 1.0 / world.correlation - 1.0
    return draws.beta(weight * level, weight * (1.0 - level), 2 * world.items)


def _changed(
    parent: TrueTrial, gain: float, world: ClaimWorld, draws: np.random.Generator
) -> TrueTrial:
    """A trial's recipe: some items' chances drawn anew, all moved by the true gain."""
    anew = draws.random(2 * world.items) < world.churn
    mixed = np.where(anew, _difficulties(world, parent.level, draws), parent.chances)
    return TrueTrial(parent.level + gain, _moved(mixed, parent.level, gain))


def _moved(chances: NDArray[np.float64], level: float, gain: float) -> NDArray[np.float64]:
    """Chances of mean `level` moved by `gain`: wrong answers mended, or right ones spoilt."""
    if gain >= 0.0:
        return chances + (1.0 - chances) * min(1.0, gain / (1.0 - level))
    return chances * max(0.0, 1.0 + gain / level)


def _seeded_run(recipe: TrueTrial, world: ClaimWorld, draws: np.random.Generator) -> TrainedModel:
    """One training run of a recipe, with the luck of its seed."""
    luck = draws.normal(0.0, world.seed_deviation)
    return _run(_moved(recipe.chances, recipe.level, luck), draws)


def _run(chances: NDArray[np.float64], draws: np.random.Generator) -> TrainedModel:
    """Item scores: 1 with each item's chance, else 0; the first half is validation."""
    right = (draws.random(len(chances)) < chances).astype(float).tolist()
    half = len(right) // 2
    names = [f"i{number:05d}" for number in range(half)]
    validation, test = right[:half], right[half:]
    return TrainedModel(
        dict(zip(names, validation, strict=True)), dict(zip(names, test, strict=True))
    )


def _scored(trial: str, parent: str | None, run: TrainedModel) -> TreeNode:
    """A scored node of the tree."""
    right, n = int(sum(run.validation.values())), len(run.validation)
    return TreeNode(trial, parent, "scored", right / n, wilson_interval(right, n), n)


def _table(campaigns: int) -> str:
    """The worlds of docs/statistics.md, one a row."""
    null = ClaimWorld()
    ten = replace(null, gains=(0.0, 0.0, 0.1))
    worlds = {
        "no idea helps": null,
        "no idea helps; half the items' difficulty redrawn": replace(null, churn=0.5),
        "no idea helps; seeds vary by 3 points": replace(null, seed_deviation=0.03),
        "no idea helps; both": replace(null, churn=0.5, seed_deviation=0.03),
        "no idea helps; both, seeds by 5 points": replace(null, churn=0.5, seed_deviation=0.05),
        "trial 3 truly +10 points": ten,
        "the same; seeds vary by 2 points": replace(ten, seed_deviation=0.02),
        "trial 3 truly +20 points": replace(null, gains=(0.0, 0.0, 0.2)),
        "trial 3 truly +10 points, 1,000 items": replace(ten, items=1000),
    }
    rows = [
        "| world | runs of the finalist | a trial called better | claim | on the test split |",
        "|---|---|---|---|---|",
    ]
    for name, world in worlds.items():
        for first in (False, True):
            rates = claim_rates(replace(world, first_run_counts=first), "greedy", campaigns, 2026)
            runs = "first + 2 fresh" if first else "2 fresh"
            shares = f"{rates.any_better:.1%} | {rates.claimed:.1%} | {rates.sealed:.1%}"
            rows.append(f"| {name} | {runs} | {shares} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(_table(campaigns=400) + "\n")
