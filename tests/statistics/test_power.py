from __future__ import annotations

import numpy as np
import pytest

from ftassist.statistics.paired import mcnemar_exact
from ftassist.statistics.power import (
    expected_discordance,
    mcnemar_power,
    minimum_detectable_effect,
)


@pytest.mark.parametrize(("n", "power"), [(100, 0.30), (200, 0.63), (500, 0.97)])
def test_the_power_to_see_6_points_is_as_simulated(n: int, power: float) -> None:
    # The simulated figures belong to models that differ on 12 % of items.
    assert mcnemar_power(n, 0.06, 0.12) == pytest.approx(power, abs=0.01)


def test_power_agrees_with_a_simulation_of_the_test() -> None:
    cells = np.random.default_rng(10).multinomial(150, [0.15, 0.05, 0.8], size=4000)
    found = [b > c and mcnemar_exact(int(b), int(c)) < 0.05 for b, c, _ in cells]
    assert mcnemar_power(150, 0.10, 0.20) == pytest.approx(np.mean(found), abs=0.025)


def test_without_a_gain_the_test_errs_less_than_half_of_5_percent_each_way() -> None:
    assert 0.0 < mcnemar_power(300, 0.0, 0.2) <= 0.025


@pytest.mark.parametrize("p", [0.02, 0.2, 0.6, 0.9])
def test_the_smallest_effect_is_found_with_the_wanted_power_and_a_smaller_one_is_not(
    p: float,
) -> None:
    gain = minimum_detectable_effect(300, p)
    assert gain is not None
    assert mcnemar_power(300, gain, expected_discordance(p, gain)) >= 0.8
    smaller = gain - 0.001
    assert mcnemar_power(300, smaller, expected_discordance(p, smaller)) < 0.8


def test_more_items_show_smaller_effects() -> None:
    effects = [minimum_detectable_effect(n, 0.6) or 1.0 for n in (100, 300, 1000)]
    assert effects[0] > effects[1] > effects[2]


def test_models_that_agree_more_show_smaller_effects() -> None:
    close, far = (minimum_detectable_effect(300, 0.6, discordance=d) for d in (0.12, 0.4))
    assert close is not None and far is not None and close < far


def test_a_handful_of_items_can_show_nothing() -> None:
    assert minimum_detectable_effect(5, 0.6) is None


def test_a_perfect_parent_leaves_nothing_to_find() -> None:
    assert minimum_detectable_effect(300, 1.0) is None


def test_a_gain_larger_than_the_discordance_is_refused() -> None:
    with pytest.raises(ValueError, match="discordance"):
        mcnemar_power(100, 0.2, 0.1)
