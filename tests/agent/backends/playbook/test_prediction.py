"""Predictions start from a rule's prior and learn from its outcomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.agent.backends.playbook.prediction import combine
from ftassist.agent.calibration import Outcome


def outcome(difference: float, noise: float = 0.02) -> Outcome:
    return Outcome("t0002", "t0001", "r", "k", ("data",), difference, noise, "tied")


def test_without_outcomes_the_prior_is_the_prediction() -> None:
    found = combine(mean=0.1, spread=0.05, earlier=[])
    assert found.mean == 0.1
    assert found.low < 0.1 < found.high


def test_outcomes_pull_the_mean_and_narrow_the_interval() -> None:
    before = combine(mean=0.1, spread=0.05, earlier=[])
    after = combine(mean=0.1, spread=0.05, earlier=[outcome(0.0)] * 3)
    assert after.mean < 0.05
    assert after.high - after.low < before.high - before.low
    assert after.seen == 3


def test_noisy_outcomes_count_less() -> None:
    sharp = combine(mean=0.1, spread=0.05, earlier=[outcome(0.0, 0.01)])
    blurred = combine(mean=0.1, spread=0.05, earlier=[outcome(0.0, 0.2)])
    assert sharp.mean < blurred.mean


def test_the_scale_of_the_metric_is_kept() -> None:
    one = combine(mean=0.1, spread=0.05, earlier=[], noise=0.02)
    ten = combine(mean=0.1, spread=0.05, earlier=[], noise=0.2, scale=10.0)
    assert ten.mean == pytest.approx(10 * one.mean)
    assert ten.high == pytest.approx(10 * one.high, abs=0.01)


@given(
    st.floats(-0.5, 0.5),
    st.floats(0.01, 0.3),
    st.lists(st.floats(-1, 1), max_size=5),
    st.floats(0.0, 1.0),
)
def test_no_interval_is_upside_down_or_above_the_headroom(
    mean: float, spread: float, seen: list[float], headroom: float
) -> None:
    earlier = [outcome(difference) for difference in seen]
    found = combine(mean=mean, spread=spread, earlier=earlier, headroom=headroom)
    assert found.low <= found.high <= headroom + 0.0005
