"""What refutes a hypothesis is able to."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.proposal_rules import check_idea
from ftassist.agent.refutation import cannot_refute, refuted, refuted_if
from ftassist.records.proposal import BETTER, EQUAL, TrialHypothesis


def test_no_effect_or_worse_refutes_an_effect() -> None:
    helps = TrialHypothesis(low=-0.05, high=0.08)
    assert [refuted(helps, seen) for seen in (0.0, -0.01, 0.01)] == [True, True, False]


def test_a_difference_on_either_side_refutes_equality() -> None:
    equal = TrialHypothesis(low=-0.02, high=0.02, claims=EQUAL)
    assert [refuted(equal, seen) for seen in (-0.03, 0.0, 0.03)] == [True, False, True]


@pytest.mark.parametrize(
    "text",
    [
        "the change of accuracy is below -0.054",
        "accuracy falls by more; change less than −0.03",
        "the change is under -5 %",
        "worse than -0.02",
    ],
)
def test_a_line_below_zero_cannot_refute_an_effect(text: str) -> None:
    assert "cannot refute" in cannot_refute(text, BETTER, -0.05, 0.08)


@pytest.mark.parametrize(
    "text",
    [
        refuted_if("accuracy", BETTER),
        "no effect or worse",
        "the change is below +0.02",
        "the wrong answers of the boats view do not get fewer",
        "not distinguishable from its parent",
    ],
)
def test_what_can_refute_is_let_through(text: str) -> None:
    assert cannot_refute(text, BETTER, -0.05, 0.08) == ""


def test_a_refutation_without_words_and_a_gain_without_gain_are_refused() -> None:
    assert cannot_refute("-", BETTER, 0.0, 0.1)
    assert cannot_refute("no effect or worse", BETTER, -0.1, -0.02)


def test_equality_is_refuted_outside_its_band_only() -> None:
    assert cannot_refute("no effect or worse", EQUAL, -0.02, 0.02)
    assert cannot_refute(refuted_if("accuracy", EQUAL, -0.02, 0.02), EQUAL, -0.02, 0.02) == ""
    assert cannot_refute("the change is outside the band", EQUAL, 0.01, 0.05)


def test_every_proposal_of_the_playbook_can_be_refuted(world: Any) -> None:
    world.parent(views={"apples": 0.7, "boats": 0.7, "clouds": 0.1})
    context = world.context("t0001")
    for proposal in Playbook().propose(context, "t0001", k=30):
        claim = proposal.hypothesis
        assert cannot_refute(claim.refuted_if, claim.claims, claim.low, claim.high) == ""


def test_a_models_refutation_that_cannot_refute_is_sent_back_with_the_reason(world: Any) -> None:
    from dataclasses import replace

    world.parent()
    context = world.context("t0001")
    claim = Playbook().propose(context, "t0001")[0].hypothesis
    weak = replace(claim, low=-0.05, high=0.08, refuted_if="the change is below -0.054")
    assert any("cannot refute" in told for told in check_idea(context, "t0001", weak, "x"))
