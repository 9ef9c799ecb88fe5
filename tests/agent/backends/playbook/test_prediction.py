"""Predictions start from a rule's prior and learn from its outcomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.agent.backends.playbook.prediction import combine
from ftassist.agent.backends.playbook.rule import Prior
from ftassist.agent.calibration import Outcome

PRIOR = Prior(0.1, 0.05)


def outcome(difference: float, noise: float = 0.02, predicted: float | None = 0.1) -> Outcome:
    names = ("t0002", "t0001", "r", "k", ("data",))
    return Outcome(*names, difference, noise, "tied", predicted)


def test_without_outcomes_the_finding_is_the_prediction() -> None:
    found = combine(expected=0.1, prior=PRIOR, earlier=[])
    assert found.mean == 0.1
    assert found.low < 0.1 < found.high


def test_outcomes_pull_the_mean_and_narrow_the_interval() -> None:
    before = combine(expected=0.1, prior=PRIOR, earlier=[])
    after = combine(expected=0.1, prior=PRIOR, earlier=[outcome(0.0)] * 3)
    assert after.mean < 0.05
    assert after.high - after.low < before.high - before.low
    assert after.seen == 3


def test_outcomes_as_predicted_leave_the_mean_where_it_was() -> None:
    assert combine(expected=0.1, prior=PRIOR, earlier=[outcome(0.1)] * 3).mean == 0.1


def test_a_success_does_not_make_a_weak_finding_strong() -> None:
    weak = combine(expected=0.01, prior=PRIOR, earlier=[outcome(0.4)])
    assert 0.01 < weak.mean < 0.05


def test_noisy_outcomes_count_less() -> None:
    sharp = combine(expected=0.1, prior=PRIOR, earlier=[outcome(0.0, 0.01)])
    blurred = combine(expected=0.1, prior=PRIOR, earlier=[outcome(0.0, 0.2)])
    assert sharp.mean < blurred.mean


def test_the_scale_of_the_metric_is_kept() -> None:
    one = combine(expected=0.1, prior=PRIOR, earlier=[], noise=0.02)
    ten = combine(expected=0.1, prior=PRIOR, earlier=[], noise=0.2, scale=10.0)
    assert ten.mean == pytest.approx(10 * one.mean)
    assert ten.high == pytest.approx(10 * one.high, abs=0.01)


@given(
    st.floats(-0.5, 0.5),
    st.floats(0.01, 0.3),
    st.lists(st.floats(-1, 1), max_size=5),
    st.floats(0.0, 1.0),
)
def test_no_interval_is_upside_down_or_above_the_headroom(
    expected: float, spread: float, seen: list[float], headroom: float
) -> None:
    earlier = [outcome(difference) for difference in seen]
    prior = Prior(0.05, spread)
    found = combine(expected=expected, prior=prior, earlier=earlier, headroom=headroom)
    assert found.low <= found.high <= headroom + 0.0005
