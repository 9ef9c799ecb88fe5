"""The trials that no other beats in every metric."""

from __future__ import annotations

from ftassist.records.metric import Metric
from ftassist.search.front import front

ERROR = Metric("mae", higher_is_better=False, binary=False)
SHARE = Metric("acc", binary=False, fraction=True)


def on(measured: dict[str, tuple[float, ...]]) -> list[str]:
    return list(front((ERROR, SHARE), measured).values)


def test_a_trial_that_another_beats_in_every_metric_is_not_on_it() -> None:
    assert on({"t0000": (2.0, 0.5), "t0001": (1.0, 0.6), "t0002": (1.5, 0.9)}) == [
        "t0001",
        "t0002",
    ]


def test_one_that_is_equal_in_one_metric_and_worse_in_another_is_beaten() -> None:
    assert on({"t0000": (1.0, 0.5), "t0001": (1.0, 0.6)}) == ["t0001"]
    assert on({"t0000": (2.0, 0.6), "t0001": (1.0, 0.6)}) == ["t0001"]


def test_equals_are_both_on_it_with_their_values_in_the_metrics_own_directions() -> None:
    found = front((ERROR, SHARE), {"t0000": (1.0, 0.6), "t0001": (1.0, 0.6)})
    assert found.values == {"t0000": (1.0, 0.6), "t0001": (1.0, 0.6)}
    assert found.compared == 2


def test_many_trials_are_compared_at_once() -> None:
    many = {f"t{n:04d}": (float(n % 97), float(n % 89)) for n in range(10_000)}
    least = min(error for error, _ in many.values())
    best = max(share for _, share in many.values())
    assert next(iter(front((ERROR, SHARE), many).values.values())) == (least, best)
