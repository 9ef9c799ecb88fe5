"""Where two runs of the same training part, and whose step it is."""

from __future__ import annotations

from ftassist.recipes.parting import parting, responsible
from ftassist.records.numerics import Fingerprint


def test_a_step_belongs_to_the_attempt_that_computed_it() -> None:
    first = Fingerprint(training="a", step=0, attempt=1)
    second = Fingerprint(training="a", attempt=2, step=5)
    assert responsible([first, second], 5) == first
    assert responsible([first, second], 6) == second
    assert responsible([], 1) is None


def test_a_curve_that_ends_early_parts_there_only_once_it_is_finished() -> None:
    whole: dict[int, float | None] = {1: 1.0, 2: 0.5}
    assert parting(whole, {1: 1.0}, finished=False) is None
    assert parting(whole, {1: 1.0}, finished=True) == 2
